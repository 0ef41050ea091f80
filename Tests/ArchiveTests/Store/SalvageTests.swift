import Foundation
import GRDB
import TestSupport
import Testing

@testable import Archive
@testable import History

/// What is salvaged of files whose structure is destroyed: everything that a page still holds, and nothing that was never there.
@Suite struct SalvageTests {
    private static let page = 16384
    private let environment = Archive.Environment(stateDirectory: nil)

    /// A file without a log: essays of several lengths, versions, a note and an original.
    private func whole(_ folder: TemporaryFolder, essays: Int = 60) throws -> (path: String, texts: Set<String>) {
        let archive = try folder.create()
        var texts: Set<String> = []
        for number in 0..<essays {
            let text =
                "第\(number)篇\n\n"
                + (0..<(number % 7 * number % 7 + 1) * 12).map { "一、第\($0)项是\(number * 31 + $0)号事，推进社区建设。\n" }.joined()
            let item = try archive.essay(text, title: "第\(number)篇")
            texts.insert(text)
            guard number % 4 == 0 else { continue }
            let longer = text + "补记\(number)。\n"
            try archive.edit(item, longer)
            texts.insert(longer)
        }
        _ = try archive.backup(to: folder.file("whole.db"), overwrites: false)
        return (folder.file("whole.db"), texts)
    }

    private func salvaged(_ path: String, _ folder: TemporaryFolder, id: ArchiveID? = nil) throws -> (
        texts: Set<String>, report: SalvageReport
    ) {
        let target = folder.file("new-\(UUID().uuidString).db")
        let (archive, report) = try Archive.salvage(path, to: target, id: id, environment: environment)
        let problems = try archive.verify().problems.filter { !$0.what.contains("is not here") }
        #expect(problems.isEmpty, "\(problems)")
        let texts: [String] = try archive.read { reader in
            try Int64.fetchAll(reader.db, sql: "SELECT number FROM text EXCEPT SELECT number FROM lacking")
                .map { String(decoding: try reader.texts.bytes(id: $0), as: UTF8.self) }
        }
        try archive.close()
        return (Set(texts), report)
    }

