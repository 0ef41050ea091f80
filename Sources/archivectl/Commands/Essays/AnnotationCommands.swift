import Archive
import ArgumentParser
import Foundation
import History
import Interchange
import Prose

struct ContentOptions: ParsableArguments {
    @Option(
        name: [.customLong("note"), .customLong("body")], parsing: .unconditional,
        help: ArgumentHelp("The text of the note.", valueName: "text")) var note: String?
    @Option(
        name: .customLong("tag"), parsing: .unconditionalSingleValue, help: "A tag. May be given several times.",
        completion: .tags) var tags: [String] = []
    @Option(
        name: [.customLong("colour"), .customLong("color")], parsing: .unconditional, help: "A colour, such as yellow.")
    var colour: String?

    /// - Throws: `CommandError` if a tag is empty.
    var content: AnnotationContent {
        get throws { AnnotationContent(body: note ?? "", tags: try givenTags(tags), colour: colour) }
    }
}

struct Annotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate",
        abstract: "Annotate a passage of an essay.",
        discussion: """
            Name the passage by its text, by its section, or by its position in Unicode code points:
              archivectl annotate 8f3a --quote 高质量发展 --note 出处？
              archivectl annotate 8f3a --section 二.（一） --note 要点 --tag 重点
              archivectl annotate 8f3a --start 120 --end 164 --colour yellow
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @OptionGroup var content: ContentOptions
    @Option(parsing: .unconditional, help: ArgumentHelp("The words of the passage.", valueName: "text")) var quote:
        String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Which one, counted from 1, if the passage occurs several times.", valueName: "n"))
    var occurrence: Int?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The label, the path of labels or the title of a section.", valueName: "label")) var section:
        String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The first code point of the passage, counted from 0.", valueName: "n")) var start: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("The code point after the passage.", valueName: "n")) var end:
        Int?
    @Argument(help: "The essay.", completion: .essays) var essay: String
    // So that the advice can be about it.
    @Argument(help: .hidden) var others: [String] = []

    func run() throws {
        if let passage = others.first {
            throw CommandError(
                .usage, "the passage is named by an option; nothing was changed",
                advice:
                    "For example: archivectl annotate \(ShellWord.quoted(essay)) --quote \(ShellWord.quoted(passage))")
        }
        let session = try Session(archive)
        let item = try session.essay(essay)
        let name = try passage()
        let id = try annotate(item, name, session)
        try AnnotationPrinter(session.archive).print(id, json: json.isOn)
    }

    private func annotate(_ item: ItemID, _ name: PassageName, _ session: Session) throws -> ItemID {
        let content = try content.content
        do {
            return try session.write { try $0.annotate(item, name, content, author: author.author) }
        } catch let error as ArchiveError where error.code == .ambiguous || error.code == .notFound {
            guard case .quote(let quote, _) = name,
                let list = try session.archive.read({ try Occurrences(of: quote, in: item, $0) })
            else { throw error }
            throw list.error(chosen: occurrence)
        }
    }

    private func passage() throws -> PassageName {
        let named = [quote != nil, section != nil, start != nil || end != nil].filter { $0 }.count
        guard named == 1 else {
            let problem =
                named == 0 ? "say which passage to annotate" : "the passage is named in more than one way"
            throw CommandError(
                .usage, problem, advice: "Give --quote TEXT, or --section LABEL, or --start N and --end N")
        }
        if let quote { return .quote(Array(quote.utf8), occurrence: occurrence) }
        if let section { return .section(section) }
        guard let start, let end, start >= 0, end > start else {
            throw CommandError(.usage, "--start and --end go together, and the end comes after the start")
        }
        return .range(start..<end)
    }
}

struct Annotations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotations",
        abstract: "List, show, change and delete annotations.",
        subcommands: [
            ListAnnotations.self, ShowAnnotation.self, EditAnnotation.self, ReplyToAnnotation.self,
            DeleteAnnotation.self,
            UndeleteAnnotation.self,
        ],
        defaultSubcommand: ListAnnotations.self)
}

struct ListAnnotations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List annotations, and where their passages are now.",
        discussion: """
            The states: exact (where it was), moved (the same words elsewhere), changed (found, but reworded), review (found, \
            but please check), orphan (the passage is gone; its text is shown). All annotations are listed, except those \
            that somebody deleted.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(parsing: .unconditional, help: "Only annotations in this state.") var state: AnchorState?
    @Option(parsing: .unconditional, help: "Only annotations with this tag.", completion: .tags) var tag: String?
    @Flag(help: "Also list deleted annotations.") var deleted = false
    @Argument(help: "The essay. Without it, all essays.", completion: .essays) var essay: String?

    func run() throws {
        let opened = try archive.openForReading(.listing)
        var (list, damaged) = try opened.readKeepingAnchors { reader in
            let list =
                try essay.map { try reader.annotations(of: named($0, reader), deleted: deleted) }
                ?? reader.allAnnotations(deleted: deleted)
            try Recomputing.retry(reader.damage)
            return (list, reader.describedDamage())
        }
        let all = list.count
        if let state { list = list.filter { $0.state == state } }
        if let tag { list = list.filter { $0.annotation.tags.contains(ExactString(tag)) } }
        archive.usePager(json)
        try AnnotationPrinter(opened).print(list, json: json.isOn)
        for what in damaged { archive.note("damaged: \(what)") }
        if !damaged.isEmpty { throw Failure.needsAttention }
        guard list.isEmpty, !json.isOn else { return }
        let conditions = [state.map { " in the state \($0.rawValue)" }, tag.map { " with the tag '\($0)'" }].compactMap
        { $0 }.joined()
        archive.note(conditions.isEmpty || all == 0 ? "no annotations" : "no annotation\(conditions), of \(all)")
    }
}

