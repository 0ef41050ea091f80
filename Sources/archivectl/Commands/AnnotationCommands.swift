import Archive
import ArgumentParser
import Foundation

struct ContentOptions: ParsableArguments {
    @Option(name: [.customLong("note"), .customLong("body")], help: "What you have to say.") var note: String?
    @Option(name: .customLong("tag"), help: "A tag; may be given several times.") var tags: [String] = []
    @Option(name: [.customLong("colour"), .customLong("color")], help: "A colour, such as yellow.") var colour: String?

    var content: AnnotationContent {
        AnnotationContent(body: note ?? "", tags: tags.map { ExactString($0) }, colour: colour)
    }
}

struct Annotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate",
        abstract: "Annotate a passage of an essay.",
        discussion: """
            Name the passage by its text, by its section, or by its place in Unicode code points:
              archivectl annotate 8f3a --quote 高质量发展 --note 出处？
              archivectl annotate 8f3a --section 二.（一） --note 要点 --tag 重点
              archivectl annotate 8f3a --start 120 --end 164 --colour yellow
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @OptionGroup var content: ContentOptions
    @Option(help: "The passage itself.") var quote: String?
    @Option(help: "Which, if the passage stands in the text several times; from 1.") var occurrence: Int?
    @Option(help: "A section's label path, label or title.") var section: String?
    @Option(help: "The passage's first code point, from 0.") var start: Int?
    @Option(help: "The code point after the passage.") var end: Int?
    @Argument(help: "The essay.") var essay: String

    func run() throws {
        let session = try Session(archive)
        let item = try session.essay(essay)
        let name = try passage()
        let id = try session.write { try $0.annotate(item, name, content.content, author: author.author) }
        try AnnotationPrinter.print([session.archive.read { try $0.annotation(id) }], json: json.isOn, one: true)
    }

    private func passage() throws -> PassageName {
        let named = [quote != nil, section != nil, start != nil || end != nil].filter { $0 }.count
        guard named == 1 else {
            throw ArchiveError(.usage, "name the passage in one way", advice: "By --quote TEXT, by --section LABEL, or by --start N --end N")
        }
        if let quote { return .quote(Array(quote.utf8), occurrence: occurrence) }
        if let section { return .section(section) }
        guard let start, let end, start >= 0, end > start else {
            throw ArchiveError(.usage, "--start and --end go together, the end after the start")
        }
        return .range(start..<end)
    }
}

struct Annotations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotations",
        abstract: "List, show, change and delete annotations.",
        subcommands: [ListAnnotations.self, ShowAnnotation.self, EditAnnotation.self, ReplyToAnnotation.self, DeleteAnnotation.self],
        defaultSubcommand: ListAnnotations.self)
}

struct ListAnnotations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List annotations with where their passages are now.",
        discussion: """
            States: exact (where it was), moved (verbatim elsewhere), changed (found, but reworded), review (found, but \
            look at it), orphan (the passage is gone; its text is shown). None is ever left out.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(help: "Only those in this state.") var state: String?
    @Option(help: "Only those with this tag.") var tag: String?
    @Argument(help: "The essay; all essays if not given.") var essay: String?

    func run() throws {
        var list = try archive.open().read { reader in
            try essay.map { try reader.annotations(of: reader.find($0, deleted: true)) } ?? reader.allAnnotations()
        }
        if let state { list = list.filter { $0.state.rawValue == state } }
        if let tag { list = list.filter { $0.annotation.tags.contains(ExactString(tag)) } }
        archive.usePager(json)
        AnnotationPrinter.print(list, json: json.isOn)
        if list.isEmpty, !json.isOn { archive.note("no annotations") }
    }
}

struct ShowAnnotation: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one annotation.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The annotation's ID, or its first digits.") var annotation: String

    func run() throws {
        let placed = try archive.open().read { try $0.annotation($0.find(annotation, kind: .annotation, deleted: true)) }
        archive.usePager(json)
        AnnotationPrinter.print([placed], json: json.isOn, one: true)
    }
}

