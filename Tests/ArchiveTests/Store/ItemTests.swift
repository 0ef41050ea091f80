import Foundation
import TestSupport
import Testing

@testable import Archive
@testable import History
@testable import Prose

@Suite struct ItemTests {
    @Test func everyVersionIsKept() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("第一版。")
        for number in 2...100 { try archive.edit(essay, "第\(number)版。" + String(repeating: "不变的话。", count: 40)) }
        try archive.read { reader in
            let history = try reader.history(essay)
            #expect(history.order.count == 100)
            #expect(history.heads == [history.order[99]])
            for (index, id) in history.order.enumerated() {
                let text = String(decoding: try reader.text(of: history[id]!), as: UTF8.self)
                #expect(text.hasPrefix("第\(index == 0 ? "一" : "\(index + 1)")版。"))
            }
        }
        #expect(try archive.verify().problems == [])
    }

    /// A clock that ran ahead is no last word.
    @Test func anEssayIsAsNewAsWhatIsInItNow() throws {
        let folder = try TemporaryFolder()
        let ahead = Timestamp("2121-01-01T00:00:00.000Z")!
        let right = Timestamp("2026-01-01T00:00:00.000Z")!
        func archive(_ time: Timestamp) throws -> Archive {
            var environment = folder.environment
            environment.clock = { time }
            let path = folder.file("a.db")
            return try FileManager.default.fileExists(atPath: path)
                ? .open(path, environment: environment) : .create(path, environment: environment)
        }
        let essay = try archive(right).essay("甲。乙。")
        func modified() throws -> Timestamp { try #require(archive(right).read { try $0.items().first }).modified }
        try archive(ahead).edit(essay, "甲。乙乙。")
        #expect(try modified() == ahead)
        try archive(right).edit(essay, "甲甲。乙乙。")
        #expect(try modified() == right)
        // Of several heads the latest counts, until they are replaced.
        try archive(ahead).edit(essay, "甲。乙。丙。", heads: [essay.root])
        #expect(try modified() == ahead && archive(right).verify().isSound)
        try archive(right).edit(essay, "都换了。")
        #expect(try modified() == right && archive(right).verify().isSound)
    }

    @Test func anEditThatChangesNothingWritesNothing() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("文。")
        #expect(try archive.edit(essay, "文。") == nil)
        #expect(try archive.state(essay).history.order.count == 1)
    }

    @Test func editsOfDifferentSentencesMergeAsAView() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("甲句。乙句。丙句。")
        try archive.edit(essay, "甲一句。乙句。丙句。", heads: [essay.root])
        try archive.edit(essay, "甲句。乙句。丙三句。", heads: [essay.root])
        let state = try archive.state(essay)
        #expect(!state.isConflict && state.shown == nil && state.heads.count == 2)
        #expect(try archive.text(essay) == "甲一句。乙句。丙三句。")
        #expect(state.history.relation(state.heads[0], state.heads[1]) == .concurrent)
        // The next edit replaces both heads.
        try archive.edit(essay, "甲一句。乙二句。丙三句。")
        #expect(try archive.state(essay).heads.count == 1)
    }

    @Test func editsOfOneSentenceConflictAndLoseNothing() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("甲句。乙句。")
        try archive.edit(essay, "甲一句。乙句。", heads: [essay.root])
        try archive.edit(essay, "甲二句。乙句。", heads: [essay.root])
        let state = try archive.state(essay)
        let conflict = try #require(state.conflict)
        #expect(conflict.hunks.count == 1 && state.shown == state.heads.min())
        #expect(Set(conflict.hunks[0].sides.map { String(decoding: $0, as: UTF8.self) }).count == 2)
        #expect(["甲一句。乙句。", "甲二句。乙句。"].contains(try archive.text(essay)))
        // An edit extends the shown head alone; the conflict stays until it is resolved.
        try archive.edit(essay, try archive.text(essay) + "丁句。")
        let later = try archive.state(essay)
        #expect(later.heads.count == 2)
        let resolved = try archive.write { try $0.resolve(essay, by: .take(later.heads[1]), author: Author(nil)) }
        #expect(try archive.state(essay).heads == [resolved])
    }

    @Test func tagsOfBothSidesStayAndFieldsConflict() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("文。")
        _ = try archive.write {
            try $0.revise(essay, heads: [essay.root], author: Author("甲")) { $0.fields.tags = ["一"] }
        }
        _ = try archive.write {
            try $0.revise(essay, heads: [essay.root], author: Author("乙")) { $0.fields.tags = ["二"] }
        }
        #expect(try archive.state(essay).fields.tags == ["一", "二"])
        let titled = try archive.essay("文。", title: "原题")
        for title in ["新题", "别题"] {
            _ = try archive.write {
                try $0.revise(titled, heads: [titled.root], author: Author(nil)) {
                    $0.fields[string: FieldKey.title] = title
                }
            }
        }
        let state = try archive.state(titled)
        #expect(state.conflict?.fields.map(\.key) == [FieldKey.title])
    }

    @Test func aChangeBesideADeletionRevives() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("文。")
        try archive.write { try $0.delete(essay, author: Author(nil)) }
        #expect(try archive.state(essay).isDeleted)
        try archive.edit(essay, "改文。", heads: [essay.root])
        let state = try archive.state(essay)
        #expect(!state.isDeleted && state.isRevived)
        #expect(try archive.text(essay) == "改文。")
    }

    @Test func undeleteAndRevertWriteNewVersions() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("初稿。")
        try archive.edit(essay, "二稿。")
        try archive.write { try $0.delete(essay, author: Author(nil)) }
        try archive.write { try $0.undelete(essay, author: Author(nil)) }
        #expect(try archive.text(essay) == "二稿。")
        _ = try archive.write { try $0.revert(essay, to: essay.root, author: Author(nil)) }
        #expect(try archive.text(essay) == "初稿。")
        #expect(try archive.state(essay).history.order.count == 5)
    }

    @Test func aConflictIsDeletedAndComesBackWhole() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("开头。原句。")
        for text in ["开头。甲句。", "开头。乙句。"] { try archive.edit(essay, text, heads: [essay.root]) }
        let conflict = try #require(archive.state(essay).conflict)
        for _ in 0..<2 { try archive.write { try $0.delete(essay, author: Author(nil)) } }
        let deleted = try archive.state(essay)
        #expect(deleted.isDeleted && !deleted.isConflict)
        var filter = ItemFilter()
        (filter.onlyConflicts, filter.includesDeleted) = (true, true)
        #expect(try archive.read { try $0.counts().conflicts } == 0 && archive.read { try $0.items(filter) }.isEmpty)
        try archive.write { try $0.undelete(essay, author: Author(nil)) }
        let back = try #require(archive.state(essay).conflict)
        #expect(Set(back.hunks.flatMap(\.sides)) == Set(conflict.hunks.flatMap(\.sides)) && back.sides.count == 2)
    }

    @Test func aChangeOnADeletionBringsBack() throws {
        let archive = try Archive.scratch()
        for isText in [true, false] {
            let essay = try archive.essay("初稿。")
            try archive.write { try $0.delete(essay, author: Author(nil)) }
            let deletion = try #require(archive.state(essay).heads.first)
            _ = try archive.write { writer in
                try writer.revise(essay, heads: [deletion], author: Author(nil)) { draft in
                    if isText { draft.text = Array("初稿。".utf8) } else { draft.fields.tags = ["标签"] }
                }
            }
            #expect(try !archive.state(essay).isDeleted && archive.text(essay) == "初稿。")
        }
    }

    @Test(arguments: [11, 12, 13]) func theStateDependsOnTheSetOfRevisionsAlone(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let source = try Archive.scratch()
        let essay = try source.essay((0..<5).map { "句\($0)。" }.joined())
        var known = [essay.root]
        for step in 0..<20 {
            let base = known.randomElement(using: &generator)!
            let text = try source.read { String(decoding: try $0.text(of: $0.revision(base)!), as: UTF8.self) }
            let place = Int.random(in: 0..<5, using: &generator)
            if let id = try source.edit(essay, text.replacing("句\(place)。", with: "句\(place)改\(step)。"), heads: [base])
            {
                known.append(id)
            }
        }
        let revisions = try source.read { reader in
            try known.map { id in (try reader.revision(id)!, try reader.text(of: reader.revision(id)!)) }
        }
        let expected = try source.state(essay)
        for _ in 0..<5 {
            let other = try Archive.scratch()
            var waiting = revisions.shuffled(using: &generator)
            while !waiting.isEmpty {
                let held = try other.read { reader in
                    try waiting.firstIndex { try $0.0.parents.allSatisfy { try reader.revision($0) != nil } }!
                }
                let (revision, text) = waiting.remove(at: held)
                try other.write { writer in
                    _ = try writer.insert(text)
                    try writer.append(revision)
                }
            }
            let state = try other.state(essay)
            #expect(
                state.heads == expected.heads && state.shown == expected.shown && state.conflict == expected.conflict,
                "seed \(seed)")
            #expect(try other.text(essay) == source.text(essay))
            #expect(try other.read { try $0.stateHash() } == source.read { try $0.stateHash() })
        }
    }
}

