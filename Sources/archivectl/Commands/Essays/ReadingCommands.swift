import Archive
import ArgumentParser
import Foundation
import History
import Interchange
import Prose

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the essays, the most recently changed first.",
        discussion:
            "Each line has the ID, the day of the last change, the title and, if it is set, the author field. `archivectl log` shows who wrote each version."
    )

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(parsing: .unconditional, help: "Only essays with this tag.", completion: .tags) var tag: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only essays whose title contains this. Capitals do not matter.", valueName: "text"))
    var title: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only essays whose author field contains this. Capitals do not matter.", valueName: "name"))
    var author: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The order. `date` is the date field of the essays.", valueName: "order")) var sort =
        ItemOrder.modified
    @Flag(help: "Only essays in conflict.") var conflicts = false
    @Flag(help: "Also list deleted essays.") var deleted = false
    @Option(parsing: .unconditional, help: ArgumentHelp("List at most this many essays.", valueName: "n")) var limit:
        Int?

    func run() throws {
        if let limit, limit < 0 { throw CommandError(.usage, "--limit cannot be negative") }
        let opened = try archive.openForReading(.listing)
        if !json.isOn { archive.usePager(json) }
        let (isEmpty, damaged) = try opened.read { reader in
            let isEmpty = try list(reader)
            try Recomputing.retry(reader.damage)
            return (isEmpty, reader.describedDamage())
        }
        if isEmpty, limit != 0, !json.isOn { archive.note(try opened.read(nothing)) }
        for what in damaged { archive.note("damaged: \(what)") }
        if !damaged.isEmpty { throw Failure.needsAttention }
    }

    /// - Returns: whether there is nothing to list.
    private func list(_ reader: ArchiveReader) throws -> Bool {
        var isEmpty = true
        // One by one, as there may be more of them than memory holds.
        func each(_ show: (ItemSummary) -> Void) throws {
            try reader.forEachItem(filter) { item in
                isEmpty = false
                show(item)
            }
        }
        if json.isOn { try Output.jsonList { add in try each { add(ListedEssay($0)) } } } else { try each(show) }
        return isEmpty
    }

    private var filter: ItemFilter {
        var filter = ItemFilter()
        filter.tag = tag
        filter.title = title
        filter.author = author
        filter.order = sort
        filter.limit = limit
        filter.onlyConflicts = conflicts
        filter.includesDeleted = deleted
        return filter
    }

    private func show(_ item: ItemSummary) {
        var marks: [Shown] = []
        if item.versions > 1 { marks.append("\(counted(item.versions, "version"))") }
        if item.annotations > 0 { marks.append("\(counted(item.annotations, "annotation"))") }
        if item.isConflict { marks.append(Terminal.styled("conflict", .red)) }
        if item.isDeleted { marks.append("deleted") }
        let tail: Shown = marks.isEmpty ? "" : "  (\(marks.joined(separator: ", ")))"
        let day = sort == .date ? Self.own(item.date) : LocalTime.day(item.modified)
        let author: Shown =
            item.author.flatMap { $0.isEmpty ? nil : Terminal.styled("  " + Shown(line: $0), .cyan) } ?? ""
        Output.line(
            "\(Terminal.styled(item.id.short, .yellow))  \(day)  \(Shown(line: item.title))\(author)\(Terminal.styled(tail, .dim))"
        )
    }
}

extension List {
    /// An essay's own date, as wide as a day; – if it has none.
    private static func own(_ date: String?) -> String {
        let date = date ?? "–"
        return date + String(repeating: " ", count: max(0, 10 - date.count))
    }
}

extension ItemOrder: ExpressibleByArgument {}

