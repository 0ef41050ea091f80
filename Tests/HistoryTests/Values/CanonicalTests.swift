import TestSupport
import Testing

@testable import History
@testable import Prose

/// The fixed vectors of docs/data-model.md.
@Suite struct CanonicalTests {
    @Test func aRootHasTheDocumentedBytesAndID() {
        let root = Revision(
            kind: .essay, fields: [FieldKey.title: "论读书", FieldKey.tags: .array(["方法", "读书"])],
            text: TextHash(hashing: Array("读书使人充实。\n".utf8)))
        #expect(
            String(decoding: root.canonicalBytes, as: UTF8.self)
                == #"{"fields":{"tags":["方法","读书"],"title":"论读书"},"kind":"essay","text":"c2b4f1","v":1}"#
                .replacing("c2b4f1", with: TextHash(hashing: Array("读书使人充实。\n".utf8)).hex))
    }

    @Test func writingAndReadingAgree() throws {
        let revision = Revision(
            kind: .annotation, item: ItemID(hashing: [1]),
            parents: [RevisionID(hashing: [2]), RevisionID(hashing: [1])],
            author: "张三", written: Timestamp(milliseconds: 1_795_593_600_123), nonce: "00ff", isTombstone: true,
            fields: [FieldKey.body: "a\"b\\c\n\u{1F}\u{7F}😀", FieldKey.start: .integer(-3)],
            text: TextHash(hashing: []), merge: 1)
        let bytes = revision.canonicalBytes
        #expect(try Revision(canonicalBytes: bytes) == revision)
        #expect(try CanonicalValue(canonical: bytes).bytes == bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""body":"a\"b\\c\u000a\u001f"# + "\u{7F}😀\""))
    }

    @Test(arguments: [
        "{}", "[]", #""""#, #"{"a":null}"#, #"{"a":true}"#, #"{"a":1.5}"#, #"{"a":01}"#, #"{"a":-0}"#, #"{"a":1e3}"#,
        #"{"a": 1}"#,
        #"{"b":1,"a":1}"#, #"{"a":1,"a":2}"#, #"{"a":"\u0041"}"#, #"{"a":"\n"}"#, #"{"a":"\u001F"}"#, #"{"a":"\/"}"#,
        #"{"a":""}"#,
        #"{"a":9007199254740993}"#, #"{"a":1}x"#, #"{"a":1"#, #"{"a""#, "{\"a\":\"\u{1}\"}", #"{"a":[]}"#, #"{"":1}"#,
        "", "-", "1 ",
    ])
    func whatIsNotCanonicalIsRefused(text: String) {
        #expect(throws: CanonicalError.self) { try CanonicalValue(canonical: Array(text.utf8)) }
    }

    @Test func brokenUTF8IsRefused() {
        #expect(throws: CanonicalError.self) { try CanonicalValue(canonical: [0x22, 0xE4, 0xB8, 0x22]) }
    }

    @Test func deepNestingIsRefused() {
        let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: CanonicalError.self) { try CanonicalValue(canonical: bytes) }
    }

    @Test func canonicallyEquivalentStringsDiffer() {
        // U+F900 decomposes to U+8C48; Swift's String holds them equal.
        let (left, right) = (
            Revision(kind: .essay, fields: ["title": "\u{F900}"]), Revision(kind: .essay, fields: ["title": "\u{8C48}"])
        )
        #expect(left.fields != right.fields)
        #expect(left.id != right.id)
    }

    @Test(arguments: [
        #"{"kind":"essay"}"#, #"{"kind":"essay","v":2}"#, #"{"v":1}"#, #"{"item":"ab","kind":"essay","v":1}"#,
        #"{"kind":"essay","tombstone":2,"v":1}"#, #"{"kind":"essay","v":1,"written":"2026-02-30T00:00:00.000Z"}"#,
        #"{"kind":"essay","parents":["00"],"v":1}"#, #"{"fields":1,"kind":"essay","v":1}"#,
    ])
    func whatIsNoRevisionIsRefused(text: String) {
        #expect(throws: (any Error).self) { try Revision(canonicalBytes: Array(text.utf8)) }
    }

    @Test func unknownKeysAreLetStand() throws {
        #expect(try Revision(canonicalBytes: Array(#"{"kind":"poem","new":"x","v":1}"#.utf8)).kind.rawValue == "poem")
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_827_696_789, "2000-02-29T12:34:56.789Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
    ])
    func knownMoments(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-13-01T00:00:00.000Z", "2026-02-30T00:00:00.000Z", "2026-01-01 00:00:00.000Z",
        "2026-01-01T24:00:00.000Z", "2026-01-01T00:00:00Z",
    ])
    func otherFormsAreRefused(text: String) { #expect(Timestamp(text) == nil) }
}

@Suite struct ChainTests {
    @Test func theChainHasTheDocumentedValue() {
        // SHA-256 of 32 zero bytes and the SHA-256 of "a".
        let first = Chain.empty.appending(EntryID(hashing: [0x61]))
        #expect(EntryID(hashing: [0x61]).hex == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")
        #expect(
            first.hex
                == Digest<ChainSubject>(hashing: [UInt8](repeating: 0, count: 32) + EntryID(hashing: [0x61]).bytes).hex)
        #expect(first.appending(EntryID(hashing: [0x62])) != first)
    }

    @Test func digestsSortByTheirBytes() {
        var generator = SeededGenerator(seed: 7)
        let digests = (0..<200).map { _ in
            EntryID(bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })!
        }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
        #expect(digests.allSatisfy { EntryID(hex: $0.hex) == $0 && EntryID(bytes: $0.bytes) == $0 })
    }
}
