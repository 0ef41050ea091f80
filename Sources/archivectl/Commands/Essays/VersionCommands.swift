import Archive
import ArgumentParser
import Foundation
import History
import Interchange
import Prose

/// For the help of commands that show or take numbers of versions.
let versionNumbers = "Version numbers can change when versions arrive from another machine. Revision IDs never change."

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "List an essay's versions, newest first.", discussion: versionNumbers)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Flag(help: "Show the revision vectors.") var vectors = false
    @Argument(help: "The essay.", completion: .essays) var essay: String

    func run() throws {
        archive.usePager(json)
        try archive.openForReading().read { reader in
            let item = try reader.essay(essay, deleted: true)
            let history = try reader.history(item)
            // A merge is computed only where there is one.
            let state = history.heads.count > 1 ? try reader.state(item) : nil
            let current = state.map(\.shown) ?? history.heads.first
            let versions = history.order.enumerated().reversed()
            if json.isOn {
                return try Output.json(Array(versions)) { index, id in
                    let revision = history[id]!
                    return EssayVersion(
                        id, version: index + 1, in: history, bytes: try reader.textSize(of: revision),
                        changes: VersionChanges(of: revision, in: history).names, current: current)
                }
            }
            if let state, state.shown == nil { Output.line(Self.merge(state)) }
            for (index, id) in versions { Output.line(line(index, id, history, state)) }
        }
    }

    /// What is shown of several heads that merge cleanly, which is no version yet.
    private static func merge(_ state: ItemState) -> Shown {
        let numbers = state.sides.compactMap { state.history.version(of: $0) }.sorted().map(String.init)
        let times = state.sides.compactMap { state.history.nodes[$0] }.map { $0.revision.written ?? $0.recorded }
        let heads = numbers.dropLast().joined(separator: ", ") + " and " + (numbers.last ?? "")
        return
            "\(Terminal.styled("–", .bold))  \("merged".padding(toLength: 12, withPad: " ", startingAt: 0))  \(times.max().map(LocalTime.minute) ?? "")  versions \(heads), merged; this becomes a version with the next change  (current)"
    }

    private func line(_ index: Int, _ id: RevisionID, _ history: History, _ state: ItemState?) -> Shown {
        let node = history.nodes[id]!
        let author = node.revision.author?.string ?? (node.revision.merge == nil ? "import" : "merge")
        let changes = node.revision.parents.isEmpty ? ["new"] : VersionChanges(of: node.revision, in: history).names
        var what = author + (changes.isEmpty ? "" : ": " + changes.joined(separator: ", "))
        if history.heads.contains(id) { what += mark(id, state) }
        let from = node.revision.parents.map { "\(history.version(of: $0)!)" }.joined(separator: "+")
        var line: Shown =
            "\(Terminal.styled("\(index + 1)", .bold))  \(Terminal.styled(id.short, .yellow))  \(LocalTime.minute(node.revision.written ?? node.recorded))  \(Shown(line: what))"
        if !from.isEmpty { line += Terminal.styled("  from \(from)", .dim) }
        if vectors {
            for (replica, sequence) in history.vector(of: id).sequences.sorted(by: { $0.key < $1.key }) {
                line += "\n      \(replica.hex.prefix(12)): \(sequence)"
            }
        }
        return line
    }
}

extension Log {
    /// What a head is to the essay as it is now.
    /// - Parameter state: of an essay with several heads.
    private func mark(_ id: RevisionID, _ state: ItemState?) -> String {
        guard let state else { return "  (current)" }
        let count = state.heads.count
        guard state.shown == id else { return "  (one of \(count) heads)" }
        return state.isConflict ? "  (one of \(count) heads in conflict; shown)" : "  (one of \(count) heads; current)"
    }
}

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two versions of an essay, by sentence, and inside a sentence by word or character.",
        discussion: """
            Without a version, it shows the last change; with one, everything since that version. Changed fields and a deletion come first.

            \(versionNumbers)
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The essay.", completion: .essays) var essay: String
    @Argument(help: ArgumentHelp("The older version: a number or a revision ID.", valueName: "older")) var from: String?
    @Argument(help: ArgumentHelp("The newer version. Without it, the current one.", valueName: "newer")) var to: String?

    func run() throws {
        let (base, new, changes, heading) = try archive.openForReading().read { reader in
            let state = try reader.state(reader.essay(essay, deleted: true))
            let history = state.history
            let target = try to.map { try reader.findRevision($0, in: history) } ?? state.shown
            let newText = try target.map { try reader.text(of: history[$0]!) } ?? reader.text(of: state)
            let source =
                try from.map { try reader.findRevision($0, in: history) }
                ?? history[target ?? state.heads[0]]?.parents.first
            let base = try source.map { try reader.text(of: history[$0]!) } ?? []
            let old = source.flatMap { history[$0] }
            let changes = VersionChanges(
                from: (old?.fields ?? [:], old?.isTombstone ?? false),
                to: target.map { (history[$0]!.fields, history[$0]!.isTombstone) } ?? (state.fields, state.isDeleted),
                isTextChanged: base != newText)
            let older = source.map { "\(VersionDescription($0, in: history))" } ?? "nothing"
            let newer = target.map { "\(VersionDescription($0, in: history))" } ?? "the merge of all versions"
            return (base, newText, changes, Shown(line: "\(older) → \(newer)"))
        }
        archive.usePager(json)
        let hunks = Diff.hunks(base, new)
        if json.isOn { return Output.json(hunks.filter { $0.kind == .changed }) { ChangedPassage($0, base, new) } }
        Output.line(Terminal.styled(heading, .bold))
        for line in changes.lines() { Output.line(line) }
        DiffPrinter.print(hunks)
        if changes.isEmpty { archive.note("no differences") }
    }
}

struct Revert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert",
        abstract: "Make an older version the current one.",
        discussion: """
            Writes a new version that equals the old one: text, title, tags and other fields. With --text-only the fields \
            stay as they are. The command prints what was undone. The versions in between stay in the history.

            \(versionNumbers)
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Flag(name: .customLong("text-only"), help: "Revert the text only; keep the title, tags and other fields.")
    var isTextOnly = false
    @Argument(help: "The essay.", completion: .essays) var essay: String
    @Argument(help: "A version number or revision ID.") var version: String

    func run() throws {
        let session = try Session(archive)
        let item = try session.essay(essay, deleted: true)
        let (revision, changes) = try session.write { writer in
            let before = try writer.reader.state(item)
            let text = try writer.reader.text(of: before)
            let target = try writer.reader.findRevision(version, in: before.history)
            let revision = try writer.revert(item, to: target, textOnly: isTextOnly, author: author.author)
            let after = try writer.reader.state(item)
            let isTextChanged = try writer.reader.text(of: after) != text
            return (
                revision,
                VersionChanges(
                    from: (before.fields, before.isDeleted), to: (after.fields, after.isDeleted),
                    isTextChanged: isTextChanged)
            )
        }
        if let revision { try session.givenOut.note([revision], of: item) }
        if !changes.isEmpty {
            // What is brought back had been deleted: that is what no longer holds.
            let names = changes.names.filter { $0 != "undeletion" } + (changes.deletion == false ? ["deletion"] : [])
            archive.note("taken back: \(names.joined(separator: ", "))")
            for line in changes.lines(inColour: Terminal.usesColourInNotes) { archive.note(shown: "  \(line)") }
        }
        try Report.revision(revision, of: item, session, json: json.isOn)
    }
}
