import TestSupport
import Testing

@testable import Archive

/// Phrases found in a segment, against a scan of the texts themselves.
@Suite struct PhraseSearchTests {
    private func index(_ texts: [String]) throws -> IndexSegment {
        var builder = SegmentBuilder()
        for (number, text) in texts.enumerated() {
            builder.begin(Int64(number))
            builder.enter(Array("标题".utf8))
            builder.part()
            builder.beginUnit()
            builder.enter(Array(text.utf8))
            builder.part()
        }
        return builder.pack().segment
    }

    private func rows(_ segment: IndexSegment, _ phrase: Phrase, inTitle: Bool = false) throws -> [Int] {
        let hits = try PhraseHits(phrase, in: [segment])
        return (inTitle ? hits.titled : hits.documents).descending(limit: .max).reversed().map { Int($0) }
    }

    /// The bytes where the query stands, by the plainest of scans; what overlaps or touches is one place.
    private func places(of query: [UInt8], in text: [UInt8]) -> [Range<Int>] {
        guard text.count >= query.count else { return [] }
        var merged: [Range<Int>] = []
        for start in 0...(text.count - query.count) {
            guard text[start] == query[0], text[start..<start + query.count].elementsEqual(query) else { continue }
            let end = start + query.count
            if let last = merged.last, last.upperBound >= start {
                merged[merged.count - 1] = last.lowerBound..<end
            } else {
                merged.append(start..<end)
            }
        }
        return merged
    }

    @Test func aPhraseNeverCrossesMarksSentencesOrLines() throws {
        let texts = ["建设发展", "建设、发展", "建设。发展", "建设\n发展", "建设！？发展", "建设 发展", "建設發展", "建设. 发展"]
        let segment = try index(texts)
        #expect(try rows(segment, Phrase("建设发展")!) == [0, 6])
        #expect(try rows(segment, Phrase("建设、发展")!) == [1])
        #expect(try rows(segment, Phrase("設、發")!) == [1])
        #expect(try rows(segment, Phrase("发展")!) == Array(0..<8))
        #expect(try rows(segment, Phrase("发展")!, inTitle: true) == [])
        #expect(try rows(segment, Phrase("标题")!, inTitle: true) == Array(0..<8))
    }

    @Test func whatOtherQueryLanguagesReadAsSyntaxIsText() throws {
        let texts = ["他说\"好\" AND 走", "title : x* OR y", "NEAR(a b)", "{body} - ^a + b"]
        let segment = try index(texts)
        for (row, text) in texts.enumerated() { #expect(try rows(segment, Phrase(text)!) == [row]) }
        #expect(try rows(segment, Phrase("说\"")!) == [0])
        #expect(try rows(segment, Phrase("\"")!) == [0])
        #expect(try rows(segment, Phrase("x*\u{0}")!) == [1])
    }

    @Test func whatACutQueryHasOfAWordFindsTheWord() throws {
        let texts = ["使用 Linux 系统", "使用linux2系统", "GNU/Linux", "lin ux", "ＬＩＮＵＸ"]
        let segment = try index(texts)
        #expect(try rows(segment, Phrase("Linux")!) == [0, 1, 2, 4])
        #expect(try rows(segment, Phrase("inu")!) == [0, 1, 2, 4])
        #expect(try rows(segment, Phrase("用Li")!) == [0, 1])
        #expect(try rows(segment, Phrase("nux系")!) == [0])
        #expect(try rows(segment, Phrase("用Linux系")!) == [0])
        #expect(try rows(segment, Phrase("linux22")!) == [])
        #expect(Matches.find(in: Array(texts[0].utf8), [Phrase("用 lin")!]) == [3..<10])
        #expect(Matches.find(in: Array(texts[0].utf8), [Phrase("inu")!]) == [8..<11])
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 7])
    func findsExactlyWhatAScanFinds(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let letters = Array("发展建设的的的，、。！：“”（）\n".unicodeScalars) + Array(repeating: "的", count: 4)
        func prose(_ length: Int) -> String {
            var text = String.UnicodeScalarView()
            for _ in 0..<length {
                // Single spaces inside a line now and then.
                if Int.random(in: 0..<12, using: &random) == 0, let last = text.last, last != " " { text.append(" ") }
                text.append(letters.randomElement(using: &random)!)
            }
            return String(text)
        }
        let texts = (0..<40).map { _ in prose(Int.random(in: 1..<150, using: &random)) }
        let bytes = texts.map { Array($0.utf8) }
        let segment = try index(texts)
        for _ in 0..<250 {
            let source = Array(texts.randomElement(using: &random)!.unicodeScalars)
            let start = Int.random(in: 0..<source.count, using: &random)
            let cut = source[start..<min(source.count, start + Int.random(in: 1...8, using: &random))]
            var text = String.UnicodeScalarView()
            let chosen = Bool.random(using: &random) ? Array(cut) : Array(prose(4).unicodeScalars)
            text.append(contentsOf: chosen.prefix { $0 != "\n" })
            while text.first == " " { text.removeFirst() }
            while text.last == " " { text.removeLast() }
            guard let phrase = Phrase(String(text)) else { continue }
            let query = Array(String(text).utf8)
            let scanned = texts.indices.filter { !places(of: query, in: bytes[$0]).isEmpty }
            #expect(try rows(segment, phrase) == scanned, "seed \(seed), query \(text)")
            for row in scanned {
                let found = Matches.find(in: bytes[row], [phrase])
                #expect(found == places(of: query, in: bytes[row]), "seed \(seed), query \(text)")
            }
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 11])
    func spellingsOfOneTextAreFoundAlike(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let spellings: [[String]] = [
            ["发", "發"], ["国", "國"], ["ガ", "ｶﾞ", "カ\u{3099}"], ["，", ","], ["里", "裏", "裡"], ["。", "｡"], ["的"],
        ]
        func write(_ letters: [Int]) -> String { letters.map { spellings[$0].randomElement(using: &random)! }.joined() }
        func draw(_ length: Int) -> [Int] {
            (0..<length).map { _ in Int.random(in: 0..<spellings.count, using: &random) }
        }
        let originals = (0..<40).map { _ in draw(40) }
        let segment = try index(originals.map { write($0) })
        for length in [1, 2, 3, 4] {
            for _ in 0..<100 {
                let query = draw(length)
                let expected = originals.indices.filter { row in
                    (0...(40 - length)).contains { originals[row][$0..<$0 + length].elementsEqual(query) }
                }
                #expect(try rows(segment, Phrase(write(query))!) == expected, "seed \(seed), query \(query)")
            }
        }
    }
}
