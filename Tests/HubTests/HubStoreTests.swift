import Archive
import Foundation
import TestSupport
import Testing

@testable import History
@testable import Hub
@testable import Sync

@Suite struct HubStoreTests {
    @Test(arguments: ["", ".", "..", ".hidden", "A", "a/b", "a b", "文", String(repeating: "a", count: 65)])
    func `names that a path or an address would not bear are refused`(name: String) throws {
        let fixture = try HubFixture()
        let error = #expect(throws: HubError.self) { try fixture.store.create(name: name) }
        #expect(error?.code == .invalidName)
        #expect(try fixture.store.names() == ["essays"])
    }

    @Test func `a name is given once`() throws {
        let fixture = try HubFixture()
        let error = #expect(throws: HubError.self) { try fixture.store.create(name: "essays") }
        #expect(error?.code == .nameTaken)
        #expect(try fixture.store.grant(of: fixture.token, name: "essays")?.scope == .write)
    }

    @Test func `tokens are 256 bits, kept only as hashes, and each has its scope`() throws {
        let fixture = try HubFixture()
        let reader = try fixture.store.addToken(name: "essays", scope: .read, label: "phone")
        #expect(fixture.token.utf8.count == 43)
        #expect(reader != fixture.token)
        #expect(try fixture.store.grant(of: fixture.token, name: "essays")?.scope == .write)
        #expect(try fixture.store.grant(of: reader, name: "essays")?.scope == .read)
        #expect(try fixture.store.grant(of: "", name: "essays") == nil)
        #expect(try fixture.store.grant(of: String(reader.dropLast()), name: "essays") == nil)
        let file = try HubFiles.read(fixture.store.folder("essays") + "/tokens.json", limit: 10_000)
        let text = String(decoding: file, as: UTF8.self)
        #expect(!text.contains(reader) && !text.contains(fixture.token))
        #expect(text.contains("phone"))
    }

    @Test func `base 64 is that of RFC 4648 for addresses`() {
        let vectors: [(String, String)] = [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ]
        for (plain, encoded) in vectors { #expect(HubToken.base64URL(Array(plain.utf8)) == encoded) }
        #expect(HubToken.base64URL([0xFB, 0xFF]) == "-_8")
    }

    @Test func `an index of many segments answers as a list of them would`() throws {
        let folder = try TemporaryFolder()
        let seed = UInt64.random(in: 1...UInt64.max)
        var generator = SplitMix(state: seed)
        var logs = (0..<4).map { _ in TestLog(archive: .random()) }
        var names: [SegmentName] = []
        var vectors: [ArchiveVector] = [[:]]
        var index = try ArrivalIndex(path: folder.path + "/index")
        for _ in 0..<60 {
            let log = Int.random(in: 0..<logs.count, using: &generator)
            let name = logs[log].segment(entries: Int.random(in: 1...5, using: &generator), bytes: 1).header.name
            try index.append([name])
            names.append(name)
            vectors.append(vectors.last!.merging([name.replica: name.end]) { $1 })
        }
        var reloaded = try ArrivalIndex(path: folder.path + "/index")
        #expect(try reloaded.load { _ in true } == 0)
        for index in [index, reloaded] {
            #expect(index.digest == vectors.last!.digest)
            for (position, vector) in vectors.enumerated() {
                #expect(index.position(of: vector.digest) == position, "seed \(seed)")
                #expect(index.digest(at: position) == vector.digest, "seed \(seed)")
                for most in 1...5 {
                    let (changed, end) = try index.changes(since: position, most: most)
                    #expect(
                        changed == vectors[end].filter { vector[$0.key] != $0.value } && changed.count <= most,
                        "seed \(seed)")
                    // The next arrival would have been one log too many.
                    let isLast = end == names.count || changed.count == most && changed[names[end].replica] == nil
                    #expect(isLast, "seed \(seed)")
                }
            }
            for _ in 0..<50 {
                let held = logs.reduce(into: [ReplicaID: Int64]()) { held, log in
                    held[log.replica] = Int64.random(in: 0...log.end.sequence, using: &generator)
                }
                let position = Int.random(in: 0...names.count, using: &generator)
                let end = Int.random(in: 0...names.count, using: &generator)
                // Of some logs the client says how far it holds them, of others it holds what it has seen.
                let said = held.filter { _ in Bool.random(using: &generator) }
                let expected = names.prefix(end).filter {
                    $0.last > said[$0.replica] ?? vectors[position][$0.replica]?.sequence ?? 0
                }
                let missing = index.missing(since: position, said, before: end, most: .max)
                #expect(try index.names(missing) == Array(expected), "seed \(seed)")
                #expect(index.missing(since: position, said, before: end, most: 2) == Array(missing.prefix(2)))
            }
        }
    }

    @Test func `what is no folder is no store, and stays`() throws {
        let fixture = try HubFixture()
        let place = fixture.folder.path + "/pipe"
        #expect(mkfifo(place, 0o600) == 0)
        for path in [place, fixture.folder.path + "/file"] {
            if path != place { try HubFiles.replace(path, with: [1], temporary: path + "x") }
            let error = #expect(throws: HubError.self) { try HubStore(path: path).create(name: "essays") }
            #expect(error?.code == .foreignFolder && error?.message.contains("is not a folder") == true)
        }
    }

    @Test func `somebody's folder is no store`() throws {
        let fixture = try HubFixture()
        let folder = fixture.folder.path + "/somebody's"
        let store = HubStore(path: folder)
        try HubFiles.makeFolder(folder)
        try HubFiles.makeFolder(folder + "/notes")
        for name in ["", ".profile"] {
            if !name.isEmpty {
                rmdir(folder + "/notes")
                try HubFiles.replace("\(folder)/\(name)", with: [1], temporary: folder + "/x")
            }
            #expect(throws: HubError.self) { try store.requireOwnFolder() }
            let error = #expect(throws: HubError.self) { try store.create(name: "essays") }
            #expect(error?.code == .foreignFolder && error?.message.contains(name.isEmpty ? "notes" : name) == true)
        }
        unlink(folder + "/.profile")
        // What a file system has at its top, and what a hub left behind.
        for name in ["lost+found", ".new-0011"] { try HubFiles.makeFolder("\(folder)/\(name)") }
        try HubFiles.replace(folder + "/.lock", with: [], temporary: folder + "/x")
        _ = try store.create(name: "essays")
        // A store stays one, whatever is put beside its archives.
        try HubFiles.replace(folder + "/README", with: [1], temporary: folder + "/x")
        _ = try store.create(name: "more")
    }

    @Test func `what is no segment is passed by, and named`() throws {
        let fixture = try HubFixture()
        let log = fixture.store.folder("essays") + "/log"
        try HubFiles.replace(log + "/notes.txt", with: [1, 2, 3], temporary: log + "/x")
        let replica = "\(log)/\(ReplicaID.random().hex)"
        try HubFiles.makeFolder(replica)
        try HubFiles.replace(replica + "/notes.txt", with: [1, 2, 3], temporary: log + "/x")
        try HubFiles.replace("\(log)/\(ReplicaID.random().hex)", with: [1], temporary: log + "/x")
        let summary = try #require(try fixture.store.summaries().first)
        #expect(
            summary.bytes == 0 && summary.foreign.count == 3 && summary.foreign.contains(log + "/notes.txt")
                && summary.foreign.contains(replica + "/notes.txt"))
    }
}
