import Foundation
import GRDB

/// The tables of packs: texts numbered in the order of their arrival, so many consecutive ones to a row.
///
/// A longer text has a row of its own. Short ones, such as changed sentences, gather in a row of a table of their own, until they
/// are enough to be compressed: together they compress far better, and a change appends to a few kilobytes only.
struct TextPacks {
    enum Codec: Int { case raw = 0, zstd = 1 }

    /// Texts that come to this many bytes are made a pack.
    private static let fullPack = 16 << 10
    /// A pack's bytes are stored in pieces of so many: rows of several kilobytes would leave an eighth of each page empty.
    private static let pieceSize = 1 << 10
    /// Texts up to this many bytes, or their splices, gather with others.
    private static let gathered = 2 << 10
    /// What a pack may unpack to.
    private static let mostBytes = TextStore.maximumSize + 128

    let db: Database
    /// Finds a zstd dictionary by its ID.
    let dictionary: (UInt32) throws -> TextDictionary?
    let opened: OpenedPacks?
    let effort: TextCompression.Effort

    // MARK: Reading

    func text(_ number: Int64) throws -> PackedText {
        if let pack = opened?.pack(of: number) { return try pack.text(number) }
        guard let pack = try pack(of: number) else {
            throw ArchiveError(.corrupt, "text number \(number) is not in the archive", advice: "`archivectl verify` says what else is missing")
        }
        return try pack.text(number)
    }

    private func pack(of number: Int64) throws -> OpenedPack? {
        let statement = try db.cachedStatement(
            sql: "SELECT first, count, codec, piece, pieces FROM text_pack WHERE first <= ? ORDER BY first DESC LIMIT 1")
        if let row = try Row.fetchOne(statement, arguments: [number]), case let stored = try StoredPack(row), stored.range ~= number {
            let pack = try OpenedPack(first: stored.first, count: Int(stored.count), bytes: unpack(stored.codec, data(stored)))
            opened?.add(pack)
            return pack
        }
        guard let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT first, count, data FROM text_open WHERE first <= ?"), arguments: [number]),
            case let (first, count) = (try row.sound(0, as: Int64.self), try row.sound(1, as: Int64.self)), number < first + count
        else { return nil }
        return try OpenedPack(first: first, count: Int(count), bytes: row[2])
    }

    /// A row of the table of packs.
    struct StoredPack {
        let first, count: Int64
        let codec: Int
        fileprivate let pieces: ClosedRange<Int64>

        /// The numbers of its texts.
        var range: Range<Int64> { first..<first + count }

        fileprivate init(_ row: Row) throws {
            let (piece, pieces): (Int64, Int64) = (try row.sound(3), try row.sound(4))
            (first, count, codec) = (try row.sound(0), try row.sound(1), try row.sound(2))
            // Of a damaged file, these may be any numbers.
            let most = Int64(TextPacks.mostBytes / TextPacks.pieceSize + 1)
            guard 1..<1 << 48 ~= first, 1..<1 << 32 ~= count, 1..<1 << 48 ~= piece, 1...most ~= pieces else { throw TextPacks.damagedRow }
            self.pieces = piece...piece + pieces - 1
        }
    }

