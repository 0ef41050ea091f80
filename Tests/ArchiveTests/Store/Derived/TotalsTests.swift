import Foundation
import GRDB
import Testing

@testable import Archive
@testable import History
@testable import Prose

/// What is counted and summed up as changes come, beside what it comes to if it is computed at once.
@Suite struct TotalsTests {
    private let author = Author("甲")

    private func check(_ archive: Archive) throws {
        let (kept, computed) = try archive.read { reader in (try Totals(reader.db), try Totals.computed(reader.db)) }
        #expect(kept == computed)
        #expect(try archive.verify().problems == [])
    }

    @Test func `each change of an item changes the totals`() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("甲句。乙句。丙句。")
        let other = try archive.essay("别的。")
        try check(archive)
        try archive.edit(essay, "甲一句。乙句。丙句。", heads: [essay.root])
        try archive.edit(essay, "甲二句。乙句。丙句。", heads: [essay.root])
        try check(archive)
        let counts = try archive.read { try $0.counts() }
        #expect(counts.essays == 2 && counts.versions == 4 && counts.conflicts == 1)
        try archive.write { try $0.delete(other, author: author) }
        try check(archive)
        let before = try archive.read { try Totals($0.db) }
        #expect(before.counts.essays == 1 && before.counts.deleted == 1)
        try archive.write { try $0.rebuild() }
        #expect(try archive.read { try Totals($0.db) } == before)
        try check(archive)
    }

    @Test func `what is read in the midst of changes counts them, and what is taken back is not counted`() throws {
        let archive = try Archive.scratch()
        let before = try archive.read { try $0.stateHash() }
        #expect(before == StateSum().hash)
        let within = try archive.rehearse { writer in
            _ = try writer.create([FieldKey.title: .text("文")], text: Array("文。".utf8), author: author)
            return try Totals(writer.reader.db)
        }
        #expect(within.counts.essays == 1 && within.sum.hash != before)
        #expect(try archive.read { try Totals($0.db) } == Totals())
    }

    @Test func `many heads in one transaction come to the same as each by itself`() throws {
        let (at, one) = (try Archive.scratch(), try Archive.scratch())
        func revisions() -> [Revision] {
            (0..<300).map { Revision(kind: .essay, fields: [FieldKey.title: .text("第\($0)篇")]) }
        }
        try at.write { writer in for revision in revisions() { try writer.append(revision) } }
        for revision in revisions() { try one.write { _ = try $0.append(revision) } }
        #expect(try at.read { try $0.stateHash() } == one.read { try $0.stateHash() })
        try check(at)
    }

    @Test func `wrong totals are found and rebuilt`() throws {
        let archive = try Archive.scratch()
        _ = try archive.essay("文。")
        try archive.write { try $0.db.execute(sql: "UPDATE totals SET essays = 7, heads = zeroblob(2048)") }
        #expect(try archive.verify().problems.map(\.item) == ["totals"])
        try archive.write { try $0.rebuild() }
        try check(archive)
    }

    @Test func `lists are filtered and sorted by what the fields say now`() throws {
        let archive = try Archive.scratch()
        func create(_ title: String, _ author: String?, _ date: String?, _ tags: [String]) throws -> ItemID {
            var fields: Fields = [FieldKey.title: .text(title)]
            fields[string: FieldKey.author] = author
            fields[string: FieldKey.date] = date
            fields.tags = tags.map { ExactString($0) }
            return try archive.write { try $0.create(fields, text: Array("文。".utf8), author: self.author) }.asRoot
        }
        let first = try create("乙", "李四", "2024-01-02", ["甲", "乙"])
        let second = try create("甲", "张三", nil, ["甲\"\\\n"])
        let third = try create("丙", nil, "2025-01-02", [])
        func list(_ change: (inout ItemFilter) -> Void) throws -> [ItemID] {
            var filter = ItemFilter()
            change(&filter)
            return try archive.read { try $0.items(filter).map(\.id) }
        }
        #expect(try list { $0.tag = "甲" } == [first])
        #expect(try list { $0.tag = "甲\"\\\n" } == [second])
        #expect(try list { $0.author = "三" } == [second])
        #expect(try list { $0.order = .title } == [third, first, second])
        #expect(try list { $0.order = .date } == [third, first, second])
        #expect(try list { ($0.order, $0.limit) = (.title, 1) } == [third])
        #expect(try archive.read { try $0.summary(second).tags } == ["甲\"\\\n"])
        try archive.write { writer in _ = try writer.revise(first, author: self.author) { $0.fields.tags = ["丁"] } }
        #expect(try list { $0.tag = "甲" } == [])
        #expect(try list { $0.tag = "丁" } == [first])
        #expect(try archive.verify().problems == [])
    }
}
