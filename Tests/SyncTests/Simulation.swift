import Archive
import Foundation

@testable import Sync

/// Replicas and a hub in memory that live through a random schedule, which depends on the seed alone.
struct Simulation {
    private(set) var replicas: [Archive] = []
    private let engines: [SyncEngine]
    private var generator: SeededGenerator
    private let clock: SimulatedClock
    /// Every revision that anybody ever wrote.
    private(set) var written: Set<RevisionID> = []

    init(seed: UInt64, replicas count: Int = 3) throws {
        generator = SeededGenerator(seed: seed)
        let clock = SimulatedClock()
        self.clock = clock
        let hub = MemoryHub(seed: seed, faults: .init(lostRequests: 0.05, lostAnswers: 0.05, tornRequests: 0.05, budget: 3))
        let id = ArchiveID.random(using: &generator)
        var made: [Archive] = []
        for _ in 0..<count {
            let archive = try Archive.inMemory(id: id, environment: .init(stateDirectory: nil, clock: { clock.now() }))
            try archive.write { try $0.addRemote("hub", url: "memory:", tokenFile: nil) }
            made.append(archive)
        }
        replicas = made
        engines = made.map { SyncEngine($0, remote: "hub", exchange: hub) }
    }

    /// Runs a schedule of random steps, then lets everybody sync until all is even.
    mutating func run(steps: Int = 24) throws {
        for _ in 0..<steps {
            clock.jump(Int64.random(in: -10_000_000...10_000_000, using: &generator))
            let index = Int.random(in: 0..<replicas.count, using: &generator)
            if Int.random(in: 0..<4, using: &generator) == 0 { try? sync(index) } else { try change(replicas[index]) }
        }
        // Twice round with certainty: all reach the hub, then all reach everybody. Faults are tried again.
        for _ in 0..<2 {
            for index in replicas.indices { try retry { try sync(index) } }
        }
    }

    private func sync(_ index: Int) throws { _ = try engines[index].run() }

    private func retry(_ body: () throws -> Void) throws {
        for attempt in 1... {
            do { return try body() } catch let error as RemoteError {
                if attempt == 100 { throw error }
            }
        }
    }

    private mutating func change(_ archive: Archive) throws {
        let author = Author("作者\(Int.random(in: 0..<3, using: &generator))")
        let essays = try archive.read { try $0.items(filter(.essay)) }.sorted { $0.id < $1.id }
        guard let essay = essays.randomElement(using: &generator), Int.random(in: 0..<6, using: &generator) > 0 else {
            return try create(archive, author)
        }
        let id = essay.id
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<4: try edit(archive, id, author)
        case 4:
            let tag = ExactString("标签\(Int.random(in: 0..<4, using: &generator))")
            try record(archive.write { try $0.revise(id, author: author) { $0.fields.tags.append(tag) } })
        case 5:
            let title = "题目\(Int.random(in: 0..<9, using: &generator))"
            try record(archive.write { try $0.revise(id, author: author) { $0.fields[string: FieldKey.title] = title } })
        case 6: try archive.write { try $0.delete(id, author: author) }
        case 7: try annotate(archive, id, author)
        case 8: try changeAnnotation(archive, id, author)
        default: try resolve(archive, id, author)
        }
        try recordAll(archive)
    }

    private func filter(_ kind: ItemKind) -> ItemFilter {
        var filter = ItemFilter()
        filter.kind = kind
        filter.includesDeleted = true
        return filter
    }

    private mutating func create(_ archive: Archive, _ author: Author) throws {
        // An import now and then: two replicas then found the same essay by themselves.
        let number = Int.random(in: 0..<3, using: &generator)
        let text = Array((0..<6).map { "第\(number)篇的第\($0)句话。" }.joined().utf8)
        if Bool.random(using: &generator) {
            let id = try archive.write { writer in
                try writer.append(
                    Revision(kind: .essay, fields: [FieldKey.title: .text("导入\(number)")], text: try writer.insert(text)))
            }
            written.insert(id)
        } else {
            written.insert(try archive.write { try $0.create([FieldKey.title: .text("新\(number)")], text: text, author: author) })
        }
    }

    private mutating func edit(_ archive: Archive, _ id: ItemID, _ author: Author) throws {
        let old = try archive.read { try $0.text(of: $0.state(id)) }
        var sentences = Sentences.ranges(in: old).map { Array(old[$0]) }
        let place = sentences.isEmpty ? 0 : Int.random(in: 0..<sentences.count, using: &generator)
        let new = Array("改动\(Int.random(in: 0..<1000, using: &generator))😀。".utf8)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0 where !sentences.isEmpty: sentences[place] = new
        case 1 where sentences.count > 1: sentences.remove(at: place)
        default: sentences.insert(new, at: place)
        }
        try record(archive.write { try $0.revise(id, author: author) { $0.text = sentences.flatMap { $0 } } })
    }

    private mutating func annotate(_ archive: Archive, _ id: ItemID, _ author: Author) throws {
        let length = try archive.read { CodePoints.count(try $0.text(of: $0.state(id))) }
        guard length > 2 else { return }
        let start = Int.random(in: 0..<length - 1, using: &generator)
        let end = Int.random(in: start + 1...length, using: &generator)
        _ = try archive.write { try $0.annotate(id, .range(start..<end), AnnotationContent(body: "批注"), author: author) }
    }

    private mutating func changeAnnotation(_ archive: Archive, _ id: ItemID, _ author: Author) throws {
        let ids = try archive.read { try $0.annotations(of: id).map(\.annotation.id) }.sorted()
        guard let annotation = ids.randomElement(using: &generator) else { return }
        let body = "改批注\(Int.random(in: 0..<5, using: &generator))"
        if Int.random(in: 0..<4, using: &generator) == 0 {
            try archive.write { try $0.delete(annotation, author: author) }
        } else {
            try record(archive.write { try $0.revise(annotation, author: author) { $0.fields[string: FieldKey.body] = body } })
        }
    }

    private mutating func resolve(_ archive: Archive, _ id: ItemID, _ author: Author) throws {
        let state = try archive.read { try $0.state(id) }
        guard state.isConflict, let head = state.heads.randomElement(using: &generator) else { return }
        written.insert(try archive.write { try $0.resolve(id, by: .take(head), author: author) })
    }

    private mutating func record(_ id: RevisionID?) {
        if let id { written.insert(id) }
    }

    /// Takes down whatever the last change wrote besides, such as a merge that was written to be cited.
    private mutating func recordAll(_ archive: Archive) throws {
        try archive.read { reader in
            let own = try reader.replicaID
            guard let end = try reader.vector()[own] else { return }
            try reader.forEachEntry(of: own, in: 1...end.sequence) { entry in
                written.insert(RevisionID(canonicalBytes: entry.bytes))
                return true
            }
        }
    }
}

/// A clock that goes where it likes.
final class SimulatedClock: @unchecked Sendable {
    // A simulation is single-threaded.
    private var milliseconds: Int64 = 1_700_000_000_000

    func now() -> Timestamp {
        milliseconds += 1
        return Timestamp(milliseconds: milliseconds)
    }

    func jump(_ distance: Int64) { milliseconds += distance }
}
