import Archive
import ArgumentParser
import Foundation
import History
import Prose

struct New: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "new", abstract: "Write a new essay.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Option(parsing: .unconditional, help: "The title. By default it is taken from the front matter of the text, or is its first line.") var title: String?
    @Option(name: .customLong("from"), parsing: .unconditional, help: ArgumentHelp("Take the text from this file (- is standard input) instead of opening an editor.", valueName: "file"), completion: .file())
    var source: String?
    @Option(name: .customLong("tag"), parsing: .unconditionalSingleValue, help: "A tag. May be given several times.", completion: .tags) var tags: [String] = []

    func validate() throws {
        try requirePath(source, "--from")
    }

    func run() throws {
        let session = try Session(archive)
        if let title, title.allSatisfy(\.isWhitespace) { throw CommandError(.usage, "the title is empty; nothing was added", advice: "Leave --title out to take the first line") }
        if let source { return try add(Input.text(source), session) }
        try session.noteUnfinished { $0.kind == .new }
        guard try Editor.edit([], EditSubject(.new, session, title: title), commit: { try add($0, session) }) != nil else { throw Self.empty }
    }

    /// A first line as a title: of one that is a paragraph, the beginning.
    private static func title(of line: String) -> String {
        let scalars = line.unicodeScalars
        return scalars.count > 100 ? String(String.UnicodeScalarView(scalars.prefix(80))) + "…" : line
    }

    private static var empty: CommandError { CommandError(.badInput, "the essay is empty; nothing was added") }

    private func add(_ text: [UInt8], _ session: Session) throws {
        // Whatever its name: what comes through a pipe has none.
        let metadata = FrontMatter.parse(text).flatMap { $0.fields.isEmpty ? nil : $0 }
        let isMarkdown = source.flatMap(SourceFormat.init(name:)) == .markdown
        let firstLine = text[(metadata?.range.upperBound ?? 0)...].split(separator: UInt8(ascii: "\n")).lazy.map {
            String(decoding: isMarkdown ? $0.drop { $0 == UInt8(ascii: "#") } : $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }.first { !$0.isEmpty }.map(Self.title(of:))
        guard !text.isEmpty, let title = title ?? metadata?.title ?? firstLine, !title.isEmpty else { throw Self.empty }
        var fields = Fields(metadata, isMarkdown: isMarkdown, tags: try givenTags(tags))
        fields[string: FieldKey.title] = title
        let id = try session.write { try $0.create(fields, text: text, author: author.author) }
        try session.givenOut.note([id], of: id.asRoot)
        if let source { UnfinishedEdit.saved(from: source) }
        for warning in metadata?.warnings ?? [] { archive.note("note: \(warning)") }
        if json.isOn {
            JSON.object([("id", .string(id.hex)), ("title", .string(title)), ("version", 1)]).print()
        } else {
            Output.line("\(id.short)  \(Shown(line: title))")
        }
    }
}

/// What writing commands print.
enum Report {
    /// Says of essays that were to be deleted or brought back what they are now.
    /// - Parameter unchanged: those that were so before.
    static func deletions(of items: [ItemID], unchanged: Set<ItemID> = [], _ session: Session, json: Bool) throws {
        func done(_ state: ItemState) -> String {
            if unchanged.contains(state.item) { return state.isDeleted ? "was deleted before" : "was not deleted" }
            return state.isDeleted ? "deleted" : "is back"
        }
        let states = try session.archive.read { reader in try items.map { try reader.state($0) } }
        if json {
            JSON(states.map { state in
                [
                    "id": .string(state.item.hex), "title": JSON(state.fields[string: FieldKey.title]), "deleted": JSON(state.isDeleted),
                    "kind": .string(state.kind.rawValue), "changed": JSON(!unchanged.contains(state.item)),
                ]
            }).print()
        } else {
            for state in states {
                // An annotation has no title.
                let name = [FieldKey.title, FieldKey.body, FieldKey.quote].lazy.compactMap { state.fields[string: $0] }.first { !$0.isEmpty }
                Output.line("\(state.item.short)  \(done(state))  \(Shown(line: name ?? ""))")
            }
        }
    }

