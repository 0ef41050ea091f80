import Foundation
import TestSupport
import Testing

@testable import Archive

/// An index whose file is damaged finds what a sound one finds, or says what is wrong.
@Suite struct IndexDamageTests {
    private static let pageSize = 16384

    private func filled(_ folder: TemporaryFolder) throws -> Archive {
        let archive = try folder.create()
        for number in 0..<60 {
            let body = (0..<40).map { "第\($0)段讲改革发展和社区建设的第\(number * $0 % 7)项工作。" }.joined(separator: "\n")
            _ = try archive.essay(body, title: "文稿\(number)")
        }
        return archive
    }

    private func found(_ archive: Archive, _ query: String) throws -> [String] {
        let result = try SearchIndex(archive).search(query)
        return ["\(result.total)"] + result.hits.map { "\($0.title) \($0.snippet.text)" }
    }

    @Test(arguments: ["zero", "swap"]) func `whatever page is lost, a search finds the same`(damage: String) throws {
        let folder = try TemporaryFolder()
        let archive = try filled(folder)
        let queries = ["改革发展", "第3项工作", "文稿7", "社区 -第5项"]
        let expected = try queries.map { try found(archive, $0) }
        let path = folder.file("a.db.search")
        let sound = try Data(contentsOf: URL(fileURLWithPath: path))
        let pages = sound.count / Self.pageSize
        #expect(pages > 4)
        for page in 1..<pages {
            var bytes = sound
            let (first, second) = (
                page * Self.pageSize..<(page + 1) * Self.pageSize, (pages - 1) * Self.pageSize..<pages * Self.pageSize
            )
            if damage == "zero" {
                bytes.replaceSubrange(first, with: Data(count: Self.pageSize))
            } else {
                bytes.replaceSubrange(first, with: sound[second])
                bytes.replaceSubrange(second, with: sound[first])
            }
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try bytes.write(to: URL(fileURLWithPath: path))
            let other = try folder.open()
            for (query, wanted) in zip(queries, expected) {
                #expect(try found(other, query) == wanted, "\(query), page \(page)")
            }
        }
    }
}
