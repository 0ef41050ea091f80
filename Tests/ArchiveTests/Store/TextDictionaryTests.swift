import Foundation
import TestSupport
import Testing

@testable import Archive
@testable import History

@Suite struct TextDictionaryTests {
    @Test func manyTextsShareADictionaryThatIsInTheFile() throws {
        let archive = try Archive.scratch()
        var prose = SeededProse(seed: 3)
        let texts = (0..<200).map { _ in prose.sentences(40).flatMap { $0 } }
        let dictionary = try #require(try archive.textDictionary { texts })
        let hashes = try archive.write { writer in
            try texts.map {
                try writer.insert(PreparedText($0, TextCompression(dictionary: dictionary, effort: .quick)))
            } + [writer.insert(texts[0] + texts[1], base: TextHash(hashing: texts[0]))]
        }
        let again = try archive.textDictionary { [] }
        #expect(again?.id == dictionary.id, "there is one only")
        let stored = try archive.read { reader in try hashes.map { try reader.text($0) } }
        #expect(stored == texts + [texts[0] + texts[1]])
        let plain = texts.reduce(0) { $0 + Zstd.compress($1).count }
        let shared = texts.reduce(0) { $0 + dictionary.compress($1, .quick).count }
        #expect(shared < plain)
        #expect(try archive.verify().isSound)
    }

    @Test func fewTextsTrainNone() throws {
        let archive = try Archive.scratch()
        #expect(try archive.textDictionary { [Array("一句话。".utf8)] } == nil)
    }

    @Test func aFrameWhoseDictionaryIsMissingIsRefused() throws {
        var prose = SeededProse(seed: 4)
        let texts = (0..<100).map { _ in prose.sentences(30).flatMap { $0 } }
        let dictionary = try #require(TextDictionary.train(texts))
        #expect(throws: ArchiveError.self) {
            try Zstd.decompress(dictionary.compress(texts[0], .quick), limit: 1 << 20)
        }
    }
}