    private func change(_ path: String, _ body: (inout Data) -> Void) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        body(&bytes)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    private func root(of table: String, _ path: String) throws -> Int {
        let queue = try DatabaseQueue(path: path)
        return try queue.read {
            try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [table])!
        }
    }

    @Test(arguments: ["entry", "text", "text_pack", "text_piece", "log", "replica", "local", "revision", "item"])
    func `a lost root page takes nothing that stands in other pages`(table: String) throws {
        let folder = try TemporaryFolder()
        let (path, texts) = try whole(folder)
        let id = try Archive.openForReading(path, environment: environment).read { try $0.archiveID }
        let root = try root(of: table, path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let isLeaf = bytes[(root - 1) * Self.page] >= TreePage.Kind.indexLeaf.rawValue
        try change(path) { $0.replaceSubrange((root - 1) * Self.page..<root * Self.page, with: Data(count: Self.page)) }
        if table == "local" {
            #expect(throws: SalvageError.self) {
                try Archive.salvage(path, to: folder.file("none.db"), environment: environment)
            }
        }
        let found = try salvaged(path, folder, id: id)
        #expect(found.texts.isSubset(of: texts))
        // What the page itself held, if it was no page above others, is lost.
        if !isLeaf || !["entry", "text_pack", "text_piece"].contains(table) {
            #expect(found.texts == texts && found.report.entriesMissing == 0, "\(table)")
        }
    }

    @Test(arguments: [
        0, 8, 16, 17, 18, 19, 20, 21, 22, 23, 24, 28, 32, 36, 40, 44, 47, 56, 59, 60, 63, 68, 71, 92, 96, 100, 103, 105,
        200,
    ])
    func `a damaged first page takes nothing`(place: Int) throws {
        let folder = try TemporaryFolder()
        let (path, texts) = try whole(folder, essays: 12)
        for value in [UInt8(0xFF), 0x05] {
            try change(path) { $0[place] ^= value }
            let found = try salvaged(path, folder)
            #expect(found.texts == texts && found.report.entriesMissing == 0, "\(place)")
            try change(path) { $0[place] ^= value }
        }
        try change(path) { $0.replaceSubrange(0..<Self.page, with: Data(count: Self.page)) }
        #expect(try salvaged(path, folder).texts == texts)
    }

    @Test func `of a cut file all that is left is taken, and it is said whether anything is missing`() throws {
        let folder = try TemporaryFolder()
        let (path, texts) = try whole(folder)
        let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
        for part in [0.6, 0.75, 0.9] {
            try FileManager.default.copyItem(atPath: path, toPath: folder.file("cut.db"))
            try change(folder.file("cut.db")) { $0 = $0.prefix(Int(Double(size) * part)) }
            let id = ArchiveID.random()
            let found = try salvaged(folder.file("cut.db"), folder, id: id)
            // Tables that follow from others may have stood behind the cut.
            #expect(found.texts.isSubset(of: texts) && found.report.isComplete == (found.texts == texts))
            try FileManager.default.removeItem(atPath: folder.file("cut.db"))
        }
    }

    @Test func `what is salvaged of random damage is genuine, and nothing traps`() throws {
        let folder = try TemporaryFolder()
        let (path, texts) = try whole(folder, essays: 30)
        let sound = try Data(contentsOf: URL(fileURLWithPath: path))
        var generator = SeededGenerator(seed: 11)
        var most = 0
        for _ in 0..<40 {
            try change(path) { bytes in
                bytes = sound
                for _ in 0..<Int.random(in: 1...12, using: &generator) {
                    let place = Int.random(in: 0..<bytes.count - 300, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                    case 1: for index in place..<place + 300 { bytes[index] = .random(in: 0...255, using: &generator) }
                    // Where pages list their cells.
                    case 2:
                        for index in place / Self.page * Self.page..<place / Self.page * Self.page + 64 {
                            bytes[index] = .random(in: 0...255, using: &generator)
                        }
                    default:
                        bytes.replaceSubrange(
                            place / Self.page * Self.page..<min(bytes.count, place / Self.page * Self.page + Self.page),
                            with: Data(count: Self.page))
                    }
                }
                bytes = bytes.prefix(sound.count)
            }
            let found = try salvaged(path, folder, id: .random())
            #expect(found.texts.isSubset(of: texts))
            most = max(most, found.texts.count)
        }
        #expect(most > texts.count / 2)
    }

    @Test func `pages of any bytes are read without a trap`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<3000 {
            var bytes = (0..<512).map { _ in UInt8.random(in: 0...255, using: &generator) }
            bytes[0] = [2, 5, 10, 13][Int.random(in: 0..<4, using: &generator)]
            bytes[3] = 0
            bytes[4] = .random(in: 0...20, using: &generator)
            for index in 0..<40 {
                bytes[8 + index] = index % 2 == 0 ? .random(in: 0...1, using: &generator) : bytes[8 + index]
            }
            for cell in TreePage(bytes)?.cells ?? [] { _ = StoredRecord.values(Array(bytes[cell.content])) }
            _ = StoredRecord.values(bytes)
        }
    }

    @Test func `records are read as SQLite writes them`() throws {
        let folder = try TemporaryFolder()
        let queue = try DatabaseQueue(path: folder.file("r.db"))
        try queue.write { db in
            try db.execute(sql: "CREATE TABLE t (a, b)")
            for number in [Int64(0), 1, -1, 127, -129, 40_000, -8_388_609, 1 << 40, .max, .min] {
                try db.execute(
                    sql: "INSERT INTO t VALUES (?, ?)",
                    arguments: [number, Data(repeating: 7, count: Int(number & 0xFFFF))])
            }
            try db.execute(sql: "INSERT INTO t VALUES ('话', NULL)")
        }
        let expected = try queue.read { try Row.fetchAll($0, sql: "SELECT a, b FROM t") }.map { row in
            Array(row.databaseValues.map { StoredValue($0) })
        }
        try queue.close()
        let file = try PageFile(folder.file("r.db"))
        let found = (2...file.count).compactMap { file.page($0).flatMap { TreePage($0) } }.flatMap { page in
            page.cells.filter { $0.row != nil }.compactMap { file.record($0, in: page).flatMap(StoredRecord.values) }
        }
        #expect(Set(found) == Set(expected) && found.count == expected.count)
        #expect(file.pageSize == 4096)
    }

    @Test func `a file that is none leaves nothing behind`() throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "别人的话。\n", count: 9000), to: "text.txt")
        let error = #expect(throws: ArchiveError.self) {
            try Archive.salvage(folder.file("text.txt"), to: folder.file("n.db"), environment: environment)
        }
        #expect(error?.code == .badInput)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["text.txt"])
    }

    @Test func `texts whose entries are lost become files`() throws {
        let folder = try TemporaryFolder()
        let (path, texts) = try whole(folder)
        // Every page of entries is overwritten: those of no other table hold rows of three columns behind their number.
        let pages = try Data(contentsOf: URL(fileURLWithPath: path))
        let file = try PageFile(path)
        var lost = 0
        try change(path) { bytes in
            for number in 2...pages.count / Self.page {
                guard let page = file.page(number).flatMap({ TreePage($0) }), page.kind == .tableLeaf,
                    let cell = page.cells.first,
                    let values = file.record(cell, in: page).flatMap(StoredRecord.values), values.count == 4,
                    values[1].blob?.count == 32
                else { continue }
                bytes.replaceSubrange((number - 1) * Self.page..<number * Self.page, with: Data(count: Self.page))
                lost += 1
            }
        }
        #expect(lost > 0)
        let occupied = folder.file("new.db.texts")
        try FileManager.default.createDirectory(atPath: occupied, withIntermediateDirectories: false)
        let (archive, report) = try Archive.salvage(path, to: folder.file("new.db"), environment: environment)
        #expect(try archive.read { try $0.counts().essays } == 0)
        #expect(report.entriesMissing > 0 && !report.isComplete && report.looseTextsFolder == occupied + "-2")
        let names = try FileManager.default.contentsOfDirectory(atPath: report.looseTextsFolder!)
        let found = try names.map { try String(contentsOfFile: report.looseTextsFolder! + "/" + $0, encoding: .utf8) }
        #expect(names.count == report.looseTexts && names.allSatisfy { $0.hasSuffix(".txt") })
        #expect(Set(found) == texts)
        #expect(try FileManager.default.contentsOfDirectory(atPath: occupied).isEmpty)
    }

    @Test func `a sound file leaves no texts over`() throws {
        let folder = try TemporaryFolder()
        let (path, _) = try whole(folder, essays: 5)
        let (_, report) = try Archive.salvage(path, to: folder.file("new.db"), environment: environment)
        #expect(
            report.isComplete && report.looseTexts == 0
                && !FileManager.default.fileExists(atPath: folder.file("new.db.texts")))
    }
}