extension ListAnnotations {
    /// The essay. As `list` may be left out, what is none may be another command that was mistyped.
    private func named(_ name: String, _ reader: ArchiveReader) throws -> ItemID {
        do {
            return try reader.essay(name, deleted: true)
        } catch {
            guard let found = CommandError(error), found.code == .notFound else { throw error }
            let commands = Annotations.configuration.subcommands.map { $0._commandName }
            guard let near = Mistyped.nearest(name, in: commands) else { throw error }
            throw CommandError(.usage, found.message, advice: "Did you mean `archivectl annotations \(near)`?")
        }
    }
}

extension AnchorState: ExpressibleByArgument {}

struct ShowAnnotation: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one annotation.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The ID of the annotation, or its first digits.", completion: .annotations) var annotation: String

    func run() throws {
        let opened = try archive.openForReading()
        let id = try opened.read { try $0.find(annotation, kind: .annotation, deleted: true) }
        archive.usePager(json)
        try AnnotationPrinter(opened).print(id, json: json.isOn)
    }
}

struct EditAnnotation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change an annotation's note, tags or colour.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @OptionGroup var content: ContentOptions
    @Option(
        name: .customLong("remove-tag"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A tag to remove. May be given several times.", valueName: "tag"), completion: .tags)
    var removedTags: [String] = []
    @Argument(help: "The ID of the annotation, or its first digits.", completion: .annotations) var annotation: String

    func run() throws {
        let session = try Session(archive)
        let id = try session.archive.read { try $0.find(annotation, kind: .annotation) }
        let state = try session.archive.read { try $0.state(id) }
        let heads = state.shownHeads
        session.explainConflict(of: state, replacing: heads)
        let tags = state.fields.tags
        archive.noteTags(
            removedTags.filter { !tags.contains(ExactString($0)) }, of: "the annotation", missing: true,
            among: tags.map(\.string))
        let (added, removed) = (try givenTags(content.tags), Swift.Set(removedTags.map { ExactString($0) }))
        func write(_ body: String?) throws {
            _ = try session.write { writer in
                try writer.revise(id, heads: heads, author: author.author) { draft in
                    if let body { draft.fields[string: FieldKey.body] = body }
                    if let colour = content.colour { draft.fields[string: FieldKey.colour] = colour }
                    draft.fields.tags = draft.fields.tags.filter { !removed.contains($0) } + added
                }
            }
        }
        if content.note == nil, content.tags.isEmpty, removedTags.isEmpty, content.colour == nil {
            let old = try session.archive.read { try $0.annotation(id).annotation.body }
            try session.noteUnfinished(of: id)
            let subject = try EditSubject(.note, session, item: id, heads: heads)
            _ = try Editor.edit(Array(old.utf8), subject) { try write(String(decoding: $0, as: UTF8.self)) }
        } else {
            try write(content.note)
        }
        try AnnotationPrinter(session.archive).print(id, json: json.isOn)
    }
}

struct ReplyToAnnotation: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reply", abstract: "Reply to an annotation.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @OptionGroup var content: ContentOptions
    @Argument(help: "The ID of the annotation, or its first digits.", completion: .annotations) var annotation: String

    func run() throws {
        let session = try Session(archive)
        let target = try session.archive.read { try $0.find(annotation, kind: .annotation) }
        guard content.note != nil else {
            throw CommandError(.usage, "a reply needs a text", advice: "Give it with --note TEXT")
        }
        let content = try content.content
        let id = try session.write { try $0.reply(to: target, content, author: author.author) }
        try AnnotationPrinter(session.archive).print(id, json: json.isOn)
    }
}

struct DeleteAnnotation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete annotations. Their history is kept.",
        discussion:
            "`archivectl undelete` brings them back. `archivectl annotations --deleted` also lists deleted ones.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Argument(help: ArgumentHelp("The IDs, or their first digits.", valueName: "annotation"), completion: .annotations)
    var annotations: [String]

    func run() throws {
        let session = try Session(archive)
        let ids = try session.archive.read { reader in try annotations.map { try reader.find($0, kind: .annotation) } }
        try session.write { writer in for id in ids { try writer.delete(id, author: author.author) } }
        if json.isOn {
            Output.json(ids, DeletedAnnotation.init)
        } else {
            for id in ids { Output.line("\(id.short)  deleted") }
        }
    }
}

struct UndeleteAnnotation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete", abstract: "Bring deleted annotations back.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Argument(help: ArgumentHelp("The IDs, or their first digits.", valueName: "annotation"), completion: .annotations)
    var annotations: [String]

    func run() throws {
        let session = try Session(archive)
        let ids = try session.archive.read { reader in
            try annotations.map { try reader.find($0, kind: .annotation, deleted: true) }
        }
        try session.undelete(ids, author: author.author, json: json.isOn)
    }
}
