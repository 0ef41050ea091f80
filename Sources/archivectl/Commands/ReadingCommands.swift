import Archive
import ArgumentParser
import Foundation

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the essays, the one changed last first.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(help: "Only essays with this tag.") var tag: String?
    @Option(help: "Only essays whose title has this in it.") var title: String?
    @Flag(help: "Only essays in conflict.") var conflicts = false
    @Flag(help: "Also deleted essays.") var deleted = false
    @Option(help: "At most so many.") var limit: Int?

    func run() throws {
        var filter = ItemFilter()
        filter.tag = tag
        filter.title = title
        filter.onlyConflicts = conflicts
        filter.includesDeleted = deleted
        let items = try archive.open().read { try $0.items(filter) }.prefix(limit ?? .max)
        if json.isOn {
            JSON(items.map { item in
                .object([
                    ("id", .string(item.id.hex)), ("title", .string(item.title)), ("version", JSON(item.version)),
                    ("versions", .integer(item.versions)), ("characters", .integer(item.characters)),
                    ("annotations", .integer(item.annotations)), ("conflict", JSON(item.isConflict)),
                    ("modified", JSON(item.modified)), ("deleted", JSON(item.isDeleted)),
                ])
            }).print()
            return
        }
        archive.usePager(json)
        if items.isEmpty { archive.note("no essays; `archivectl import` brings some in") }
        for item in items {
            var marks: [Shown] = []
            if item.versions > 1 { marks.append("\(item.versions) versions") }
            if item.annotations > 0 { marks.append("\(item.annotations) annotations") }
            if item.isConflict { marks.append(Terminal.styled("conflict", .red)) }
            if item.isDeleted { marks.append("deleted") }
            let tail: Shown = marks.isEmpty ? "" : "  (\(marks.joined(separator: ", ")))"
            Output.line("\(Terminal.styled(item.id.short, .yellow))  \(item.modified.description.prefix(10))  \(Shown(line: item.title))\(Terminal.styled(tail, .dim))")
        }
    }
}

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print an essay.",
        discussion: "The text alone goes to standard output, byte for byte; in a conflict that is one side, and a note says so.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(help: "A version number or revision ID; the current version if not given.") var version: String?
    @Flag(help: "Also a deleted essay.") var deleted = false
    @Flag(help: "Instead of the text, show the files that it was imported from.") var source = false
    @Argument(help: "The essay.") var essay: String

    func run() throws {
        archive.usePager(json)
        try archive.open().read { reader in
            let state = try reader.state(reader.find(essay, deleted: deleted || version != nil || source))
            if source {
                let listing = SourceListing(reader: reader, essay: state.item)
                return try json.isOn ? listing.json(title: state.fields[string: FieldKey.title]).print() : listing.print()
            }
            let id = try version.map { try reader.findRevision($0, in: state.history) } ?? state.shown
            let revision = id.flatMap { state.history[$0] }
            let fields = version == nil ? state.fields : revision!.fields
            let text = try version == nil ? reader.text(of: state) : reader.text(of: revision!)
            let base = version == nil ? state.shownHeads : [id!]
            if version == nil, !Terminal.isOutputTerminal { GivenOut(archive: archive.path, replica: try reader.replicaID).note(base, of: state.item) }
            guard json.isOn else {
                Output.write(bytes: text)
                if let last = text.last, last != UInt8(ascii: "\n"), Terminal.isOutputTerminal { Output.line() }
                explain(state)
                return
            }
            let vector = id.map { state.history.vector(of: $0) }
                ?? state.heads.reduce(RevisionVector()) { $0.join(state.history.vector(of: $1)) }
            JSON.object([
                ("id", .string(state.item.hex)), ("title", JSON(fields[string: FieldKey.title])),
                ("text", .string(String(decoding: text, as: UTF8.self))), ("version", JSON(id.flatMap { state.history.version(of: $0) })),
                ("revision", JSON(id?.hex)), ("base", JSON(base.map { .string($0.hex) })), ("vector", JSON(vector)), ("conflict", JSON(state.isConflict)),
                ("heads", JSON(state.heads.map { .string($0.hex) })), ("deleted", JSON(state.isDeleted)),
                ("fields", .object(fields.sorted { $0.key < $1.key }.map { ($0.key.string, JSON($0.value)) })),
            ]).print()
        }
    }

    private func explain(_ state: ItemState) {
        if state.isConflict {
            archive.note("note: in conflict; this is \(state.shown!.short), one of \(state.sides.count) sides: see `archivectl conflicts`")
        } else if state.isRevived {
            archive.note("note: deleted on one machine and changed on another; the change was kept")
        }
    }
}

