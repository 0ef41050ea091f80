import GRDB
import Testing

@testable import Archive

/// The tokenizer inside FTS5, against a scan of the texts themselves.
@Suite struct PhraseSearchTests {
    private func index(_ texts: [String]) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { $0.add(tokenizer: ArchiveTokenizer.self) }
        let queue = try DatabaseQueue(configuration: configuration)
        try queue.write { db in
            try db.execute(sql: "CREATE VIRTUAL TABLE t USING fts5(body, title, content='', tokenize='\(ArchiveTokenizer.name)')")
            for (row, text) in texts.enumerated() {
                try db.execute(sql: "INSERT INTO t (rowid, body, title) VALUES (?, ?, ?)", arguments: [row, text, "标题"])
            }
        }
        return queue
    }

    private func rows(_ queue: DatabaseQueue, _ phrase: Phrase, column: String? = nil) throws -> [Int] {
        try queue.read { db in
            try Int.fetchAll(
                db, sql: "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid",
                arguments: [phrase.matchExpression(column: column)])
        }
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
        let queue = try index(texts)
        #expect(try rows(queue, Phrase("建设发展")!) == [0, 6])
        #expect(try rows(queue, Phrase("建设、发展")!) == [1])
        #expect(try rows(queue, Phrase("設、發")!) == [1])
        #expect(try rows(queue, Phrase("发展")!) == Array(0..<8))
        #expect(try rows(queue, Phrase("发展")!, column: "title") == [])
        #expect(try rows(queue, Phrase("标题")!, column: "title") == Array(0..<8))
    }

    @Test func syntaxOfFTS5IsTextInAPhrase() throws {
        let texts = ["他说\"好\" AND 走", "title : x* OR y", "NEAR(a b)", "{body} - ^a + b"]
        let queue = try index(texts)
        for (row, text) in texts.enumerated() { #expect(try rows(queue, Phrase(text)!) == [row]) }
        #expect(try rows(queue, Phrase("说\"")!) == [0])
        #expect(try rows(queue, Phrase("\"")!) == [0])
        #expect(try rows(queue, Phrase("x*\u{0}")!) == [1])
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
        let queue = try index(texts)
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
            #expect(try rows(queue, phrase) == scanned, "seed \(seed), query \(text)")
            for row in scanned {
                let found = Matches.find(in: bytes[row], [phrase.tokens])
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
        func draw(_ length: Int) -> [Int] { (0..<length).map { _ in Int.random(in: 0..<spellings.count, using: &random) } }
        let originals = (0..<40).map { _ in draw(40) }
        let queue = try index(originals.map { write($0) })
        for length in [1, 2, 3, 4] {
            for _ in 0..<100 {
                let query = draw(length)
                let expected = originals.indices.filter { row in
                    (0...(40 - length)).contains { originals[row][$0..<$0 + length].elementsEqual(query) }
                }
                #expect(try rows(queue, Phrase(write(query))!) == expected, "seed \(seed), query \(query)")
            }
        }
    }
}
