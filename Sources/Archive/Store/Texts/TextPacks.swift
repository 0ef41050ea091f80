import Foundation
import GRDB
import History

/// The tables of packs: texts numbered in the order of their arrival, so many consecutive ones to a row.
///
/// A longer text has a row of its own. Short ones, such as changed sentences, gather in a row of a table of their own, until they
/// are enough to be compressed: together they compress far better, and a change appends to a few kilobytes only.
struct TextPacks {
    enum Codec: Int {
        case raw = 0
        case zstd = 1
    }

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

    /// A text as it is stored.
    /// - Throws: `ArchiveError` of code `corrupt` if no pack holds it, or that is damaged.
    func text(_ number: Int64) throws -> PackedText {
        if let pack = opened?.pack(of: number) { return try pack.text(number) }
        guard let pack = try pack(of: number) else {
            throw ArchiveError(.corrupt, "text number \(number) is not in the archive")
        }
        return try pack.text(number)
    }

    private func pack(of number: Int64) throws -> OpenedPack? {
        if let stored = try stored(number) {
            let pack = try OpenedPack(
                first: stored.first, count: Int(stored.count), bytes: unpack(stored.codec, data(stored)))
            opened?.add(pack)
            return pack
        }
        let statement = try db.cachedStatement(
            sql: "SELECT first, count, data FROM text_open WHERE first <= ? ORDER BY first DESC LIMIT 1")
        guard let row = try Row.fetchOne(statement, arguments: [number]), case let open = try OpenRow(row),
            open.range ~= number
        else { return nil }
        return try OpenedPack(first: open.range.lowerBound, count: open.range.count, bytes: row[2])
    }

    /// The row of the pack that holds a text, unless that is the one where texts gather.
    private func stored(_ number: Int64) throws -> StoredPack? {
        let statement = try db.cachedStatement(
            sql: "SELECT first, count, codec, piece, pieces FROM text_pack WHERE first <= ? ORDER BY first DESC LIMIT 1"
        )
        return try Row.fetchOne(statement, arguments: [number]).map { try StoredPack($0) }.flatMap {
            $0.range ~= number ? $0 : nil
        }
    }

    /// A row of the table of packs.
    struct StoredPack {
        let first, count: Int64
        let codec: Int
        fileprivate let pieces: ClosedRange<Int64>

        /// The numbers of its texts.
        var range: Range<Int64> { first..<first + count }

        init(_ row: Row) throws {
            let (piece, pieces): (Int64, Int64) = (try row[3], try row[4])
            (first, count, codec) = (try row[0], try row[1], try row[2])
            // Of a damaged file, these may be any numbers.
            let most = Int64(TextPacks.mostBytes / TextPacks.pieceSize + 1)
            guard 1..<1 << 48 ~= first, 1..<1 << 32 ~= count, 1..<1 << 48 ~= piece, 1...most ~= pieces else {
                throw ArchiveError.damagedRow
            }
            self.pieces = piece...piece + pieces - 1
        }
    }

    /// The row where texts gather: the numbers of its texts.
    struct OpenRow {
        let range: Range<Int64>

        init(_ row: Row) throws {
            let (first, count): (Int64, Int64) = (try row[0], try row[1])
            guard 1..<1 << 48 ~= first, 1..<1 << 32 ~= count else { throw ArchiveError.damagedRow }
            range = first..<first + count
        }
    }