extension List {
    /// Why nothing is listed.
    private func nothing(_ reader: ArchiveReader) throws -> String {
        let all = try reader.counts()
        guard all.essays > 0 || deleted && all.deleted > 0 else {
            return all.deleted > 0
                ? "no essays but deleted ones: `archivectl list --deleted`"
                : "no essays; `archivectl import` brings some in"
        }
        if conflicts, tag == nil, title == nil, author == nil { return "no essay is in conflict" }
        let conditions = [
            tag.map { "with the tag '\($0)'" }, title.map { "with '\($0)' in its title" },
            author.map { "with '\($0)' in its author" }, conflicts ? "in conflict" : nil,
        ].compactMap { $0 }
        var near = try title.map { try reader.titles(like: $0) } ?? []
        if let tag, title == nil, let like = try nearest(tag, reader) { near = ["'\(like)'"] }
        return "no essay \(conditions.joined(separator: " and ")), of \(all.essays)"
            + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?")
    }
}

extension List {
    /// The tag that may be meant.
    private func nearest(_ tag: String, _ reader: ArchiveReader) throws -> String? {
        var tags: Set<String> = []
        var filter = ItemFilter()
        filter.includesDeleted = deleted
        try reader.forEachItem(filter) { tags.formUnion($0.tags) }
        // A difference of capitals alone is the least.
        return tags.sorted().first { $0.lowercased() == tag.lowercased() } ?? Mistyped.nearest(tag, in: tags.sorted())
    }
}

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print an essay.",
        discussion:
            "Standard output is the text and nothing else, byte for byte. If the essay is in conflict, one side is printed, and a note says so."
    )

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A version number or a revision ID. Without it, the current version. \(versionNumbers)"))
    var version: String?
    @Flag(help: "Show the essay even if it is deleted.") var deleted = false
    @Flag(
        help:
            "Show the files that the essay was imported from instead of its text. With --version, only the one that became that version."
    ) var source = false
    @Argument(help: "The essay.", completion: .essays) var essay: String

    func run() throws {
        archive.usePager(json)
        try archive.openForReading().read { reader in
            let state = try reader.state(reader.essay(essay, deleted: deleted || version != nil || source))
            if source {
                let listing = SourceListing(reader: reader, essay: state.item, version: version)
                return try json.isOn
                    ? Output.json(listing.sources(title: state.fields[string: FieldKey.title])) : listing.print()
            }
            let id = try version.map { try reader.findRevision($0, in: state.history) } ?? state.shown
            let revision = id.flatMap { state.history[$0] }
            let fields = version == nil ? state.fields : revision!.fields
            let text = try version == nil ? reader.text(of: state) : reader.text(of: revision!)
            let base = version == nil ? state.shownHeads : [id!]
            if version == nil, !Terminal.isOutputTerminal {
                GivenOut(archive: archive.path, replica: try reader.replicaID).note(base, of: state.item)
            }
            guard json.isOn else {
                Output.write(bytes: text)
                if let last = text.last, last != UInt8(ascii: "\n"), Terminal.isOutputTerminal { Output.line() }
                explain(state)
                return
            }
            Output.json(ShownEssay(state, revision: id, fields: fields, text: text, base: base))
        }
    }

    private func explain(_ state: ItemState) {
        if state.isConflict, version != nil {
            archive.note(
                "note: this is the version that was asked for; the essay is in conflict: see `archivectl conflicts`")
        } else if state.isConflict {
            archive.note(
                "note: in conflict; this is \(state.shown!.short), one of \(counted(state.sides.count, "side")): see `archivectl conflicts`"
            )
        } else if state.isRevived {
            archive.note("note: deleted on one machine and changed on another; the change was kept")
        }
    }
}

struct Sections: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sections", abstract: "Show an essay's tree of headings.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The essay.", completion: .essays) var essay: String

    func run() throws {
        let (text, isMarkdown) = try archive.openForReading().read { reader in
            let state = try reader.state(reader.essay(essay))
            return (try reader.text(of: state), state.isMarkdown)
        }
        let sections = EssaySection.all(in: text, isMarkdown: isMarkdown)
        if json.isOn { return Output.json(sections) { $0 } }
        archive.usePager(json)
        if sections.isEmpty { archive.note("no headings found") }
        for section in sections {
            Output.line(
                "\(String(repeating: "  ", count: section.level - 1))\(Terminal.styled(section.path, .yellow))  \(section.title)"
            )
        }
    }
}