    private func data(_ pack: StoredPack) throws -> [UInt8] {
        let statement = try db.cachedStatement(sql: "SELECT data FROM text_piece WHERE id BETWEEN ? AND ? ORDER BY id")
        let rows = try Row.fetchCursor(statement, arguments: [pack.pieces.lowerBound, pack.pieces.upperBound])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pack.pieces.count * Self.pieceSize)
        while let row = try rows.next() { try row.withUnsafeData(atIndex: 0) { bytes += $0 ?? Data() } }
        return bytes
    }

    private static var damagedRow: ArchiveError { ArchiveError(.corrupt, "a row of texts is damaged") }

    /// Calls `body` with the numbers of the texts of each pack, the gathering one too, and with the texts or what is wrong with
    /// them; the numbers are `nil` if the row itself is damaged.
    func forEachPack(_ body: (_ numbers: Range<Int64>?, _ texts: Result<[PackedText], any Error>) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT first, count, codec, piece, pieces FROM text_pack ORDER BY first")
        while let row = try rows.next() {
            let stored = Result { try StoredPack(row) }
            try body(try? stored.get().range, stored.flatMap { pack in Result { try texts(pack.codec, data(pack), count: Int(pack.count)) } })
        }
        guard let row = try Row.fetchOne(db, sql: "SELECT first, count, data FROM text_open") else { return }
        guard let first = row[0] as Int64?, let count = row[1] as Int64?, 1..<1 << 48 ~= first, 1..<1 << 32 ~= count else {
            return try body(nil, .failure(Self.damagedRow))
        }
        try body(first..<first + count, Result { try texts(Codec.raw.rawValue, row[2], count: Int(count)) })
    }

    /// All texts of a row.
    func texts(_ codec: Int, _ data: [UInt8], count: Int) throws -> [PackedText] {
        let pack = try unpack(codec, data)
        var position = 0
        let texts = try (0..<max(count, 0)).map { _ in try PackedText(in: pack, at: &position) }
        guard position == pack.count else { throw ArchiveError(.corrupt, "a pack of texts holds more than it says") }
        return texts
    }

    private func unpack(_ codec: Int, _ data: [UInt8]) throws -> [UInt8] {
        guard codec == Codec.zstd.rawValue else { return data }
        return try Zstd.decompress(data, limit: Self.mostBytes) { try dictionary($0)?.readingForm }
    }

    // MARK: Writing

    /// The row where texts gather, if any do.
    private func open() throws -> (first: Int64, count: Int64, size: Int)? {
        let statement = try db.cachedStatement(sql: "SELECT first, count, length(data) FROM text_open")
        return try Row.fetchOne(statement).map { (try $0.sound(0), try $0.sound(1), try $0.sound(2)) }
    }

    /// The number that the next text gets if none gather.
    private func next() throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT first + count FROM text_pack ORDER BY first DESC LIMIT 1")) ?? 1
    }

    /// Appends a text and returns its number.
    /// - Parameters:
    ///   - base: the number of the text that `data` is spliced into.
    ///   - frame: a pack of the text alone, if it was made before.
    func append(
        hash: TextHash, size: Int, base: (number: Int64, depth: Int)?, data: @autoclosure () throws -> [UInt8], length: Int,
        frame: (codec: Codec, data: [UInt8])? = nil, with newest: TextDictionary?
    ) throws -> Int64 {
        let open = try open()
        let number = try open.map { $0.first + $0.count } ?? next()
        func text() throws -> PackedText {
            PackedText(
                hash: hash, size: size, back: base.map { number - $0.number } ?? 0, depth: base.map { $0.depth + 1 } ?? 0, data: try data())
        }
        if length <= Self.gathered {
            let bytes = try text().bytes
            try gather(bytes, number, isFirst: open == nil)
            if (open?.size ?? 0) + bytes.count >= Self.fullPack { try close(newest) }
        } else {
            if open != nil { try close(newest) }
            let (codec, packed) = try frame ?? Self.frame(text().bytes, newest, effort)
            try insert(number, count: 1, codec, packed)
        }
        try db.cachedStatement(sql: "INSERT INTO text_number (hash, number) VALUES (?, ?)")
            .execute(arguments: [hash.blob.prefix(TextStore.keyLength), number])
        return number
    }

    private func gather(_ bytes: [UInt8], _ number: Int64, isFirst: Bool) throws {
        if isFirst {
            try db.cachedStatement(sql: "INSERT INTO text_open (first, count, data) VALUES (?, 1, ?)").execute(arguments: [number, Data(bytes)])
        } else {
            try db.cachedStatement(sql: "UPDATE text_open SET count = count + 1, data = CAST(data || ? AS BLOB)").execute(arguments: [Data(bytes)])
        }
    }

    private func insert(_ first: Int64, count: Int64, _ codec: Codec, _ data: [UInt8]) throws {
        let insert = try db.cachedStatement(sql: "INSERT INTO text_piece (data) VALUES (?)")
        var pieces: Int64 = 0
        for start in stride(from: 0, to: max(data.count, 1), by: Self.pieceSize) {
            try insert.execute(arguments: [Data(data[start..<min(start + Self.pieceSize, data.count)])])
            pieces += 1
        }
        try db.cachedStatement(sql: "INSERT INTO text_pack (first, count, codec, piece, pieces) VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: [first, count, codec.rawValue, db.lastInsertedRowID - pieces + 1, pieces])
    }

    /// Makes a pack of what gathered.
    private func close(_ newest: TextDictionary?) throws {
        let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT first, count, data FROM text_open"))!
        let (codec, data) = Self.frame(row[2], newest, .thorough)
        try insert(row.sound(0), count: row.sound(1), codec, data)
        try db.cachedStatement(sql: "DELETE FROM text_open").execute()
    }

    /// Compresses a pack unless that gains nothing.
    static func frame(_ pack: [UInt8], _ dictionary: TextDictionary?, _ effort: TextCompression.Effort) -> (codec: Codec, data: [UInt8]) {
        let frame = dictionary?.compress(pack, effort) ?? Zstd.compress(pack, level: effort.level)
        return frame.count < pack.count ? (.zstd, frame) : (.raw, pack)
    }
}