    /// - Parameters:
    ///   - heads: what the text was made from, if it was one.
    ///   - late: what came in beside it.
    static func revision(
        _ revision: RevisionID?, of item: ItemID, _ session: Session, json: Bool, madeFrom heads: [RevisionID]? = nil, beside late: LateChanges? = nil
    ) throws {
        let state = try session.archive.read { try $0.state(item) }
        let version = revision.flatMap { state.history.version(of: $0) }
        // In a conflict, another side may be the one that is shown.
        let title = (revision.flatMap { state.history[$0] }?.fields ?? state.fields)[string: FieldKey.title] ?? ""
        if json {
            JSON.object([
                ("id", .string(item.hex)), ("title", .string(title)), ("revision", JSON(revision?.hex)), ("version", JSON(version)),
                ("changed", JSON(revision != nil)), ("conflict", JSON(state.isConflict)),
            ] + (heads.map { [("base", JSON($0.map { .string($0.hex) })), ("beside", JSON((late?.changes ?? []).map { .string($0.hex) }))] } ?? []))
            .print()
        } else if let version {
            Output.line("\(item.short)  version \(version) (\(revision!.short))  \(Shown(line: title))")
        } else {
            Output.line("\(item.short)  unchanged  \(Shown(line: title))")
        }
        if revision != nil, let note = late?.note(isConflict: state.isConflict) { session.options.note(note) }
        if state.isConflict {
            session.options.note("the essay is in conflict: `archivectl conflicts \(item.short)` shows it, `archivectl resolve \(item.short)` settles it")
            throw Failure.needsAttention
        }
    }
}

