import Foundation
import TestSupport
import Testing

@testable import Archive
@testable import History
@testable import Prose

@Suite struct EntryCodingTests {
    private let hashes = (0..<4).map { EntryID(hashing: [UInt8($0)]) }

    @discardableResult private func roundTrip(_ bytes: [UInt8], fields: [UInt8]? = nil) throws -> [UInt8] {
        let packed = EntryCoding.pack(bytes, fields: fields.map { EntryCoding.HeldFields(row: 7, bytes: $0) }) {
            (digits: [UInt8]) -> EntryCoding.Reference? in
            hashes.firstIndex { $0.bytes == digits }.map { $0 % 2 == 0 ? .entry(Int64($0) << 40) : .text(Int64($0)) }
        }
        let unpacked = try EntryCoding.unpack(packed) { row in
            try #require(row == 7 ? fields : nil)
        } hash: { reference in
            switch reference {
            case .entry(let row): hashes[Int(row >> 40)].bytes
            case .text(let row): hashes[Int(row)].bytes
            }
        }
        #expect(unpacked == bytes)
        return packed
    }

    @Test func whatIsUnpackedIsWhatWasPacked() throws {
        let revision = Revision(
            kind: .essay, item: hashes[0].revision.asRoot, parents: [hashes[2].revision], author: "王",
            written: Timestamp(milliseconds: 1_700_000_000_123),
            fields: [FieldKey.title: .text("论\"读书\"\\"), FieldKey.tags: .array([.text("甲")])],
            text: TextHash(bytes: hashes[1].bytes))
        let bytes = revision.canonicalBytes
        #expect(try roundTrip(bytes).count * 4 < bytes.count, "hashes and keys take next to nothing")
    }

    @Test func fieldsThatStandInAnotherEntryAreNamedByItsRow() throws {
        let fields: Fields = [
            FieldKey.title: .text("论\"}读书,\"item\":\""), FieldKey.tags: .array([.text("甲")]),
            "x": .object(["item": .text("一")]),
        ]
        for author in [nil, "王", "\",\"fields\":{\\"] {
            let revision = Revision(
                kind: .essay, item: hashes[0].revision.asRoot, parents: [hashes[2].revision],
                author: author.map { ExactString($0) }, fields: fields,
                text: TextHash(bytes: hashes[1].bytes))
            let root = Revision(kind: .essay, fields: fields).canonicalBytes
            let place = try #require(EntryCoding.fields(in: root))
            #expect(root[place].elementsEqual("\"fields\":".utf8 + CanonicalValue.object(fields).bytes))
            let packed = try roundTrip(revision.canonicalBytes, fields: Array(root[place]))
            #expect(try EntryCoding.fieldsReference(packed) == 7)
            #expect(try EntryCoding.fieldsReference(roundTrip(revision.canonicalBytes)) == nil)
        }
        for text in ["{}", "{\"fields\":{", "{\"author\":\"", "{\"author\":\"\\", "{\"kind\":\"essay\"}", ""] {
            #expect(EntryCoding.fields(in: Array(text.utf8)) == nil)
        }
    }

    @Test(arguments: [
        "", "{}", "{\"a\":\"\"}", "not JSON", "\u{0}{}", "{\"a\":\"\n\"}", "\u{1}\u{2}",
        "{\"x\":\"2026-11-23T08:15:30.000Z\"}",
        "{\"x\":\"2026-13-23T08:15:30.000Z\"}", "{\"x\":\"1960-01-01T00:00:00.000Z\"}", "2026-11-23T08:15:30.000Z",
        "{\"x\":\"00112233445566778899aabbccddeeff\"}", "{\"x\":\"00112233445566778899AABBCCDDEEFF\"}",
        "{\"x\":\"00112233445566778899aabbccddeeff0\"}",
        "{\"fields\":{\"title\":\"\\\",\\\"fields\\\":{\"}}", "{\"title\":\"",
    ])
    func anyBytesComeBack(_ text: String) throws {
        try roundTrip(Array(text.utf8))
    }

    @Test func randomPiecesOfRevisionsComeBack() throws {
        var generator = SeededGenerator(seed: 11)
        let pieces = [
            "{\"fields\":{", "\"title\":\"", hashes[0].hex, hashes[3].hex, "\"", "\\",
            String(repeating: "a", count: 64),
            "\",\"v\":1}", "},\"item\":\"", "{\"author\":\"", "\"fields\":{", "2024-02-29T23:59:59.999Z", "文", "\u{1}",
            "\u{1F}", String(repeating: "0", count: 32),
        ]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                pieces.randomElement(using: &generator)!
            }.joined()
            try roundTrip(Array(text.utf8))
            try roundTrip(
                Array(text.utf8),
                fields: EntryCoding.fields(in: Array(text.utf8)).map { Array(Array(text.utf8)[$0]) } ?? [])
        }
    }

    @Test func damageIsRefusedOrYieldsOtherBytesButNeverTraps() throws {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? EntryCoding.unpack(bytes, fields: { _ in [] }, hash: { _ in hashes[0].bytes })
        }
    }
}
