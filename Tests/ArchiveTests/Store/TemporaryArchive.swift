import Foundation
import GRDB
import TestSupport

@testable import Archive
@testable import History

extension TemporaryFolder {
    var environment: Archive.Environment { Archive.Environment(stateDirectory: path + "/state") }

    func create(_ name: String = "a.db") throws -> Archive { try Archive.create(file(name), environment: environment) }
    func open(_ name: String = "a.db") throws -> Archive { try Archive.open(file(name), environment: environment) }

    /// Imports files and folders by their names here.
    @discardableResult
    func importing(_ names: String..., to archive: Archive, options: ImportOptions = ImportOptions()) throws
        -> ImportReport
    {
        let walker = FileWalker(names.map { SystemPath(file($0)) }, workingDirectory: SystemPath(path))
        var report = try Importer(archive, options: options).run(
            walker.files.map(ImportInput.file), written: {}, progress: { _, _ in })
        for failure in walker.failures { report.add(failure) }
        return report
    }
}

extension Archive {
    static func scratch() throws -> Archive { try .inMemory(environment: Environment(stateDirectory: nil)) }

    /// A new essay.
    func essay(_ text: String, title: String = "题") throws -> ItemID {
        try write { try $0.create([FieldKey.title: .text(title)], text: Array(text.utf8), author: Author("甲")) }.asRoot
    }

    @discardableResult
    func edit(_ item: ItemID, _ text: String, heads: [RevisionID]? = nil) throws -> RevisionID? {
        try write { try $0.revise(item, heads: heads, author: Author("乙")) { $0.text = Array(text.utf8) } }
    }

    func text(_ item: ItemID) throws -> String {
        try read { String(decoding: try $0.text(of: $0.state(item)), as: UTF8.self) }
    }

    func state(_ item: ItemID) throws -> ItemState { try read { try $0.state(item) } }

    /// All rows of the derived tables.
    func derivedRows() throws -> [String: [String]] {
        try read { reader in
            try DerivedRows.tables.reduce(into: [:]) { rows, table in
                rows[table] = try Row.fetchAll(reader.db, sql: "SELECT * FROM \(table)").map { "\($0)" }
            }
        }
    }
}