    func data(_ pack: StoredPack) throws -> [UInt8] {
        let statement = try db.cachedStatement(sql: "SELECT data FROM text_piece WHERE id BETWEEN ? AND ? ORDER BY id")
        let rows = try Row.fetchCursor(statement, arguments: [pack.pieces.lowerBound, pack.pieces.upperBound])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pack.pieces.count * Self.pieceSize)
        while let row = try rows.next() { try row.withUnsafeData(atIndex: 0) { bytes += $0 ?? Data() } }
        return bytes
    }

    func unpack(_ codec: Int, _ data: [UInt8]) throws -> [UInt8] {
        guard codec == Codec.zstd.rawValue else { return data }
        return try Zstd.decompress(data, limit: Self.mostBytes) { try dictionary($0)?.readingForm }
    }

    // MARK: Writing

    /// The row where texts gather, if any do.
    private func open() throws -> (first: Int64, count: Int64, size: Int)? {
        let statement = try db.cachedStatement(sql: "SELECT first, count, length(data) FROM text_open")
        return try Row.fetchOne(statement).map { (try $0[0], try $0[1], try $0[2]) }
    }

    /// The number that the next text gets.
    private func next() throws -> Int64 {
        let next =
            (try Int64.fetchOne(db.cachedStatement(sql: "SELECT number FROM text ORDER BY number DESC LIMIT 1")) ?? 0)
            &+ 1
        try RowNumbers.check(next, of: "text")
        return next
    }

    /// Gives a text its number.
    private func enter(_ hash: TextHash, _ number: Int64) throws {
        try db.cachedStatement(sql: "INSERT INTO text (number, hash) VALUES (?, ?)").execute(arguments: [
            number, hash.blob,
        ])
    }

    /// Gives a number to a text that is not here.
    func reserve(_ hash: TextHash, with newest: TextDictionary?) throws -> Int64 {
        // What gathers has numbers one after another.
        if try open() != nil { try close(newest) }
        let number = try next()
        try enter(hash, number)
        return number
    }

    /// Appends a text and returns its number.
    /// - Parameters:
    ///   - base: the number of the text that `data` is spliced into.
    ///   - frame: a pack of the text alone, if it was made before.
    func append(
        hash: TextHash, size: Int, base: (number: Int64, depth: Int)?, data: @autoclosure () throws -> [UInt8],
        length: Int,
        frame: (codec: Codec, data: [UInt8])? = nil, with newest: TextDictionary?
    ) throws -> Int64 {
        var open = try open()
        let number = try next()
        if let gathering = open, gathering.first &+ gathering.count != number {
            try close(newest)
            open = nil
        }
        func text() throws -> PackedText {
            PackedText(
                size: size, back: base.map { number - $0.number } ?? 0, depth: base.map { $0.depth + 1 } ?? 0,
                data: try data())
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
        try enter(hash, number)
        return number
    }

    private func gather(_ bytes: [UInt8], _ number: Int64, isFirst: Bool) throws {
        if isFirst {
            try db.cachedStatement(sql: "INSERT INTO text_open (first, count, data) VALUES (?, 1, ?)").execute(
                arguments: [number, Data(bytes)])
        } else {
            try db.cachedStatement(sql: "UPDATE text_open SET count = count + 1, data = CAST(data || ? AS BLOB)")
                .execute(arguments: [Data(bytes)])
        }
    }

    func insert(_ first: Int64, count: Int64, _ codec: Codec, _ data: [UInt8]) throws {
        let insert = try db.cachedStatement(sql: "INSERT INTO text_piece (data) VALUES (?)")
        var pieces: Int64 = 0
        for start in stride(from: 0, to: max(data.count, 1), by: Self.pieceSize) {
            try insert.execute(arguments: [Data(data[start..<min(start + Self.pieceSize, data.count)])])
            pieces += 1
        }
        try RowNumbers.check(db.lastInsertedRowID, of: "text_piece")
        try db.cachedStatement(sql: "INSERT INTO text_pack (first, count, codec, piece, pieces) VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: [first, count, codec.rawValue, db.lastInsertedRowID - pieces + 1, pieces])
    }

    /// Makes a pack of what gathered.
    private func close(_ newest: TextDictionary?) throws {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT first, count, data FROM text_open")) else {
            return
        }
        let (codec, data) = Self.frame(row[2], newest, .thorough)
        try insert(row[0], count: row[1], codec, data)
        try db.cachedStatement(sql: "DELETE FROM text_open").execute()
    }

    // MARK: Repairing

    /// Stores a whole text in the place of one that is damaged or missing.
    func replace(_ number: Int64, size: Int, _ data: [UInt8], with newest: TextDictionary?) throws {
        try remove(number, with: newest)
        let (codec, packed) = Self.frame(PackedText(size: size, back: 0, depth: 0, data: data).bytes, newest, effort)
        try insert(number, count: 1, codec, packed)
    }

    /// Takes a text out of its pack. What lies there with it, as far as it can be read, gets packs of its own.
    func remove(_ number: Int64, with newest: TextDictionary?) throws {
        if let stored = try? stored(number) {
            let others = try? OpenedPack(
                first: stored.first, count: Int(stored.count), bytes: unpack(stored.codec, self.data(stored)))
            try db.execute(sql: "DELETE FROM text_pack WHERE first = ?", arguments: [stored.first])
            try deletePieces(stored.pieces)
            try insert(others, without: number, newest)
        } else if let row = try Row.fetchOne(db, sql: "SELECT first, count, data FROM text_open"),
            (try? OpenRow(row))?.range.contains(number) ?? true
        {
            let open = try? OpenRow(row)
            let others = try? open.map {
                try OpenedPack(first: $0.range.lowerBound, count: $0.range.count, bytes: row[2])
            }
            try db.execute(sql: "DELETE FROM text_open")
            try insert(others ?? nil, without: number, newest)
        }
        opened?.forget()
    }

    /// Deletes pieces, except those that other packs say are theirs: of a damaged row, the numbers may be any.
    private func deletePieces(_ pieces: ClosedRange<Int64>) throws {
        let isShared = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM text_pack WHERE piece <= ?2 AND piece + pieces > ?1)",
            arguments: [pieces.lowerBound, pieces.upperBound])!
        guard !isShared else { return }
        try db.execute(
            sql: "DELETE FROM text_piece WHERE id BETWEEN ? AND ?", arguments: [pieces.lowerBound, pieces.upperBound])
    }

    private func insert(_ pack: OpenedPack?, without number: Int64, _ newest: TextDictionary?) throws {
        guard let pack else { return }
        for other in pack.first..<pack.end where other != number {
            guard let text = try? pack.text(other) else { continue }
            let (codec, data) = Self.frame(text.bytes, newest, effort)
            try insert(other, count: 1, codec, data)
        }
    }

    /// Compresses a pack unless that gains nothing.
    static func frame(_ pack: [UInt8], _ dictionary: TextDictionary?, _ effort: TextCompression.Effort) -> (
        codec: Codec, data: [UInt8]
    ) {
        let frame = dictionary?.compress(pack, effort) ?? Zstd.compress(pack, level: effort.level)
        return frame.count < pack.count ? (.zstd, frame) : (.raw, pack)
    }
}
