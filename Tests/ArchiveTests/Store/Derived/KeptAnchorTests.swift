import Foundation
import GRDB
import Testing

@testable import Archive
@testable import History
@testable import Prose

/// Places of annotations that are kept, beside those that the texts give.
@Suite struct KeptAnchorTests {
    private let author = Author("甲")

    private func annotate(_ archive: Archive, _ essay: ItemID, _ range: Range<Int>) throws -> ItemID {
        try archive.write { try $0.annotate(essay, .range(range), AnnotationContent(body: "注"), author: author) }
    }

    private func kept(_ archive: Archive) throws -> Int {
        try archive.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM anchor")! }
    }

    private struct Place: Equatable {
        let state: AnchorState
        let range: Range<Int>?
        let section: String?
    }

    private func places(_ archive: Archive, _ essay: ItemID, keeping: Bool) throws -> [Place] {
        let list = { (reader: ArchiveReader) in
            try reader.annotations(of: essay).map { Place(state: $0.state, range: $0.range, section: $0.section) }
        }
        return keeping ? try archive.readKeepingAnchors(list) : try archive.read(list)
    }

    @Test func `a place is kept once it was asked for, and found anew after every change`() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("一、总则\n读书使人充实。讨论使人机敏。\n二、附则\n写作使人精确。\n")
        for range in [5..<12, 12..<19, 24..<31, 0..<4] { _ = try annotate(archive, essay, range) }
        _ = try places(archive, essay, keeping: false)
        #expect(try kept(archive) == 0)
        let first = try places(archive, essay, keeping: true)
        #expect(try kept(archive) == 4)
        #expect(try places(archive, essay, keeping: false) == first)
        for text in [
            "前言。\n一、总则\n读书使人充实。讨论使人机敏。\n二、附则\n写作使人精确。\n", "一、总则\n讨论使人机敏。\n二、附则\n写作使人精确，读书使人充实。\n", "都换了。",
            "一、总则\n读书使人充实。讨论使人机敏。\n二、附则\n写作使人精确。\n",
        ] {
            try archive.edit(essay, text)
            let computed = try places(archive, essay, keeping: false)
            #expect(try places(archive, essay, keeping: true) == computed)
            #expect(try places(archive, essay, keeping: false) == computed)
            #expect(try archive.verify().problems == [])
        }
    }

    @Test func `a wrong place that is kept is found, and rebuilding drops it`() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay("读书使人充实。讨论使人机敏。")
        let annotation = try annotate(archive, essay, 0..<7)
        _ = try places(archive, essay, keeping: true)
        try archive.write { try $0.db.execute(sql: "UPDATE anchor SET start = start + 1") }
        #expect(try archive.verify().problems.map(\.item) == [annotation.hex])
        try archive.write { try $0.rebuild() }
        #expect(try kept(archive) == 0 && archive.verify().isSound)
        #expect(try places(archive, essay, keeping: true).map(\.range) == [0..<7])
    }

    @Test func `many versions are compared one after another, with the result of each by itself`() throws {
        let archive = try Archive.scratch()
        var sentences = (0..<30).map { "第\($0)句说的是一件事情。" }
        let essay = try archive.essay(sentences.joined())
        for number in 0..<12 {
            sentences[number * 2] = "改过的第\(number)句，与从前全不一样。"
            try archive.edit(essay, sentences.joined())
            _ = try annotate(archive, essay, number * 7..<number * 7 + 10)
        }
        try archive.edit(essay, (["卷首语。"] + sentences.reversed()).joined())
        let together = try archive.read { try $0.annotations(of: essay) }
        #expect(together.count == 12)
        for placed in together {
            let alone = try archive.read { try $0.annotation(placed.annotation.id) }
            #expect(alone.state == placed.state && alone.range == placed.range)
        }
    }

    @Test func `a text of one character alone is annotated, searched and followed in bounded time`() throws {
        let archive = try Archive.scratch()
        let essay = try archive.essay(String(repeating: "好", count: 300_000))
        for start in [0, 1000, 150_000] { _ = try annotate(archive, essay, start..<start + 40) }
        let half = Array(String(repeating: "好", count: 150_000).utf8)
        #expect(throws: ArchiveError.self) {
            _ = try archive.write {
                try $0.annotate(essay, .quote(half, occurrence: nil), AnnotationContent(body: "注"), author: author)
            }
        }
        try archive.edit(essay, "坏" + String(repeating: "好", count: 299_000) + "坏")
        #expect(try places(archive, essay, keeping: true).count == 3)
    }
}
