import Archive
import ArgumentParser
import History
import Interchange
import Prose

struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Show, add or remove an essay's tags.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Argument(help: "The essay.", completion: .essays) var essay: String
    @Argument(help: ArgumentHelp("Tags to add. Without any, the tags are shown.", valueName: "tag"), completion: .tags)
    var add: [String] = []
    @Option(
        name: .customLong("remove"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A tag to remove. May be given several times.", valueName: "tag"), completion: .tags)
    var remove: [String] = []

    func run() throws {
        let (item, tags) = try add.isEmpty && remove.isEmpty ? archive.openForReading().read(shown) : change()
        if json.isOn {
            Output.json(EssayTags(id: item, tags: tags))
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
        archive.noteTags(
            remove.filter { !present.contains(ExactString($0)) }, of: "the essay", missing: true,
            among: present.map(\.string))
        archive.noteTags(add.filter { present.contains(ExactString($0)) }, of: "the essay", missing: false, among: [])
        return (item, try session.archive.read { try $0.state(item).fields.tags.map(\.string) })
    }

    private func shown(_ reader: ArchiveReader) throws -> (ItemID, [String]) {
        let item = try reader.essay(essay)
        return (item, try reader.state(item).fields.tags.map(\.string))
    }
}
