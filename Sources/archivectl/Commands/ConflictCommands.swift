import Archive
import ArgumentParser
import Foundation

struct Conflicts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "Show what did not merge by itself.",
        discussion: "All sides are kept whole. `archivectl resolve` settles a conflict for all machines.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Flag(help: "Show the sides' revision vectors.") var vectors = false
    @Argument(help: "Only this essay or annotation.") var essay: String?

    func run() throws {
        let (states, replica) = try archive.openForReading().read { reader -> ([(ItemState, [UInt8])], ReplicaID) in
            let states = try ids(reader).map { id in
                let state = try reader.state(id)
                return (state, try reader.text(of: state))
            }
            return (states.filter(\.0.isConflict), try reader.replicaID)
        }
        archive.usePager(json)
        if json.isOn {
            JSON(states.map(object)).print()
        } else {
            for (state, _) in states {
                ConflictPrinter(state, replica: replica).print(vectors: vectors)
                Output.line("  settle it: archivectl resolve \(state.item.short), or with --take HEAD | --from FILE | --edit")
            }
            if states.isEmpty { Output.line("no conflicts") }
        }
    }

    private func ids(_ reader: ArchiveReader) throws -> [ItemID] {
        if let essay { return [try reader.findAny(essay)] }
        return try [ItemKind.essay, .annotation, .source].flatMap { kind in
            var filter = ItemFilter()
            filter.kind = kind
            filter.onlyConflicts = true
            return try reader.items(filter).map(\.id)
        }
    }

    private func object(_ state: ItemState, _ text: [UInt8]) -> JSON {
        let conflict = state.conflict!
        return .object([
            ("id", .string(state.item.hex)), ("title", JSON(state.fields[string: FieldKey.title])),
            ("kind", .string(state.kind.rawValue)), ("shown", JSON(state.shown?.hex)),
            ("heads", JSON(state.heads.map { .string($0.hex) })),
            ("sides", JSON(conflict.sides.map { side in JSON(side.revisions.map { .string($0.hex) }) })),
            ("waiting", JSON(state.waitingHeads.map { .string($0.hex) })),
            ("vectors", JSON(state.heads.map { JSON(state.history.vector(of: $0)) })),
            ("hunks", JSON(conflict.hunks.map { hunk in
                // Places are in the text that `show` prints.
                let range = state.place(of: hunk, in: text)
                let start = CodePoints.codePointOffset(ofByte: range.lowerBound, in: text)
                return .object([
                    ("base", .string(String(decoding: hunk.base, as: UTF8.self))),
                    ("sides", JSON(hunk.sides.map { .string(String(decoding: $0, as: UTF8.self)) })),
                    ("start", .integer(start)), ("end", .integer(start + CodePoints.count(text, in: range))),
                ])
            })),
            ("fields", JSON(conflict.fields.map { field in
                .object([
                    ("key", .string(field.key.string)), ("base", field.base.map { JSON($0) } ?? .null),
                    ("sides", JSON(field.sides.map { $0.map { JSON($0) } ?? .null })),
                ])
            })),
        ])
    }
}

extension ArchiveReader {
    /// Finds an annotation by its ID, or an essay by any name.
    func findAny(_ name: String) throws -> ItemID {
        if let annotation = try? find(name, kind: .annotation) { return annotation }
        return try essay(name)
    }
}

struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Settle a conflict, for all machines after the next sync.",
        discussion: """
            Without an option, on a terminal, goes from place to place and asks; whoever quits goes on there another time. \
            --take HEAD takes what one side has \
            wherever the sides conflict; changes that do not conflict stay, from all sides (with --whole they go, too: the \
            text is then that head's). --from FILE takes a text that you made. --edit opens an editor with all sides laid out.
            --base HEAD, for each head that you saw, makes sure that no further one came meanwhile: it would be settled, too.
            Whatever was not taken stays in the history.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Option(parsing: .unconditional, help: "A head: its first digits, as `archivectl conflicts` shows them.") var take: String?
    @Flag(help: "With --take: that head's text as it is, without what others changed elsewhere.") var whole = false
    @Option(name: .customLong("from"), parsing: .unconditional, help: "Take the text from this file; - is standard input.") var source: String?
    @Option(parsing: .unconditionalSingleValue, help: "A head that you saw, as `archivectl conflicts` shows them. If there are others by now, the conflict stays.")
    var base: [String] = []
    @Flag(help: "Open an editor with all sides laid out.") var edit = false
    @Argument(help: "The essay or annotation.") var essay: String

    func run() throws {
        let session = try Session(archive)
        let (state, replica) = try session.archive.read { (try $0.state($0.findAny(essay)), try $0.replicaID) }
        guard let conflict = state.conflict else {
            throw ArchiveError(.usage, "'\(state.fields[string: FieldKey.title] ?? essay)' has no conflict", advice: "`archivectl conflicts` lists those that have")
        }
        let seen = try base.isEmpty ? state.resolvedHeads : base.map { try head($0, of: state) }
        let others = Set(state.resolvedHeads).subtracting(seen)
        guard others.isEmpty else {
            throw ArchiveError(
                .busy, "the conflict has heads that you did not name: \(others.map(\.short).sorted().joined(separator: ", "))",
                advice: "Look at `archivectl conflicts`, bring in what they changed, and name all of its heads")
        }
        func settle(_ resolution: ArchiveWriter.Resolution, givesText: Bool = false) throws {
            let (revision, late) = try session.write { writer in
                let late = LateChanges(try writer.reader.history(state.item), since: state.heads)
                return (try writer.resolve(state.item, by: resolution, heads: state.heads, author: author.author), late)
            }
            if givesText { try session.givenOut.note([revision], of: state.item) }
            var answers = ConflictAnswers(state, replica: replica)
            answers.forget()
            try Report.revision(revision, of: state.item, session, json: json.isOn, beside: late)
        }
        switch (take, source, edit) {
        case (let name?, nil, false):
            let head = try head(name, of: state)
            try settle(whole ? .whole(head) : .take(head))
            let others = conflict.sides.count - 1
            archive.note("""
                \(head.short) is taken \(whole ? "whole" : "where the sides conflict"); what the \
                \(others == 1 ? "other side has" : "\(others) other sides have") there stays in the history
                """)
        case (nil, let file?, false) where !whole:
            let given = try Input.replacement(file)
            let sheet = ConflictPrinter(state, replica: replica).sheet
            // What an editor was opened on: no mark of it becomes text.
            if sheet.isMarked(given) { try settle(answer(given, on: sheet, conflict), givesText: true) } else { try settle(resolution(by: given, of: state), givesText: true) }
        case (nil, nil, true) where !whole:
            let sheet = ConflictPrinter(state, replica: replica).sheet
            let settled: Void? = try Editor.edit(sheet.content, name: "conflict.txt") { edited in
                try settle(answer(edited, on: sheet, conflict), givesText: true)
            }
            guard settled != nil else {
                archive.note("the file was left as it was, and so the conflict stays")
                throw Failure.needsAttention
            }
        case (nil, nil, false) where !whole && Terminal.isInteractive:
            var walk = ConflictWalk(state, replica: replica)
            guard let resolution = try walk.run() else {
                stop(walk, state)
                throw Failure.needsAttention
            }
            try settle(resolution)
        default:
            throw ArchiveError(.usage, "say how to settle it", advice: "One of --take HEAD, --from FILE, --edit; or nothing, on a terminal")
        }
    }

    private func answer(_ edited: [UInt8], on sheet: ConflictSheet, _ conflict: MergeConflict) throws -> ArchiveWriter.Resolution {
        let answer = try sheet.answer(edited)
        return .text(conflict.text == nil ? nil : answer.text, fields: answer.fields)
    }

    /// A text that somebody made is an essay's text, and an annotation's note.
    private func resolution(by text: [UInt8], of state: ItemState) throws -> ArchiveWriter.Resolution {
        switch state.kind {
        case .essay: return .text(text)
        case .annotation:
            let note = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
            return .text(nil, fields: [FieldKey.body: .text(String(decoding: note, as: UTF8.self))])
        default: throw ArchiveError(.usage, "a source has no text that could be given", advice: "Take a side: --take HEAD")
        }
    }

    /// Tells somebody who stopped before all was settled what became of their answers.
    private func stop(_ walk: ConflictWalk, _ state: ItemState) {
        if let failure = walk.answers.failure {
            Terminal.note("the conflict stays, and what you answered could not be kept: \(failure)")
        } else if walk.answers.count > 0 {
            archive.note("the conflict stays; \(walk.answers.count) of \(walk.total) answers are kept: archivectl resolve \(state.item.short) goes on with them")
        } else {
            archive.note("given up; the conflict stays")
        }
    }

    private func head(_ name: String, of state: ItemState) throws -> RevisionID {
        let matches = state.heads.filter { $0.hex.hasPrefix(name.lowercased()) }
        guard matches.count == 1, name.utf8.count >= ArchiveReader.shortestPrefix else {
            throw ArchiveError(.notFound, "'\(name)' names no head of this essay", advice: "Give at least \(ArchiveReader.shortestPrefix) digits. The heads are \(state.heads.map(\.short).joined(separator: ", "))")
        }
        return matches[0]
    }
}