struct Sections: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sections", abstract: "Show an essay's tree of headings.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The essay.") var essay: String

    func run() throws {
        let (text, isMarkdown) = try archive.open().read { reader in
            let state = try reader.state(reader.find(essay))
            return (try reader.text(of: state), state.isMarkdown)
        }
        let sections = SectionParser.sections(in: text, isMarkdown: isMarkdown)
        let places = CodePoints.codePointOffsets(ofBytes: sections.flatMap { [$0.range.lowerBound, $0.range.upperBound] }, in: text)
        if json.isOn {
            JSON(sections.enumerated().map { index, section in
                .object([
                    ("label", .string(section.label)), ("path", .string(section.path)), ("level", .integer(section.level)),
                    ("title", .string(section.title)), ("start", .integer(places[2 * index])), ("end", .integer(places[2 * index + 1])),
                ])
            }).print()
            return
        }
        archive.usePager(json)
        if sections.isEmpty { archive.note("no headings found") }
        for section in sections {
            Output.line("\(String(repeating: "  ", count: section.level - 1))\(Terminal.styled(section.path, .yellow))  \(section.title)")
        }
    }
}

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "log", abstract: "List an essay's versions, the newest first.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Flag(help: "Show the revision vectors.") var vectors = false
    @Argument(help: "The essay.") var essay: String

    func run() throws {
        archive.usePager(json)
        try archive.open().read { reader in
            let history = try reader.history(reader.find(essay, deleted: true))
            let versions = history.order.enumerated().reversed()
            if json.isOn {
                try JSON(versions.map { index, id in
                    let node = history.nodes[id]!
                    return .object([
                        ("version", .integer(index + 1)), ("id", .string(id.hex)),
                        ("parents", JSON(node.revision.parents.map { .string($0.hex) })), ("vector", JSON(history.vector(of: id))),
                        ("author", JSON(node.revision.author?.string)), ("written", JSON(node.revision.written)),
                        ("recorded", JSON(node.recorded)), ("bytes", .integer(try reader.text(of: node.revision).count)),
                        ("title", JSON(node.revision.fields[string: FieldKey.title])), ("deleted", JSON(node.revision.isTombstone)),
                    ])
                }).print()
                return
            }
            for (index, id) in versions { Output.line(line(index, id, history)) }
        }
    }

    private func line(_ index: Int, _ id: RevisionID, _ history: History) -> Shown {
        let node = history.nodes[id]!
        var what = node.revision.author?.string ?? (node.revision.merge == nil ? "import" : "merge")
        if node.revision.isTombstone { what += ", deletion" }
        if history.heads.contains(id) { what += history.heads.count > 1 ? ", one of \(history.heads.count) heads" : ", current" }
        let from = node.revision.parents.map { "\(history.version(of: $0)!)" }.joined(separator: "+")
        var line: Shown = "\(Terminal.styled("\(index + 1)", .bold))  \(Terminal.styled(id.short, .yellow))  \(node.revision.written ?? node.recorded)  \(what)"
        if !from.isEmpty { line += Terminal.styled("  from \(from)", .dim) }
        if vectors {
            for (replica, sequence) in history.vector(of: id).sequences.sorted(by: { $0.key < $1.key }) {
                line += "\n      \(replica.hex.prefix(12)): \(sequence)"
            }
        }
        return line
    }
}

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two versions of an essay, by sentence and then by character.",
        discussion: "With no version: the last change. With one: from that version to the current one.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The essay.") var essay: String
    @Argument(help: "The older version: a number or a revision ID.") var from: String?
    @Argument(help: "The newer version.") var to: String?

    func run() throws {
        let (base, new) = try archive.open().read { reader in
            let state = try reader.state(reader.find(essay, deleted: true))
            let history = state.history
            let target = try to.map { try reader.findRevision($0, in: history) } ?? state.shown
            let newText = try target.map { try reader.text(of: history[$0]!) } ?? reader.text(of: state)
            let source = try from.map { try reader.findRevision($0, in: history) }
                ?? history[target ?? state.heads[0]]?.parents.first
            return (try source.map { try reader.text(of: history[$0]!) } ?? [], newText)
        }
        archive.usePager(json)
        let hunks = Diff.hunks(base, new)
        if json.isOn { JSON(hunks.filter { $0.kind != .equal }.map { DiffPrinter.json($0, base, new) }).print() } else { DiffPrinter.print(hunks) }
    }
}

