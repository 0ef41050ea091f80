import Archive
import ArgumentParser
import History
import Interchange
import Prose

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
            Output.json(EssayFields(id: item, fields: fields))
        } else {
            func shown(_ key: String, _ value: CanonicalValue) -> String {
                key == FieldKey.tags.string
                    ? fields.tags.map(\.string).joined(separator: ", ") : ConflictPrinter.text(value)
            }
            let width = members.map(\.key.count).max() ?? 0
            for (key, value) in members {
                Output.line(
                    "\(key.padding(toLength: width, withPad: " ", startingAt: 0))  \(Shown(line: shown(key, value)))")
            }
        }
    }

    /// - Throws: `CommandError` if the words stand as people write them elsewhere: `date 2011`, or the essay last.
    private func checkOrder() throws {
        if essay.contains("="), let last = fields.last, !last.contains("=") {
            let others = ([essay] + fields.dropLast()).map(Self.word).joined(separator: " ")
            throw CommandError(
                .usage, "the essay comes first; nothing was changed",
                advice: "Write archivectl set \(ShellWord.quoted(last)) \(others)")
        }
        guard let index = fields.firstIndex(where: { !$0.contains("=") }), index + 1 < fields.count,
            !fields[index + 1].contains("=")
        else { return }
        throw CommandError(
            .usage, "'\(fields[index])' is not KEY=VALUE; nothing was changed",
            advice: "Write \(Self.word("\(fields[index])=\(fields[index + 1])"))")
    }

    /// `KEY=VALUE` as a shell takes it.
    private static func word(_ field: String) -> String {
        field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { ShellWord.quoted(String($0)) }
            .joined(separator: "=")
    }
}
