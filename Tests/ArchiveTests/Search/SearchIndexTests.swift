import Foundation
import TestSupport
import Testing

@testable import Archive
@testable import History

@Suite struct SearchIndexTests {
    private func total(_ index: SearchIndex, _ query: String) throws -> Int { try index.search(query).total }

    @Test(arguments: [1, 2] as [UInt64]) func findsExactlyWhatAScanFinds(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let archive = try Archive.scratch()
        let alphabet = Array(
            "的一是不了人我在有他这中大来上国和说们为子你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市"
                .unicodeScalars.map(String.init))
        var texts: [String] = []
        for number in 0..<120 {
            let sentences = (0..<Int.random(in: 3...30, using: &generator)).map { _ in
                (0..<Int.random(in: 4...24, using: &generator)).map { _ in
                    alphabet[
                        min(
                            alphabet.count - 1,
                            Int(
                                Double.random(in: 0..<1, using: &generator)
                                    * Double.random(in: 0..<1, using: &generator) * Double(alphabet.count)))]
                }.joined()
            }
            texts.append(sentences.joined(separator: "。") + "。")
            _ = try archive.essay(texts.last!, title: "#\(number)")
        }
        let index = SearchIndex(archive)
        for _ in 0..<300 {
            let sentence = texts.randomElement(using: &generator)!.split(separator: "。").randomElement(
                using: &generator)!.unicodeScalars.map(String.init)
            let length = Int.random(in: 1...min(8, sentence.count), using: &generator)
            let start = Int.random(in: 0...sentence.count - length, using: &generator)
            let query = sentence[start..<start + length].joined()
            #expect(try total(index, query) == texts.count { $0.contains(query) }, "seed \(seed), query \(query)")
        }
    }

    @Test func everyChangeIsSeenAndReplacedTextsAreNot() throws {
        let archive = try Archive.scratch()
        let index = SearchIndex(archive)
        let essay = try archive.essay("改革开放。", title: "题目")
        #expect(try total(index, "改革") == 1 && total(index, "题目") == 1)
        try archive.edit(essay, "继往开来。")
        #expect(try total(index, "改革") == 0 && total(index, "开来") == 1)
        try archive.write { try $0.delete(essay, author: Author(nil)) }
        #expect(try total(index, "开来") == 0)
        try archive.write { try $0.undelete(essay, author: Author(nil)) }
        #expect(try total(index, "开来") == 1)
    }

    @Test func mergesAndAllSidesOfConflictsAreFoundOnce() throws {
        let archive = try Archive.scratch()
        let index = SearchIndex(archive)
        let essay = try archive.essay("甲句。乙句。")
        try archive.edit(essay, "甲一句。乙句。", heads: [essay.root])
        try archive.edit(essay, "甲句。乙二句。", heads: [essay.root])
        #expect(try total(index, "甲一句") == 1 && total(index, "乙二句") == 1 && total(index, "乙句") == 0)
        let other = try archive.essay("丙句。丁句。")
        try archive.edit(other, "丙一句。丁句。", heads: [other.root])
        try archive.edit(other, "丙二句。丁句。", heads: [other.root])
        #expect(try total(index, "丙一句") == 1 && total(index, "丙二句") == 1 && total(index, "丁句") == 1)
        #expect(try index.search("丁句").hits.count == 1)
        #expect(try total(index, "is:conflict") == 1)
    }

    @Test func termsAlternativesAndExclusionsHoldForTheWholeEssay() throws {
        let archive = try Archive.scratch()
        let index = SearchIndex(archive)
        let tagged = try archive.essay("一、春天\n花开。\n二、秋天\n叶落。", title: "四季")
        _ = try archive.essay("花落。", title: "无题")
        try archive.write { _ = try $0.revise(tagged, author: Author("甲")) { $0.fields.tags = ["自然"] } }
        #expect(try total(index, "花开 叶落") == 1)
        #expect(try total(index, "花 -叶") == 1)
        #expect(try total(index, "叶落 OR 花落") == 2)
        #expect(try total(index, "tag:自然") == 1 && total(index, "title:四季") == 1 && total(index, "-花开") == 1)
        #expect(try index.search("叶落").hits.first?.section == "二")
        #expect(throws: QueryError.self) { try index.search("\"花") }
    }

    /// Enters all that a log of another replica holds.
    private func receive(_ from: Archive, _ archive: Archive) throws {
        for (replica, end) in try from.read({ try $0.vector() }) {
            var entries: [LogEntry] = []
            try from.read { reader in
                try reader.forEachEntry(of: replica, in: 1...end.sequence) {
                    entries.append($0)
                    return true
                }
            }
            try archive.write { _ = try $0.apply(entries, after: .start) }
        }
    }

    @Test func aFileCopiedFromAnotherReplicaIsNotTakenForTheOneThatWasIndexed() throws {
        let folder = try TemporaryFolder()
        let first = try folder.create("a.db")
        for text in ["春。", "夏。", "秋。"] { _ = try first.essay(text) }
        func replica(_ name: String, of archive: Archive) throws -> Archive {
            let made = try Archive.create(
                folder.file(name), id: archive.read { try $0.archiveID }, environment: folder.environment)
            try receive(archive, made)
            return made
        }
        let second = try replica("b.db", of: first)
        let third = try replica("c.db", of: first)
        _ = try first.essay("甲独有。")
        _ = try second.essay("乙独有。")
        // The same entry is the fifth in both.
        _ = try third.essay("丙写的。")
        for archive in [first, second] { try receive(third, archive) }
        #expect(try total(SearchIndex(second), "乙独有") == 1)
        for archive in [first, second, third] { try archive.close() }
        try FileManager.default.removeItem(atPath: folder.file("b.db"))
        try FileManager.default.copyItem(atPath: folder.file("a.db"), toPath: folder.file("b.db"))
        let index = SearchIndex(try folder.open("b.db"))
        #expect(
            try total(index, "甲独有") == 1 && total(index, "乙独有") == 0 && total(index, "丙写的") == 1
                && total(index, "春") == 1)
    }

    @Test func anIndexThatSpeaksOfWhatIsNotThereIsMadeAgain() throws {
        let archive = try Archive.scratch()
        let index = SearchIndex(archive)
        _ = try archive.essay("改革开放。")
        #expect(try total(index, "改革") == 1)
        try index.withDatabase { try $0.write { try $0.execute(sql: "UPDATE document SET item = zeroblob(32)") } }
        #expect(try total(index, "改革") == 1)
    }
}
