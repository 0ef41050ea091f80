import Archive
import ArgumentParser
import History
import Prose

struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete essays.",
        discussion:
            "Their history is kept, and `archivectl undelete` brings them back. So does a change that somebody made on another machine in the meantime."
    )

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
            archive.note(
                "\(counted(total, "annotation stays", "annotations stay")) in the history, too; `archivectl undelete` brings \(total == 1 ? "it" : "them") back with the essay"
            )
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
    @Argument(
        help: ArgumentHelp("The essays and annotations.", valueName: "essay-or-annotation"),
        completion: .essaysOrAnnotations) var items: [String]

    func run() throws {
        let session = try Session(archive)
        try session.undelete(
            session.archive.read { reader in try items.map { try named($0, reader) } }, author: author.author,
            json: json.isOn)
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
