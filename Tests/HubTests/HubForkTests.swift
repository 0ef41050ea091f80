import Archive
import Foundation
import Testing

@testable import History
@testable import Hub
@testable import Sync

/// One replica ID that two files use, on a hub as it runs (`ForkTests` has all the cases, in memory and in folders).
@Suite struct HubForkTests {
    /// An archive's file, on a machine that keeps no state: a copy of it cannot know that it is one.
    private struct File {
        let archive: Archive
        let remote: HubClient

        init(_ path: String, id: ArchiveID? = nil, _ address: String, _ token: String) throws {
            let environment = Archive.Environment(stateDirectory: nil)
            if let id {
                archive = try Archive.create(path, id: id, environment: environment)
                try archive.write { try $0.addRemote("hub", RemoteAddress(url: address)) }
            } else {
                archive = try Archive.open(path, environment: environment)
            }
            remote = try HubFixture.client(address, token: token)
        }

        /// The file as a second file: a backup is only read where it was made.
        func copy(to path: String) throws {
            _ = try archive.backup(to: path + ".backup", overwrites: false)
            try FileManager.default.moveItem(atPath: path + ".backup", toPath: path)
        }

        func write(_ title: String) throws {
            _ = try archive.write {
                try $0.create([FieldKey.title: .text(title)], text: Array(title.utf8), author: Author("甲"))
            }
        }

        @discardableResult
        func sync() throws -> SyncReport { try SyncEngine(archive, remote: "hub", exchange: remote).run() }

        var replica: ReplicaID { get throws { try archive.read { try $0.replicaID } } }
        var state: [String] { get throws { try archive.read { [try $0.stateHash(), "\(try $0.vector().digest)"] } } }
    }

    /// `body` is given the hub's address and token, and a folder.
    private func withHub(_ body: @escaping @Sendable (String, String, String) throws -> Void) async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        let folder = fixture.folder.path
        try await fixture.serving { address in try await blocking { try body(address, token, folder) } }
    }

    private func expectEqual(_ files: [File], essays: Int) throws {
        for file in files {
            #expect(try file.state == files[0].state)
            #expect(try file.archive.read { try $0.counts().essays } == essays)
            #expect(try file.archive.verify().isSound)
        }
    }

    @Test(arguments: [false, true]) func `a copied file goes on under another ID, whichever pushes first`(
        isCopyFirst: Bool
    ) async throws {
        try await withHub { address, token, folder in
            let a = try File(folder + "/a.db", id: .random(), address, token)
            try a.write("共同")
            try a.sync()
            try a.copy(to: folder + "/b.db")
            let b = try File(folder + "/b.db", address, token)
            for title in ["甲一", "甲二"] { try a.write(title) }
            try b.write("乙一")
            let (first, second) = isCopyFirst ? (b, a) : (a, b)
            #expect(try first.sync().notes.isEmpty)
            #expect(try second.sync().notes.contains { $0.contains("copy") })
            for file in [first, second] { try file.sync() }
            #expect(try a.replica != b.replica)
            try expectEqual([a, b], essays: 4)
            #expect(try a.sync().requests == 1)
        }
    }

    @Test func `a whole machine that was set back takes its own past back`() async throws {
        try await withHub { address, token, folder in
            let a = try File(folder + "/a.db", id: .random(), address, token)
            try a.write("共同")
            try a.sync()
            try a.copy(to: folder + "/image.db")
            try a.write("失而复得")
            try a.sync()
            let image = try File(folder + "/image.db", address, token)
            let old = try image.replica
            try image.write("回滚之后")
            #expect(try image.sync().notes.contains { $0.contains("set back") })
            #expect(try image.replica != old)
            try image.sync()
            try expectEqual([image], essays: 3)
            let witness = try File(folder + "/w.db", id: image.archive.read { try $0.archiveID }, address, token)
            try witness.sync()
            try expectEqual([image, witness], essays: 3)
        }
    }
}
