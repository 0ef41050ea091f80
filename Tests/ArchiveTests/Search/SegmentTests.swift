import Foundation
import GRDB
import TestSupport
import Testing

@testable import Archive
@testable import History

/// The index through many changes, each of which makes a segment.
@Suite struct SegmentTests {
    private let words = ["改革", "开放", "，", "的", "一", "Linux", "swift6", "發展", "　", "é", "𠀀", "。", "\n"]

    private func prose(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0..<40, using: &random)).map { _ in words.randomElement(using: &random)! }.joined()
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 21]) func everyStateAfterManySmallChangesIsFoundExactly(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let archive = try Archive.scratch()
        let index = SearchIndex(archive)
        var texts: [ItemID: String] = [:]
        for step in 0..<150 {
            let text = prose(&random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4: texts[try archive.essay(text, title: "篇目\(step)")] = text
            case 4..<8:
                guard let essay = texts.keys.sorted().randomElement(using: &random) else { continue }
                try archive.edit(essay, text)
                texts[essay] = text
            default:
                guard let essay = texts.keys.sorted().randomElement(using: &random) else { continue }
                try archive.write { try $0.delete(essay, author: Author(nil)) }
                texts[essay] = nil
            }
            if step % 7 == 0 { try index.catchUp() }
            guard step % 10 == 9 else { continue }
            for _ in 0..<8 {
                let query = (0..<Int.random(in: 1...3, using: &random)).map { _ in words.randomElement(using: &random)!
                }.joined()
                guard let phrase = Phrase(query) else { continue }
                let expected = texts.filter { phrase.occurs(in: $0.value.utf8) || phrase.occurs(in: "篇目".utf8) }.map(
                    \.key)
                let found = try index.search("\"\(query)\"", SearchOptions.all)
                #expect(Set(found.hits.map(\.essay)) == Set(expected), "seed \(seed), query \(query)")
                #expect(found.total == expected.count, "seed \(seed), query \(query)")
            }
        }
        var report = VerificationReport()
        try index.verify(into: &report)
        #expect(report.problems.isEmpty, "seed \(seed)")
        let segments = try index.withDatabase { try $0.read { try SegmentStore(db: $0).all() } }
        #expect(segments.count < 12)
    }

    @Test func damageIsFoundByVerifyingAndRepairedByMakingTheIndexAgain() throws {
        let archive = try Archive.scratch()
        let index = SearchIndex(archive)
        for number in 0..<20 { _ = try archive.essay("改革开放第\(number)年。继往开来。", title: "第\(number)篇") }
        try index.catchUp()
        func problems() throws -> Int {
            var report = VerificationReport()
            try index.verify(into: &report)
            return report.problems.count
        }
        #expect(try problems() == 0)
        for offset in [2, 3, 40, 90] {
            try index.withDatabase { queue in
                try queue.write { db in
                    var data = try Data.fetchOne(db, sql: "SELECT data FROM list")!
                    data[data.startIndex + offset] ^= 0x15
                    try db.execute(sql: "UPDATE list SET data = ?", arguments: [data])
                }
            }
            #expect(try problems() == 1, "offset \(offset)")
            try index.remove()
            try index.catchUp()
            #expect(try problems() == 0)
        }
    }

    @Test func lettersOfAnySortKeepTheirPlaceThroughMerging() throws {
        var first = SegmentBuilder()
        var second = SegmentBuilder()
        for (builder, texts) in [(0, ["一Abc二", "𠀀x"]), (1, ["二abcd", "abc"])] {
            for (number, text) in texts.enumerated() {
                let document = SearchDocument(
                    item: ItemID(hex: String(repeating: "0", count: 64))!, kind: .essay, title: "",
                    parts: [Array(text.utf8)], modified: 0, dated: 0,
                    attributes: [])
                if builder == 0 {
                    first.enter(document, id: Int64(number))
                } else {
                    second.enter(document, id: Int64(2 + number))
                }
            }
        }
        var merged = SegmentBuilder()
        for segment in [first.pack().segment, second.pack().segment] {
            try SegmentStore.enter(segment, into: &merged) { $0 == 1 }
        }
        let segment = merged.pack().segment
        func found(_ text: String) throws -> [Int64] {
            try PhraseHits(Phrase(text)!, in: [segment]).documents.descending(limit: .max)
        }
        #expect(try found("abc") == [3, 2, 0])
        #expect(try found("二") == [2, 0])
        #expect(try found("二abc") == [2])
        #expect(try found("𠀀") == [])
    }
}

extension SearchOptions {
    static var all: SearchOptions {
        var options = SearchOptions()
        options.limit = 1_000_000
        return options
    }
}
