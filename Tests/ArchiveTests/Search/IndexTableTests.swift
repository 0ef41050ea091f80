import Foundation
import GRDB
import Testing

@testable import Archive

/// Rows of a search index that are gone, or others that are there instead, as when a page is overwritten by another.
@Suite struct IndexTableTests {
    /// An index of essays, some of them replaced, with an annotation and tags.
    private func filled() throws -> (Archive, SearchIndex) {
        let archive = try Archive.scratch()
        let index = SearchIndex(archive)
        let essays = try (0..<12).map { try archive.essay("改革开放第\($0)年。", title: "第\($0)篇") }
        try index.catchUp()
        for essay in essays.prefix(3) { try archive.edit(essay, "改革开放又一年。") }
        try archive.write {
            let content = AnnotationContent(body: "一条注", tags: ["要点"], colour: nil)
            _ = try $0.annotate(essays[5], .range(0..<2), content, author: Author(nil))
        }
        try index.catchUp()
        return (archive, index)
    }

    private func isSound(_ index: SearchIndex) throws -> Bool {
        var report = VerificationReport()
        try index.verify(into: &report)
        return report.problems.isEmpty
    }

    @Test(arguments: [
        "DELETE FROM document WHERE id = 5", "UPDATE document SET dated = 0 WHERE id = 5",
        "UPDATE document SET title = '别的' WHERE id = 5",
        "INSERT INTO stale (id) VALUES (5)", "DELETE FROM attribute",
        "UPDATE attribute SET value = value || 'x' WHERE document = 5",
        "INSERT INTO unread (id, item) VALUES (5, x'00')", "DELETE FROM segment", "UPDATE segment SET id = id + 7",
        "UPDATE sum SET sum = sum + 1 WHERE part = 'stale'",
        "DELETE FROM sum", "UPDATE document SET kind = 2 WHERE id = 5",
    ]) func `rows that are gone or others are found by verify`(change: String) throws {
        let (_, index) = try filled()
        #expect(try isSound(index))
        try index.withDatabase { try $0.write { try $0.execute(sql: change) } }
        #expect(try !isSound(index))
    }

    @Test(
        arguments: [
            "DELETE FROM document WHERE id = 5", "INSERT INTO stale (id) VALUES (5)", "DELETE FROM segment",
            "UPDATE segment SET id = id + 7",
            "DELETE FROM sum", "UPDATE document SET kind = 2 WHERE id = 5",
            "UPDATE document SET title = '别的' WHERE id = 5",
        ], ["改革", "-无有", "after:2000", "一条注"]) func `a search finds what a sound index finds`(
            change: String, query: String
        ) throws
    {
        let (archive, index) = try filled()
        var options = SearchOptions.all
        options.scope = query == "一条注" ? .annotations : .essays
        let expected = try SearchIndex(archive).search(query, options).hits.map(\.title).sorted()
        #expect(!expected.isEmpty)
        try index.withDatabase { try $0.write { try $0.execute(sql: change) } }
        #expect(try index.search(query, options).hits.map(\.title).sorted() == expected)
    }

    @Test func `a title is kept as SQLite gives it back`() throws {
        #expect(DocumentRow.stored("山\0水") == "山" && DocumentRow.stored("山水") == "山水")
    }
}
