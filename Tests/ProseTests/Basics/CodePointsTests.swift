import Testing
import TestSupport

@testable import Prose

@Suite struct CodePointsTests {
    private let text = Array("a国é😀\n".utf8)  // 1 + 3 + 2 + 4 + 1 bytes

    @Test func countsCodePoints() {
        #expect(CodePoints.count(text) == 5)
        #expect(CodePoints.count(text, in: 1..<6) == 2)
        #expect(CodePoints.count([]) == 0)
    }

    @Test func convertsSingleOffsetsBothWays() {
        let bytes = [0, 1, 4, 6, 10, 11]
        for (point, byte) in bytes.enumerated() {
            #expect(CodePoints.byteOffset(ofCodePoint: point, in: text) == byte)
            #expect(CodePoints.codePointOffset(ofByte: byte, in: text) == point)
        }
        #expect(CodePoints.byteOffset(ofCodePoint: 6, in: text) == nil)
    }

    @Test func batchesNeedNotBeSorted() {
        #expect(CodePoints.codePointOffsets(ofBytes: [11, 0, 6, 6], in: text) == [5, 0, 3, 3])
        #expect(CodePoints.byteOffsets(ofCodePoints: [5, 9, 0, 3, -1], in: text) == [11, nil, 0, 6, nil])
    }

    @Test func longTextsAgreeWithAPlainLoop() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let alphabet: [Unicode.Scalar] = ["a", "é", "国", "😀", "。"]
        var view = String.UnicodeScalarView()
        var starts: [Int] = []
        var length = 0
        for _ in 0..<2000 {
            let scalar = alphabet.randomElement(using: &random)!
            starts.append(length)
            length += String(scalar).utf8.count
            view.append(scalar)
        }
        let long = Array(String(view).utf8)
        #expect(CodePoints.byteOffsets(ofCodePoints: Array(starts.indices), in: long) == starts, "seed \(seed)")
        #expect(CodePoints.codePointOffsets(ofBytes: starts, in: long) == Array(starts.indices), "seed \(seed)")
    }
}

@Suite struct LinesTests {
    private func contents(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { buffer in
            Lines.all(in: buffer).map { String(decoding: buffer[$0.content], as: UTF8.self) }
        }
    }

    @Test func linesEndAtEveryKindOfTerminator() {
        #expect(contents("一\n二\r\n三") == ["一", "二", "三"])
        #expect(contents("一\r二\r") == ["一", "二"])
        #expect(contents("").isEmpty)
    }

    @Test func wideSpacesAndMarksAreTrimmed() {
        #expect(contents("\u{FEFF}　　总则　\u{A0}\n \t\u{200B}\n") == ["总则", ""])
    }
}

@Suite struct SentencesTests {
    private func split(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return Sentences.ranges(in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test func chineseSentencesEndAtTheirMarks() {
        #expect(split("一。二！三？四；五") == ["一。", "二！", "三？", "四；", "五"])
    }

    @Test func closingMarksStayWithTheirSentence() {
        #expect(split("他说：“好。”然后走了（真的！）。完") == ["他说：“好。”", "然后走了（真的！）。", "完"])
        #expect(split("什么？！好") == ["什么？！", "好"])
    }

    @Test func englishMarksNeedABlankBehindThem() {
        #expect(split("It is 3.5 m. \"Yes.\" He left") == ["It is 3.5 m. ", "\"Yes.\" ", "He left"])
        #expect(split("see a.b.c; d") == ["see a.b.c; ", "d"])
    }

    @Test func lineEndsEndSentences() {
        #expect(split("标题\r\n正文。\n\n完") == ["标题\r\n", "正文。\n", "\n", "完"])
    }

    @Test func rangesPartitionAnyText() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let pieces = ["国", "。", "”", "\n", "\r", " ", ".", "a", "！", "）", ";", "😀"]
        for _ in 0..<200 {
            let text = Array((0..<40).map { _ in pieces.randomElement(using: &random)! }.joined().utf8)
            let ranges = Sentences.ranges(in: text)
            #expect(ranges.flatMap { Array(text[$0]) } == text, "seed \(seed)")
            #expect(ranges.allSatisfy { !$0.isEmpty }, "seed \(seed)")
        }
    }

    /// Eight bytes are counted at a time, and 255 times eight before sums are taken.
    @Test(arguments: [0, 1, 7, 8, 9, 63, 64, 2039, 2040, 2041, 4080, 5000])
    func `texts of any length are counted, in any part`(length: Int) {
        var bytes: [UInt8] = []
        let piece = Array("中a𠮷é\u{301}。".utf8)
        while bytes.count < length { bytes.append(piece[bytes.count % piece.count]) }
        for range in [0..<length, min(3, length)..<length, 0..<length - min(5, length)] {
            #expect(CodePoints.count(bytes, in: range) == bytes[range].count { $0 & 0xC0 != 0x80 })
        }
        #expect(CodePoints.count([UInt8](repeating: 0xBF, count: length)) == 0)
        #expect(CodePoints.count([UInt8](repeating: 0x61, count: length)) == length)
    }
}
