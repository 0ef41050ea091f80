import Foundation
import Testing

@testable import Archive
@testable import History
@testable import Prose

/// The test vectors in docs/data-model.md, which a script in another language checks as well.
@Suite struct DocumentedVectorTests {
    private static var vectors: [[String: Any]] {
        block("vectors").compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    }

    /// The lines of the block that is fenced under a name.
    private static func block(_ name: String) -> [Substring] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../docs/data-model.md")
        guard let text = try? String(contentsOf: file, encoding: .utf8), let start = text.range(of: "```\(name)\n"),
            let end = text.range(of: "\n```", range: start.upperBound..<text.endIndex)
        else { return [] }
        return text[start.upperBound..<end.lowerBound].split(separator: "\n")
    }

    @Test func phrasesOfStoredEntriesAreTheDocumentedOnes() throws {
        let documented = try Self.block("phrases").map { line in
            Array(
                try #require(JSONSerialization.jsonObject(with: Data(line.utf8), options: .fragmentsAllowed) as? String)
                    .utf8)
        }
        #expect(documented == EntryCoding.phrases)
    }

    private func bytes(_ value: Any?) throws -> [UInt8] { Array(try #require(value as? String).utf8) }

    @Test func thereAreVectorsOfEveryKind() {
        for key in ["sha256", "revision", "chain", "stateHash", "splices", "refused"] {
            #expect(Self.vectors.contains { $0[key] != nil }, "no vector with '\(key)'")
        }
    }

    @Test func revisionsHaveTheDocumentedIDsAndBytes() throws {
        for vector in Self.vectors where vector["revision"] != nil {
            let canonical = try bytes(vector["revision"])
            let revision = try Revision(canonicalBytes: canonical)
            #expect(revision.canonicalBytes == canonical)
            #expect(revision.id.hex == vector["id"] as? String)
        }
    }

    @Test func textsHaveTheDocumentedHashes() throws {
        for vector in Self.vectors where vector["sha256"] != nil {
            #expect(try TextHash(hashing: bytes(vector["text"])).hex == vector["sha256"] as? String)
        }
    }

    @Test func chainsHaveTheDocumentedValues() throws {
        for vector in Self.vectors where vector["chain"] != nil {
            let entries = try #require(vector["entries"] as? [String]).map { try #require(EntryID(hex: $0)) }
            var chain = Chain.empty
            let chains = entries.map { entry in
                chain = chain.appending(entry)
                return chain.hex
            }
            #expect(chains == vector["chain"] as? [String])
        }
    }

    @Test func setsOfHeadsHaveTheDocumentedStateHashesHoweverTheyCameAbout() throws {
        let passing = (ItemID(hashing: [1]), RevisionID(hashing: [2]))
        for vector in Self.vectors where vector["stateHash"] != nil {
            let heads = try #require(vector["heads"] as? [[String]]).map {
                (try #require(ItemID(hex: $0[0])), try #require(RevisionID(hex: $0[1])))
            }
            for order in [heads, heads.reversed()] {
                var sum = StateSum()
                sum.add(passing.0, passing.1)
                for head in order { sum.add(head.0, head.1) }
                #expect(sum.hash != vector["stateHash"] as? String)
                sum.subtract(passing.0, passing.1)
                #expect(sum.hash == vector["stateHash"] as? String)
                #expect(StateSum(bytes: sum.bytes) == sum)
            }
        }
    }

    @Test func splicesGiveTheDocumentedTexts() throws {
        for vector in Self.vectors where vector["splices"] != nil {
            let splices = try Splices.decode(bytes(vector["splices"]))
            #expect(try Splices.apply(splices, to: bytes(vector["base"])) == bytes(vector["result"]))
            #expect(Splices.encode(splices) == (try bytes(vector["splices"])))
        }
    }

    @Test func whatIsDocumentedAsRefusedIsRefused() throws {
        for vector in Self.vectors where vector["refused"] != nil {
            let text = try bytes(vector["refused"])
            #expect(throws: CanonicalError.self) { try CanonicalValue(canonical: text) }
        }
    }
}
