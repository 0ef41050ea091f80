import Foundation
import TestSupport
import Testing

@testable import Archive
@testable import History

/// Names and values that SQLite would take for something else than they are.
@Suite struct HostileNamesTests {
    @Test func `a null character in a field neither spoils what follows from it nor a backup`() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let escaped = #"---\#ntitle: "甲\u0000乙"\#nauthor: "丙\u0000"\#ntags: [一, "二\u0000三"]\#n---\#n正文。\#n"#
        try folder.write(escaped, to: "in/a.md")
        try folder.importing("in", to: archive)
        let item = try #require(try archive.read { try $0.items() }.first)
        #expect(item.title == "甲乙" && item.author == "丙" && item.tags.sorted() == ["一", "二三"])
        // As another program may write it.
        _ = try archive.write {
            try $0.create(
                [FieldKey.title: .text("丁\u{0}戊"), FieldKey.tags: .array([.string("己\u{0}庚")])],
                text: Array("另一篇。".utf8), author: Author("甲"))
        }
        #expect(try archive.read { try $0.items().map(\.title) }.contains("丁戊"))
        #expect(try archive.verify().isSound)
        _ = try archive.backup(to: folder.file("b.db"), overwrites: false)
        #expect(try archive.rebuild().isEmpty)
        #expect(try archive.verify().isSound)
    }

    @Test func `an empty search index is made again, and what else has its name is named`() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        _ = try archive.essay("一句。")
        try folder.write("", to: "a.db.search")
        #expect(try SearchIndex(archive).search("一句").total == 1)
        #expect(SearchIndex(archive).reasonForMemory == nil)
        for name in ["folder", "database"] {
            try SearchIndex(archive).remove()
            if name == "folder" {
                mkdir(folder.file("a.db.search"), 0o700)
            } else {
                try folder.create("other.db").close()
            }
            if name == "database" {
                try FileManager.default.moveItem(atPath: folder.file("other.db"), toPath: folder.file("a.db.search"))
            }
            var report = try archive.verify()
            try SearchIndex(archive).verify(into: &report)
            #expect(report.problems.contains { $0.what.contains("is no search index") }, "\(name)")
            try FileManager.default.removeItem(atPath: folder.file("a.db.search"))
        }
    }

    @Test func `a rebuild names the texts that are damaged`() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let essay = try archive.essay("将要损坏的一句。", title: "损坏")
        try archive.database.write { try $0.execute(sql: "UPDATE text_open SET data = zeroblob(length(data))") }
        #expect(try archive.rebuild().map(\.item) == [essay])
    }
}