struct SetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Show or set an essay's fields.",
        discussion: """
            Without a field, all are shown. For example: archivectl set 8f3a title=新题 author=张三 date=2026-05-01. The usual fields are title, author, \
            date (a year, a month or a day) and language. You may add others of your own. `KEY=` removes a field. To change \
            tags, use `archivectl tag`.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Argument(help: "The essay.", completion: .essays) var essay: String
    @Flag(help: "Add a field even if its name looks like a misspelt usual one.") var force = false
    @Argument(help: ArgumentHelp("The fields, such as title=新题.", valueName: "key=value")) var fields: [String] = []

    func run() throws {
        if fields.isEmpty { return try show() }
        try checkOrder()
        let changes = try fields.map(FieldNames.Change.init)
        let session = try Session(archive)
        let item = try session.essay(essay)
        let state = try session.archive.read { try $0.state(item) }
        if !force { for change in changes { try FieldNames.check(change.key, present: state.fields) } }
        let parents = try session.headsToChange(of: state)
        session.explainConflict(of: state, replacing: parents)
        let revision = try session.write { writer in
            try writer.revise(item, heads: parents, author: author.author) { draft in
                for change in changes { draft.fields[string: change.key] = change.value }
            }
        }
        try session.givenOut.follow(revision, from: parents, of: item)
        try Report.revision(revision, of: item, session, json: json.isOn)
    }
}

extension SetCommand {
    /// Prints the fields as they are now.
    private func show() throws {
        let (item, fields) = try archive.openForReading().read { reader in
            let item = try reader.essay(essay)
            return (item, try reader.state(item).fields)
        }
        let members = fields.map { (key: $0.key.string, value: $0.value) }
        if json.isOn {
            JSON.object([("id", .string(item.hex)), ("fields", .object(members.map { ($0.key, JSON($0.value)) }))]).print()
        } else {
            func shown(_ key: String, _ value: CanonicalValue) -> String {
                key == FieldKey.tags.string ? fields.tags.map(\.string).joined(separator: ", ") : ConflictPrinter.text(value)
            }
            let width = members.map(\.key.count).max() ?? 0
            for (key, value) in members {
                Output.line("\(key.padding(toLength: width, withPad: " ", startingAt: 0))  \(Shown(line: shown(key, value)))")
            }
        }
    }

    /// - Throws: `CommandError` if the words stand as people write them elsewhere: `date 2011`, or the essay last.
    private func checkOrder() throws {
        if essay.contains("="), let last = fields.last, !last.contains("=") {
            let others = ([essay] + fields.dropLast()).map(Self.word).joined(separator: " ")
            throw CommandError(
                .usage, "the essay comes first; nothing was changed", advice: "Write archivectl set \(ShellWord.quoted(last)) \(others)")
        }
        guard let index = fields.firstIndex(where: { !$0.contains("=") }), index + 1 < fields.count, !fields[index + 1].contains("=") else { return }
        throw CommandError(
            .usage, "'\(fields[index])' is not KEY=VALUE; nothing was changed", advice: "Write \(Self.word("\(fields[index])=\(fields[index + 1])"))")
    }

    /// `KEY=VALUE` as a shell takes it.
    private static func word(_ field: String) -> String {
        field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { ShellWord.quoted(String($0)) }.joined(separator: "=")
    }
}

struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tag", abstract: "Show, add or remove an essay's tags.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Argument(help: "The essay.", completion: .essays) var essay: String
    @Argument(help: ArgumentHelp("Tags to add. Without any, the tags are shown.", valueName: "tag"), completion: .tags) var add: [String] = []
    @Option(name: .customLong("remove"), parsing: .unconditionalSingleValue, help: ArgumentHelp("A tag to remove. May be given several times.", valueName: "tag"), completion: .tags) var remove: [String] = []

    func run() throws {
        let (item, tags) = try add.isEmpty && remove.isEmpty ? archive.openForReading().read(shown) : change()
        if json.isOn {
            JSON.object([("id", .string(item.hex)), ("tags", JSON(tags.map(JSON.string)))]).print()
        } else {
            if !tags.isEmpty { Output.line("\(tags.joined(separator: "  "))") }
            if tags.isEmpty { archive.note("the essay has no tags") }
        }
    }

    private func change() throws -> (ItemID, [String]) {
        let session = try Session(archive)
        let item = try session.essay(essay)
        let (added, removed) = (try givenTags(add), Set(remove.map { ExactString($0) }))
        let state = try session.archive.read { try $0.state(item) }
        let parents = try session.headsToChange(of: state)
        let present = try session.archive.read { try $0.state(state, at: parents) }.fields.tags
        session.explainConflict(of: state, replacing: parents)
        let revision = try session.write { writer in
            try writer.revise(item, heads: parents, author: author.author) { draft in
                draft.fields.tags = draft.fields.tags.filter { !removed.contains($0) } + added
            }
        }
        try session.givenOut.follow(revision, from: parents, of: item)
        archive.noteTags(remove.filter { !present.contains(ExactString($0)) }, of: "the essay", missing: true, among: present.map(\.string))
        archive.noteTags(add.filter { present.contains(ExactString($0)) }, of: "the essay", missing: false, among: [])
        return (item, try session.archive.read { try $0.state(item).fields.tags.map(\.string) })
    }

    private func shown(_ reader: ArchiveReader) throws -> (ItemID, [String]) {
        let item = try reader.essay(essay)
        return (item, try reader.state(item).fields.tags.map(\.string))
    }
}

struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete essays.",
        discussion: "Their history is kept, and `archivectl undelete` brings them back. So does a change that somebody made on another machine in the meantime.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Argument(help: ArgumentHelp("The essays.", valueName: "essay"), completion: .essays) var essays: [String]

    func run() throws {
        let session = try Session(archive)
        let items = try essays.map { try session.essay($0) }
        let annotations = try session.archive.read { reader in try items.map { try reader.annotationCount(of: $0) } }
        try session.write { writer in for item in items { try writer.delete(item, author: author.author) } }
        try Report.deletions(of: items, session, json: json.isOn)
        let total = annotations.reduce(0, +)
        if total > 0 {
            archive.note("\(counted(total, "annotation stays", "annotations stay")) in the history, too; `archivectl undelete` brings \(total == 1 ? "it" : "them") back with the essay")
        }
    }
}

struct Undelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete", abstract: "Bring deleted essays and annotations back.",
        discussion: "To find their IDs: `archivectl list --deleted` and `archivectl annotations --deleted`.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Argument(help: ArgumentHelp("The essays and annotations.", valueName: "essay-or-annotation"), completion: .essaysOrAnnotations) var items: [String]

    func run() throws {
        let session = try Session(archive)
        try session.undelete(session.archive.read { reader in try items.map { try named($0, reader) } }, author: author.author, json: json.isOn)
    }

    /// What is not listed among the others is not advised to be looked for there.
    private func named(_ name: String, _ reader: ArchiveReader) throws -> ItemID {
        do {
            return try reader.findAny(name, deleted: true)
        } catch let error as ArchiveError where error.code == .notFound && error.remedy == .nameItem(.essay) {
            throw CommandError(
                .notFound, "no essay or annotation is named '\(name)'",
                advice: """
                    `archivectl list --deleted` lists deleted essays, too, and `archivectl annotations --deleted` deleted annotations, \
                    with their IDs
                    """)
        }
    }
}

extension Session {
    /// Brings items back, and says which.
    func undelete(_ items: [ItemID], author: Author, json: Bool) throws {
        let present = try archive.read { reader in Set(try items.filter { try !reader.state($0).isDeleted }) }
        try write { writer in for item in items { try writer.undelete(item, author: author) } }
        try Report.deletions(of: items, unchanged: present, self, json: json)
    }
}
