import Archive
import Foundation
import History
import Interchange
import Prose

/// An edit that was neither saved nor given up: its terminal was closed, its process was killed, or saving failed.
struct UnfinishedEdit {
    let subject: EditSubject
    /// The file with the text.
    let file: String
    /// When the text was last written.
    let modified: Timestamp
    /// A file from which the editor itself recovers what was not saved, as vim's `.swp`; `nil` if there is none.
    let recovery: String?
    /// Whether it is of a conflict that is settled by now.
    private(set) var isSettled = false
    let folder: String

    /// Those of an archive, the oldest first. One in which nothing was written is none; neither is one whose process runs, nor one
    /// of a conflict that is settled if the archive has all that is in it.
    /// - Parameters:
    ///   - archive: the archive's file.
    ///   - settled: told of those that are none because the archive has what is in them.
    static func all(archive: String, _ reader: ArchiveReader, settled: (UnfinishedEdit) -> Void = { _ in }) throws
        -> [UnfinishedEdit]
    {
        let edits = try all(archive: archive, replica: reader.replicaID)
        return try edits.compactMap { edit in
            guard let words = try edit.ownWords(reader) else { return edit }
            var edit = edit
            edit.isSettled = true
            if words || edit.recovery != nil { return edit }
            settled(edit)
            return nil
        }
    }

    private static func all(archive: String, replica: ReplicaID) -> [UnfinishedEdit] {
        let archive = URL(fileURLWithPath: archive).resolvingSymlinksInPath().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: EditFile.place)) ?? []
        return names.compactMap { UnfinishedEdit(folder: EditFile.place + "/" + $0) }
            .filter { $0.subject.archive == archive || $0.subject.replica == replica.hex }
            .sorted { ($0.modified, $0.file) < ($1.modified, $1.file) }
    }

    private init?(folder: String) {
        guard let content = Content(folder) else { return nil }
        // nano writes FILE.save and emacs #FILE# where their terminal goes: texts, the last of which is the one to take up.
        let saved =
            content.isWritten ? nil : content.others.filter(Self.isText).max { Self.modified($0) < Self.modified($1) }
        recovery = content.others.first { !Self.isText($0) }
        guard content.isWritten || saved != nil || recovery != nil else { return nil }
        subject = content.record.subject
        file = saved ?? content.text
        modified = Self.modified(file)
        self.folder = folder
    }

    /// What is in the folder of an edit whose process has ended.
    private struct Content {
        let record: EditFile.Record
        /// The path of the text.
        let text: String
        /// Whether the text is another than the editor was opened on.
        let isWritten: Bool
        /// The paths of what editors put beside it.
        let others: [String]

        init?(_ folder: String) {
            let path = folder + "/" + EditFile.recordName
            let lock = open(path, O_RDONLY | O_CLOEXEC)
            guard lock >= 0 else { return nil }
            defer { close(lock) }
            guard flock(lock, LOCK_SH | LOCK_NB) == 0, let data = FileManager.default.contents(atPath: path),
                let record = try? JSONDecoder().decode(EditFile.Record.self, from: data)
            else { return nil }
            self.record = record
            text = folder + "/" + record.file
            isWritten =
                FileManager.default.contents(atPath: text).map { data in
                    // A text that was emptied is nothing to take up.
                    !EditFile.isBlank([UInt8](data)) && TextHash(hashing: [UInt8](data)).hex != record.original
                } ?? false
            others = EditFile.others(folder, beside: record.file)
        }
    }

    private static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    private static func isText(_ path: String) -> Bool {
        let name = name(path)
        return name.hasPrefix("#") && name.hasSuffix("#") || name.firstMatch(of: /\.save(\.\d+)?$/) != nil
    }

    private static func modified(_ path: String) -> Timestamp {
        var status = stat()
        guard stat(path, &status) == 0 else { return Timestamp(milliseconds: 0) }
        return Timestamp(milliseconds: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
    }

    /// What is there, and how it is taken up or discarded, a line each.
    var lines: [String] {
        var lines = [
            "\(subject.description) from \(LocalTime.minute(modified)) was not finished: \(ShellWord.quoted(file))"
        ]
        if let recovery {
            lines.append(
                "  the editor left \(Self.name(recovery)) beside it: open the file in that editor to recover what was not written"
            )
        }
        if isSettled {
            lines[0] += ", and the conflict is settled by now"
            // A note has no title.
            let command = subject.title == nil ? "annotations edit" : "edit"
            lines.append(
                "  to take it up:  archivectl \(command) \(subject.short ?? ""), and copy what you want from the file")
        } else {
            lines.append("  to take it up:  \(subject.command(savingFrom: file))")
        }
        lines.append("  to discard it:  rm -r \(ShellWord.quoted(folder))")
        return lines
    }

    /// What a program reads.
    var pending: PendingEdit {
        PendingEdit(
            kind: subject.kind, id: subject.item, title: subject.title, file: file, recovery: recovery,
            base: subject.heads, modified: modified)
    }

    /// Removes the edit that a file is of, now that its text is saved. What the editor left beside it stays, unless it is the same
    /// text: there may be more in it. One from which an editor may recover more stays as it is.
    /// - Parameter source: the file, as it was named to a command; any other is left alone.
    static func saved(from source: String) {
        let folder = URL(fileURLWithPath: source).resolvingSymlinksInPath().deletingLastPathComponent()
        let place = URL(fileURLWithPath: EditFile.place).resolvingSymlinksInPath().path
        guard folder.deletingLastPathComponent().path == place, let content = Content(folder.path) else { return }
        guard content.others.allSatisfy(isText) else { return }
        let used = FileManager.default.contents(atPath: source)
        let texts = content.others + (content.isWritten ? [content.text] : [])
        let isAll = texts.allSatisfy { FileManager.default.contents(atPath: $0) == used }
        try? FileManager.default.removeItem(atPath: isAll ? folder.path : source)
    }

    /// - Throws: `CommandError` if a file is the unfinished edit of another essay or annotation.
    static func requireOwn(_ source: String, _ item: ItemID) throws {
        let folder = URL(fileURLWithPath: source).resolvingSymlinksInPath().deletingLastPathComponent()
        let place = URL(fileURLWithPath: EditFile.place).resolvingSymlinksInPath().path
        guard folder.deletingLastPathComponent().path == place, let edit = UnfinishedEdit(folder: folder.path),
            edit.subject.item != item.hex
        else { return }
        throw CommandError(
            .usage, "\(source) is \(edit.subject.description), not of this essay",
            advice:
                "To take it up: \(edit.subject.command(savingFrom: edit.file)). If its text is meant for this essay, too, copy the file first; nothing was changed"
        )
    }

    /// Removes what is left of edits in which nothing was written.
    static func sweep() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: EditFile.place)) ?? [] {
            let folder = EditFile.place + "/" + name
            guard let content = Content(folder), !content.isWritten, content.others.isEmpty else { continue }
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}

extension Session {
    /// Tells of unfinished edits.
    func noteUnfinished(_ isMeant: (EditSubject) -> Bool) throws {
        let edits = try archive.read { reader in try UnfinishedEdit.all(archive: options.path, reader) { $0.remove() } }
        for edit in edits where isMeant(edit.subject) {
            options.note("note: " + edit.lines.joined(separator: "\n"))
        }
    }

    /// Tells of the unfinished edits of an essay or annotation.
    func noteUnfinished(of item: ItemID) throws { try noteUnfinished { $0.item == item.hex } }
}
