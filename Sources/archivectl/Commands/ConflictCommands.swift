import Archive
import ArgumentParser
import Foundation

struct Conflicts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "Show what did not merge by itself.",
        discussion: "Both sides are kept whole. `archivectl resolve` settles a conflict for all machines.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Flag(help: "Show the sides' revision vectors.") var vectors = false
    @Argument(help: "Only this essay.") var essay: String?

    func run() throws {
        let states = try archive.open().read { reader -> [(ItemState, [UInt8])] in
            let only = try essay.map { try reader.find($0) }
            return try [ItemKind.essay, .annotation, .source].flatMap { kind in
                var filter = ItemFilter()
                filter.kind = kind
                filter.onlyConflicts = true
                return try reader.items(filter).filter { only == nil || $0.id == only }.map { item in
                    let state = try reader.state(item.id)
                    return (state, try reader.text(of: state))
                }
            }
        }
        if json.isOn {
            JSON(states.map(object)).print()
        } else {
            for (state, _) in states { print(state) }
            if states.isEmpty { Output.line("no conflicts") }
        }
    }

    private func object(_ state: ItemState, _ text: [UInt8]) -> JSON {
        let conflict = state.conflict!
        return .object([
            ("id", .string(state.item.hex)), ("title", JSON(state.fields[string: FieldKey.title])),
            ("kind", .string(state.kind.rawValue)), ("shown", JSON(state.shown?.hex)),
            ("heads", JSON(state.heads.map { .string($0.hex) })), ("sides", JSON(conflict.sides.map { .string($0.hex) })),
            ("vectors", JSON(state.heads.map { JSON(state.history.vector(of: $0)) })),
            ("hunks", JSON(conflict.hunks.map { hunk in
                // Places are in the text that `show` prints: the first side's.
                let range = hunk.sideRanges[0]
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

    private func print(_ state: ItemState) {
        let conflict = state.conflict!
        Output.line("\(Terminal.styled(state.item.short, .yellow))  \(state.fields[string: FieldKey.title] ?? state.fields[string: FieldKey.body] ?? "")")
        for (index, side) in conflict.sides.enumerated() {
            let revision = state.history[side]!
            Output.line("  side \(index + 1): head \(Terminal.styled(side.short, .yellow))  \(revision.author?.string ?? "import")  \(revision.written?.description ?? "")")
            if vectors {
                for (replica, sequence) in state.history.vector(of: side).sequences.sorted(by: { $0.key < $1.key }) {
                    Output.line("      \(replica.hex.prefix(12)): \(sequence)")
                }
            }
        }
        for hunk in conflict.hunks {
            Output.line("  base:   \(String(decoding: hunk.base, as: UTF8.self).trimmingCharacters(in: .newlines))")
            for (index, side) in hunk.sides.enumerated() {
                Output.line("  side \(index + 1): " + Diff.hunks(hunk.base, side).flatMap(\.pieces).map(DiffPrinter.render).joined().trimmingCharacters(in: .newlines))
            }
        }
        for field in conflict.fields {
            func show(_ value: CanonicalValue?) -> String { value.map { $0.string ?? String(decoding: $0.bytes, as: UTF8.self) } ?? "(none)" }
            Output.line("  \(field.key): base \(show(field.base)); " + field.sides.enumerated().map { "side \($0 + 1) \(show($1))" }.joined(separator: ", "))
        }
        Output.line("  settle it: archivectl resolve \(state.item.short) --take HEAD | --from FILE | --edit")
    }
}

struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Settle a conflict, for all machines after the next sync.",
        discussion: """
            --take HEAD takes one side's text, and its values of fields that conflict; tags of all sides stay. \
            --from FILE takes a text that you made. --edit opens an editor with all sides laid out.
            Whatever was not taken stays in the history.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Option(help: "A head: its first digits, as `archivectl conflicts` shows them.") var take: String?
    @Option(name: .customLong("from"), help: "Take the text from this file; - is standard input.") var source: String?
    @Flag(help: "Open an editor with all sides laid out.") var edit = false
    @Argument(help: "The essay or annotation.") var essay: String

    func run() throws {
        let session = try Session(archive)
        let state = try session.archive.read { reader in
            if let annotation = try? reader.find(essay, kind: .annotation) { return try reader.state(annotation) }
            return try reader.state(reader.find(essay))
        }
        let resolution = try resolution(state, session)
        let revision = try session.write { try $0.resolve(state.item, by: resolution, author: author.author) }
        try Report.revision(revision, of: state.item, session, json: json.isOn)
    }

    private func resolution(_ state: ItemState, _ session: Session) throws -> ArchiveWriter.Resolution {
        switch (take, source, edit) {
        case (let head?, nil, false):
            let matches = state.heads.filter { $0.hex.hasPrefix(head) }
            guard matches.count == 1, head.utf8.count >= 4 else {
                throw ArchiveError(.notFound, "'\(head)' names no head of this essay", advice: "The heads are \(state.heads.map(\.short).joined(separator: ", "))")
            }
            return .take(matches[0])
        case (nil, let file?, false): return .text(try Input.text(file))
        case (nil, nil, true): return .text(try ConflictEditing.edit(state, session))
        default: throw ArchiveError(.usage, "say how to settle it", advice: "One of --take HEAD, --from FILE, --edit")
        }
    }
}

/// The sides of a conflict laid out in an editor. The marks exist only there; a text that has them is refused.
enum ConflictEditing {
    private static let mark = "⟪⟪⟪"

    static func edit(_ state: ItemState, _ session: Session) throws -> [UInt8] {
        guard let conflict = state.conflict else {
            throw ArchiveError(.usage, "there is no conflict", advice: "`archivectl conflicts` lists those that there are")
        }
        let text = try session.archive.read { try $0.text(of: state) }
        var laidOut: [UInt8] = []
        var position = 0
        for hunk in conflict.hunks {
            laidOut += text[position..<hunk.sideRanges[0].lowerBound]
            for (index, side) in hunk.sides.enumerated() {
                laidOut += "\n\(mark) side \(index + 1), head \(conflict.sides[index].short): keep or change, and delete these lines\n".utf8
                laidOut += side
            }
            laidOut += "\n\(mark) end\n".utf8
            position = hunk.sideRanges[0].upperBound
        }
        laidOut += text[position...]
        guard let edited = try Editor.edit(laidOut, name: "conflict.txt") else {
            throw ArchiveError(.usage, "the text was left as it was; the conflict stays")
        }
        guard !String(decoding: edited, as: UTF8.self).contains(mark) else {
            throw ArchiveError(.badInput, "lines that begin with \(mark) are left in the text; the conflict stays")
        }
        return edited
    }
}