/// Annotations that another program wrote with less than this one writes.
@Suite struct SparseAnnotationTests {
    @Test func `what says only what it is on is listed with the others`() throws {
        let archive = try Archive.inMemory(id: .random(), environment: .init(stateDirectory: nil))
        let essay = try archive.write {
            try $0.create([FieldKey.title: .text("文")], text: Array("读书使人充实。".utf8), author: Author("甲"))
        }.asRoot
        let (quoted, bare) = try archive.write { writer in
            func annotation(_ quote: String?) throws -> ItemID {
                var fields: Fields = [FieldKey.essay: .text(essay.hex)]
                fields[string: FieldKey.quote] = quote
                return try writer.append(
                    Revision(kind: .annotation, nonce: quote.map { ExactString($0) }, fields: fields)
                ).asRoot
            }
            return (try annotation("充实"), try annotation(nil))
        }
        let placed = try archive.read { try $0.allAnnotations() }
        #expect(placed.map(\.annotation.id) == [quoted, bare])
        #expect(placed[0].range == 4..<6 && placed[0].state != .orphan)
        #expect(placed[1].range == nil && placed[1].state == .orphan)
        #expect(placed.allSatisfy { $0.annotation.version == nil && $0.version == nil })
        #expect(try archive.read { try $0.annotation(bare).annotation.essay } == essay)
    }
}
