import Foundation
import GRDB
import TestSupport
import Testing

@testable import Archive
@testable import History

@Suite struct TextPackTests {
    private func packs(_ archive: Archive) throws -> [(first: Int64, count: Int, codec: Int, bytes: Int)] {
        try archive.read { reader in
            try Row.fetchAll(
                reader.db,
                sql:
                    "SELECT first, count, codec, pieces FROM text_pack UNION ALL SELECT first, count, 0, 1 FROM text_open ORDER BY first"
            ).map {
                try (
                    $0.decode(Int64.self, atIndex: 0), $0.decode(Int.self, atIndex: 1), $0.decode(Int.self, atIndex: 2),
                    $0.decode(Int.self, atIndex: 3)
                )
            }
        }
    }

    @Test func shortTextsGatherAndAllComeBack() throws {
        let archive = try Archive.scratch()
        var prose = SeededProse(seed: 21)
        var texts = [prose.sentences(200).flatMap { $0 }]
        let first = texts[0]
        try archive.write { _ = try $0.insert(first) }
        for _ in 0..<160 {
            // Now a changed version, now a short text, now one of zeros, now a long one.
            switch prose.next(below: 8) {
            case 0: texts.append(prose.sentence())
            case 1: texts.append([UInt8](repeating: 0, count: prose.next(below: 5000)))
            case 2: texts.append(prose.sentences(150).flatMap { $0 })
            default: texts.append(prose.edited(texts[prose.next(below: texts.count)], edits: 2))
            }
            try archive.write { writer in
                _ = try writer.insert(
                    texts[texts.count - 1], base: TextHash(hashing: texts[prose.next(below: texts.count)]))
            }
        }
        let read = try archive.read { reader in try texts.map { try reader.text(TextHash(hashing: $0)) } }
        #expect(read == texts)
        let rows = try packs(archive)
        #expect(rows.map(\.count).reduce(0, +) == Set(texts).count, "each text once")
        #expect(rows.contains { $0.count > 2 && $0.codec == 1 }, "a closed pack of short texts is compressed")
        #expect(rows.count < Set(texts).count)
        #expect(try archive.verify().isSound)
    }

    @Test func anOpenPackGoesOnAfterReopening() throws {
        let folder = try TemporaryFolder()
        try folder.create().write { _ = try $0.insert(Array("一句话。".utf8)) }
        try folder.open().write { _ = try $0.insert(Array("又一句。".utf8)) }
        let archive = try folder.open()
        let rows = try packs(archive)
        #expect(rows.count == 1 && rows[0].count == 2)
        let second = try archive.read { try $0.text(TextHash(hashing: Array("又一句。".utf8))) }
        #expect(second == Array("又一句。".utf8))
    }

    @Test func damageIsFoundAndNamed() throws {
        let archive = try Archive.scratch()
        try archive.write {
            _ = try $0.insert(Array("一句话。".utf8))
            _ = try $0.insert(Array("又一句。".utf8))
        }
        try archive.write {
            try $0.db.execute(sql: "UPDATE text_open SET data = CAST(replace(CAST(data AS TEXT), '一', '二') AS BLOB)")
        }
        #expect(try archive.verify().problems.contains { $0.what.contains("does not have the hash that names it") })
        try archive.write { try $0.db.execute(sql: "UPDATE text_open SET data = substr(data, 1, 8)") }
        #expect(try archive.verify().problems.contains { $0.what.contains("cannot be read") })
    }

    @Test func varintsComeBack() {
        for value in [0, 1, 127, 128, 300, 1 << 20, 1 << 48] as [UInt64] {
            var bytes: [UInt8] = [9]
            Varint.append(value, to: &bytes)
            var position = 1
            #expect(Varint.read(bytes, at: &position) == Int64(value) && position == bytes.count)
        }
        var position = 0
        #expect(Varint.read([0x80, 0x80], at: &position) == nil)
    }
}
