import TestSupport
import Testing

@testable import Archive
@testable import History
@testable import Prose

@Suite struct ConflictSheetTests {
    private func sheet(_ base: String, _ sides: [String], fields: [ConflictSheet.Field] = []) -> (
        ConflictSheet, TextMergeResult
    ) {
        let merged = TextMerge.merge(base: Array(base.utf8), sides: sides.map { Array($0.utf8) })
        let labels = sides.indices.map { "side \($0 + 1)" }
        return (ConflictSheet(text: merged.text, hunks: merged.conflicts, labels: labels, fields: fields), merged)
    }

    /// What a person does who keeps one side everywhere: deletes the mark lines, and the lines of the others.
    private func keeping(_ label: String, in content: [UInt8]) -> [UInt8] {
        var isKept = true
        var kept: [UInt8] = []
        for range in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = String(decoding: range, as: UTF8.self)
            if line.utf8.starts(with: "⟪⟪⟪ ".utf8) {
                isKept = line.contains(label) || line.hasSuffix("end")
            } else if isKept {
                kept += range + [UInt8(ascii: "\n")]
            }
        }
        return Array(kept.dropLast())
    }

    @Test(arguments: [UInt64(101), 102, 103]) func `a side that is kept comes back byte for byte`(seed: UInt64) throws {
        var random = SeededProse(seed: seed)
        var conflicts = 0
        for _ in 0..<60 {
            let base = String(decoding: random.sentences(6).joined(), as: UTF8.self)
            let sides = (0..<2).map { _ in String(decoding: random.edited(Array(base.utf8), edits: 4), as: UTF8.self) }
            let (sheet, merged) = sheet(base, sides)
            guard !merged.isClean else { continue }
            conflicts += 1
            for side in sides.indices {
                var expected: [UInt8] = []
                var position = 0
                for hunk in merged.conflicts {
                    expected += merged.text[position..<hunk.resultRange.lowerBound] + hunk.sides[side]
                    position = hunk.resultRange.upperBound
                }
                expected += merged.text[position...]
                if expected.isEmpty { continue }
                #expect(
                    try sheet.answer(keeping("side \(side + 1)", in: sheet.content)).text == expected, "seed \(seed)")
            }
        }
        #expect(conflicts > 10, "seed \(seed)")
    }

    @Test func `marks that are left, and an empty file, are refused`() throws {
        let (sheet, _) = sheet("甲。乙。", ["甲一。乙。", "甲二。乙。"])
        #expect(throws: ArchiveError.self) { try sheet.answer(sheet.content) }
        #expect(throws: ArchiveError.self) { try sheet.answer([]) }
        #expect(throws: ArchiveError.self) { try sheet.answer(Array("甲。\n⟪⟪⟪ 1 of 1: end\n".utf8)) }
        #expect(try sheet.answer(Array("自己写的。".utf8)).text == Array("自己写的。".utf8))
    }

    @Test func `a text that has the marks in it gets longer ones`() throws {
        let (sheet, _) = sheet("甲。⟪⟪⟪ 这是正文\n乙。", ["甲一。⟪⟪⟪ 这是正文\n乙。", "甲二。⟪⟪⟪ 这是正文\n乙。"])
        let text = Array("甲二。⟪⟪⟪ 这是正文\n乙。".utf8)
        #expect(try sheet.answer(text).text == text)
        #expect(String(decoding: sheet.content, as: UTF8.self).contains("⟪⟪⟪⟪ 1 of 1: side 2\n"))
        #expect(throws: ArchiveError.self) { try sheet.answer(sheet.content) }
    }

    @Test func `of a field one line is kept, or changed`() throws {
        let field = ConflictSheet.Field(key: "title", sides: [.text("新题"), .integer(7), nil])
        let (sheet, _) = sheet("甲。", ["甲。"], fields: [field])
        let content = String(decoding: sheet.content, as: UTF8.self)
        #expect(content.contains("⟪⟪⟪=title=新题\n⟪⟪⟪=title=7\n⟪⟪⟪=title=\n"))
        func answer(_ line: String) throws -> [ExactString: CanonicalValue?] {
            try sheet.answer(Array((line + "甲。").utf8)).fields
        }
        #expect(try answer("⟪⟪⟪=title=新题\n") == ["title": .text("新题")])
        #expect(try answer("⟪⟪⟪=title=7\n") == ["title": .integer(7)])
        #expect(try answer("⟪⟪⟪=title=\n") == ["title": CanonicalValue?.none])
        #expect(try answer("⟪⟪⟪=title=又一题\n") == ["title": .text("又一题")])
        #expect(try answer("").isEmpty)
        #expect(throws: ArchiveError.self) { try answer("⟪⟪⟪=title=新题\n⟪⟪⟪=title=7\n") }
    }
}
