import Archive
import ArgumentParser
import Foundation
import History
import Interchange
import Prose

struct New: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "new", abstract: "Write a new essay.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Option(
        parsing: .unconditional,
        help: "The title. By default it is taken from the front matter of the text, or is its first line.") var title:
        String?
    @Option(
        name: .customLong("from"), parsing: .unconditional,
        help: ArgumentHelp(
            "Take the text from this file (- is standard input) instead of opening an editor.", valueName: "file"),
        completion: .file())
    var source: String?
    @Option(
        name: .customLong("tag"), parsing: .unconditionalSingleValue, help: "A tag. May be given several times.",
        completion: .tags) var tags: [String] = []

    func validate() throws {
        try requirePath(source, "--from")
    }

    func run() throws {
        let session = try Session(archive)
        if let title, title.allSatisfy(\.isWhitespace) {
            throw CommandError(
                .usage, "the title is empty; nothing was added", advice: "Leave --title out to take the first line")
        }
        if let source { return try add(Input.text(source), session) }
        try session.noteUnfinished { $0.kind == .new }
        guard try Editor.edit([], EditSubject(.new, session, title: title), commit: { try add($0, session) }) != nil
        else { throw Self.empty }
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
            String(decoding: isMarkdown ? $0.drop { $0 == UInt8(ascii: "#") } : $0, as: UTF8.self).trimmingCharacters(
                in: .whitespacesAndNewlines)
        }.first { !$0.isEmpty }.map(Self.title(of:))
        guard !text.isEmpty, let title = title ?? metadata?.title ?? firstLine, !title.isEmpty else { throw Self.empty }
        var fields = Fields(metadata, isMarkdown: isMarkdown, tags: try givenTags(tags))
        fields[string: FieldKey.title] = title
        let id = try session.write { try $0.create(fields, text: text, author: author.author) }
        try session.givenOut.note([id], of: id.asRoot)
        if let source { UnfinishedEdit.saved(from: source) }
        for warning in metadata?.warnings ?? [] { archive.note("note: \(warning)") }
        if json.isOn {
            Output.json(NewEssay(id: id.asRoot, title: title))
        } else {
            Output.line("\(id.short)  \(Shown(line: title))")
        }
    }
}