struct EditAnnotation: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "edit", abstract: "Change an annotation's note, tags or colour.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @OptionGroup var content: ContentOptions
    @Option(name: .customLong("remove-tag"), help: "A tag to remove; may be given several times.") var removedTags: [String] = []
    @Argument(help: "The annotation's ID, or its first digits.") var annotation: String

    func run() throws {
        let session = try Session(archive)
        let id = try session.archive.read { try $0.find(annotation, kind: .annotation) }
        let heads = try session.archive.read { try $0.state(id).shownHeads }
        let removed = Swift.Set(removedTags.map { ExactString($0) })
        func write(_ body: String?) throws {
            _ = try session.write { writer in
                try writer.revise(id, heads: heads, author: author.author) { draft in
                    if let body { draft.fields[string: FieldKey.body] = body }
                    if let colour = content.colour { draft.fields[string: FieldKey.colour] = colour }
                    draft.fields.tags = draft.fields.tags.filter { !removed.contains($0) } + content.tags.map { ExactString($0) }
                }
            }
        }
        if content.note == nil, content.tags.isEmpty, removedTags.isEmpty, content.colour == nil {
            let old = try session.archive.read { try $0.annotation(id).annotation.body }
            _ = try Editor.edit(Array(old.utf8), name: "note.txt") { try write(String(decoding: $0, as: UTF8.self)) }
        } else {
            try write(content.note)
        }
        try AnnotationPrinter.print([session.archive.read { try $0.annotation(id) }], json: json.isOn, one: true)
    }
}

struct ReplyToAnnotation: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reply", abstract: "Answer an annotation.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @OptionGroup var content: ContentOptions
    @Argument(help: "The annotation's ID, or its first digits.") var annotation: String

    func run() throws {
        let session = try Session(archive)
        let target = try session.archive.read { try $0.find(annotation, kind: .annotation) }
        guard content.note != nil else { throw ArchiveError(.usage, "a reply needs --note TEXT") }
        let id = try session.write { try $0.reply(to: target, content.content, author: author.author) }
        try AnnotationPrinter.print([session.archive.read { try $0.annotation(id) }], json: json.isOn, one: true)
    }
}

struct DeleteAnnotation: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete annotations; their history stays.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Argument(help: "IDs, or their first digits.") var annotations: [String]

    func run() throws {
        let session = try Session(archive)
        let ids = try session.archive.read { reader in try annotations.map { try reader.find($0, kind: .annotation) } }
        try session.write { writer in for id in ids { try writer.delete(id, author: author.author) } }
        if json.isOn {
            JSON(ids.map { ["id": .string($0.hex), "deleted": true] }).print()
        } else {
            for id in ids { Output.line("\(id.short)  deleted") }
        }
    }
}

enum AnnotationPrinter {
    static func print(_ list: [PlacedAnnotation], json: Bool, one: Bool = false) {
        guard json else {
            for placed in list { text(placed) }
            return
        }
        if one, let placed = list.first { object(placed).print() } else { JSON(list.map(object)).print() }
    }

    private static func text(_ placed: PlacedAnnotation) {
        let annotation = placed.annotation
        let place = placed.range.map { "\($0.lowerBound)–\($0.upperBound)" } ?? "gone"
        let style: Terminal.Style = placed.state == .orphan || placed.state == .review ? .red : .green
        var line: Shown = "\(Terminal.styled(annotation.id.short, .yellow))  \(Terminal.styled(placed.state.rawValue, style))  \(place)"
        if let section = placed.section { line += "  \(section)" }
        if annotation.replyTo != nil { line += "  reply to \(annotation.replyTo!.short)" }
        if !annotation.tags.isEmpty { line += "  \(annotation.tags.map { "#\($0)" }.joined(separator: " "))" }
        if annotation.isConflict { line += "  " + Terminal.styled("conflict", .red) }
        Output.line(line)
        let quote = annotation.quote.replacing("\n", with: " ")
        Output.line("    “\(quote.unicodeScalars.count > 80 ? String(String.UnicodeScalarView(quote.unicodeScalars.prefix(80))) + "…" : quote)”")
        if !annotation.body.isEmpty { Output.line("    \(annotation.body.replacing("\n", with: "\n    "))") }
    }

    private static func object(_ placed: PlacedAnnotation) -> JSON {
        let annotation = placed.annotation
        return .object([
            ("id", .string(annotation.id.hex)), ("essay", .string(annotation.essay.hex)), ("state", .string(placed.state.rawValue)),
            ("start", JSON(placed.range?.lowerBound)), ("end", JSON(placed.range?.upperBound)), ("quote", .string(annotation.quote)),
            ("section", JSON(placed.range == nil ? annotation.section : placed.section)), ("body", .string(annotation.body)),
            ("tags", JSON(annotation.tags.map { .string($0.string) })), ("version", JSON(placed.version)),
            ("revision", JSON(annotation.version?.hex)), ("colour", JSON(annotation.colour)), ("author", JSON(annotation.author)),
            ("replyTo", JSON(annotation.replyTo?.hex)), ("conflict", JSON(annotation.isConflict)), ("modified", JSON(annotation.modified)),
        ])
    }
}
