import Archive
import Foundation
import Testing

@testable import History
@testable import Sync

/// One replica and its remotes, as a person with a command would use them.
final class Machine {
    private(set) var archive: Archive
    private var remotes: [String: any Remote] = [:]
    private(set) var notes: [String] = []

    init(_ archive: Archive) { self.archive = archive }

    /// A replica in memory.
    convenience init(_ id: ArchiveID) throws {
        self.init(try Archive.inMemory(id: id, environment: .init(stateDirectory: nil)))
    }

    @discardableResult
    func connect(_ name: String, _ remote: any Remote) throws -> Machine {
        remotes[name] = remote
        if try archive.read({ try $0.remotes().contains { $0.name == name } }) { return self }
        try archive.write { try $0.addRemote(name, RemoteAddress(url: "memory:")) }
        return self
    }

    @discardableResult
    func sync(_ name: String) throws -> SyncReport {
        let report = try SyncEngine(archive, remote: name, exchange: remotes[name]!).run()
        notes += report.notes
        return report
    }

    func preview(_ name: String) throws -> SyncPreview {
        try SyncEngine(archive, remote: name, exchange: remotes[name]!).preview()
    }

    @discardableResult
    func essay(_ text: String) throws -> ItemID {
        try archive.write { try $0.create([FieldKey.title: .text(text)], text: Array(text.utf8), author: Author("甲")) }
            .asRoot
    }

    func edit(_ item: ItemID, _ text: String) throws {
        try archive.write { _ = try $0.revise(item, author: Author("乙")) { $0.text = Array(text.utf8) } }
    }

    var replica: ReplicaID { get throws { try archive.read { try $0.replicaID } } }
    var vector: ArchiveVector { get throws { try archive.read { try $0.vector() } } }
    var stateHash: String { get throws { try archive.read { try $0.stateHash() } } }

    /// The titles of all essays, ascending.
    var titles: [String] {
        get throws {
            try archive.read { reader in
                var filter = ItemFilter()
                filter.kind = .essay
                return try reader.items(filter).map { try reader.state($0.id).fields[string: FieldKey.title] ?? "" }
                    .sorted()
            }
        }
    }
}

/// Expects all machines to hold the same, with nothing doubled and nothing unsound.
func expectEqual(_ machines: [Machine], titles: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    for machine in machines {
        #expect(try machine.titles == titles.sorted(), sourceLocation: sourceLocation)
        #expect(try machine.stateHash == machines[0].stateHash, sourceLocation: sourceLocation)
        #expect(try machine.vector == machines[0].vector, sourceLocation: sourceLocation)
        let problems = try machine.archive.verify().problems
        #expect(problems.isEmpty, sourceLocation: sourceLocation)
        #expect(try machine.archive.read { try $0.pendingCount() } == 0, sourceLocation: sourceLocation)
    }
}
