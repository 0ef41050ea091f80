import Foundation
import GRDB

/// One text as it lies in a pack: its hash, then four varints (seven bits a byte, the lowest first, the highest bit set in all
/// but the last) — bytes of the text, how many numbers before it its base has (0: none), how many bases lie below, bytes of what
/// follows — and the text's bytes, or its splices against the base.
struct PackedText {
    let hash: TextHash
    let size: Int
    let back: Int64
    let depth: Int
    let data: [UInt8]

    var bytes: [UInt8] {
        var bytes = hash.bytes
        for number in [UInt64(size), UInt64(back), UInt64(depth), UInt64(data.count)] { Varint.append(number, to: &bytes) }
        return bytes + data
    }

    init(hash: TextHash, size: Int, back: Int64, depth: Int, data: [UInt8]) {
        self.hash = hash
        self.size = size
        self.back = back
        self.depth = depth
        self.data = data
    }

    /// Reads the text that begins at `position`, and goes on to the next.
    init(in pack: [UInt8], at position: inout Int) throws {
        let begin = position
        let (size, back, depth, count) = try Self.numbers(in: pack, at: &position)
        self.init(
            hash: TextHash(bytes: pack[begin..<begin + 32])!, size: Int(size), back: back, depth: Int(depth),
            data: Array(pack[position..<position + count]))
        position += count
    }

    /// Goes on to the next text.
    static func skip(in pack: [UInt8], at position: inout Int) throws { position += try numbers(in: pack, at: &position).count }

    private static func numbers(in pack: [UInt8], at position: inout Int) throws -> (size: Int64, back: Int64, depth: Int64, count: Int) {
        guard position + 32 <= pack.count else { throw damaged }
        position += 32
        func number() throws -> Int64 {
            guard let number = Varint.read(pack, at: &position) else { throw damaged }
            return number
        }
        let numbers = (try number(), try number(), try number(), Int(try number()))
        guard numbers.3 <= pack.count - position else { throw damaged }
        return numbers
    }

    private static var damaged: ArchiveError { ArchiveError(.corrupt, "a pack of texts is not as it should be") }
}

/// The table of packs: texts numbered in the order of their arrival, so many consecutive ones to a row.
///
/// A longer text has a row of its own. Short ones, such as changed sentences, gather in the last row, which stays uncompressed
/// until it is full: together they compress far better, and a change appends to a few kilobytes only.
struct TextPacks {
    enum Codec: Int { case raw = 0, zstd = 1 }

    /// A pack that has come to this many bytes is compressed.
    private static let fullPack = 8 << 10
    /// Texts up to this many bytes, or their splices, gather with others.
    private static let gathered = 2 << 10
    /// What a pack may unpack to.
    private static let mostBytes = TextStore.maximumSize + 128

    let db: Database
    /// Finds a zstd dictionary by its ID.
    let dictionary: (UInt32) throws -> TextDictionary?

    // MARK: Reading

    func text(_ number: Int64) throws -> PackedText {
        let statement = try db.cachedStatement(
            sql: "SELECT first, count, codec, data FROM text_pack WHERE first <= ? ORDER BY first DESC LIMIT 1")
        guard let row = try Row.fetchOne(statement, arguments: [number]),
            case let (first, count) = (try row.sound(0, as: Int64.self), try row.sound(1, as: Int64.self)), first..<first + max(count, 0) ~= number
        else {
            throw ArchiveError(.corrupt, "text number \(number) is not in the archive", advice: "`archivectl verify` says what else is missing")
        }
        let pack = try unpack(row.sound(2), row[3])
        var position = 0
        for _ in first..<number { try PackedText.skip(in: pack, at: &position) }
        return try PackedText(in: pack, at: &position)
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

    private struct Last {
        var first: Int64, count: Int64, isOpen: Bool, size: Int

        var next: Int64 { first + count }
    }

    private func last() throws -> Last? {
        let statement = try db.cachedStatement(
            sql: "SELECT first, count, codec, length(data) FROM text_pack ORDER BY first DESC LIMIT 1")
        return try Row.fetchOne(statement).map { row in
            let size: Int = try row.sound(3)
            return Last(
                first: try row.sound(0), count: try row.sound(1),
                isOpen: try row.sound(2) == Codec.raw.rawValue && size < Self.fullPack, size: size)
        }
    }

    /// Appends a text and returns its number.
    /// - Parameters:
    ///   - base: the number of the text that `data` is spliced into.
    ///   - frame: a pack of the text alone, if it was made before.
    func append(
        hash: TextHash, size: Int, base: (number: Int64, depth: Int)?, data: @autoclosure () throws -> [UInt8], length: Int,
        frame: (codec: Codec, data: [UInt8])? = nil, with newest: TextDictionary?
    ) throws -> Int64 {
        let last = try last()
        let number = last?.next ?? 1
        func text() throws -> PackedText {
            PackedText(
                hash: hash, size: size, back: base.map { number - $0.number } ?? 0, depth: base.map { $0.depth + 1 } ?? 0, data: try data())
        }
        if length <= Self.gathered {
            try gather(text().bytes, number, last, newest)
        } else {
            if let last, last.isOpen { try close(last.first, newest) }
            let (codec, packed) = try frame ?? Self.frame(text().bytes, newest, isGathered: false)
            try insert(number, codec, packed)
        }
        try db.cachedStatement(sql: "INSERT INTO text_number (hash, number) VALUES (?, ?)")
            .execute(arguments: [hash.blob.prefix(TextStore.keyLength), number])
        return number
    }

    private func gather(_ bytes: [UInt8], _ number: Int64, _ last: Last?, _ newest: TextDictionary?) throws {
        guard let last, last.isOpen else { return try insert(number, .raw, bytes) }
        try db.cachedStatement(sql: "UPDATE text_pack SET count = count + 1, data = CAST(data || ? AS BLOB) WHERE first = ?")
            .execute(arguments: [Data(bytes), last.first])
        if last.size + bytes.count >= Self.fullPack { try close(last.first, newest) }
    }

    private func insert(_ first: Int64, _ codec: Codec, _ data: [UInt8]) throws {
        try db.cachedStatement(sql: "INSERT INTO text_pack (first, count, codec, data) VALUES (?, 1, ?, ?)")
            .execute(arguments: [first, codec.rawValue, Data(data)])
    }

    private func close(_ first: Int64, _ newest: TextDictionary?) throws {
        let statement = try db.cachedStatement(sql: "SELECT data FROM text_pack WHERE first = ?")
        let (codec, data) = Self.frame(try Row.fetchOne(statement, arguments: [first])![0], newest, isGathered: true)
        guard codec == .zstd else { return }
        try db.cachedStatement(sql: "UPDATE text_pack SET codec = ?, data = ? WHERE first = ?")
            .execute(arguments: [codec.rawValue, Data(data), first])
    }

    /// Compresses a pack unless that gains nothing.
    static func frame(_ pack: [UInt8], _ dictionary: TextDictionary?, isGathered: Bool) -> (codec: Codec, data: [UInt8]) {
        let frame = dictionary?.compress(pack, isGathered: isGathered) ?? Zstd.compress(pack)
        return frame.count < pack.count ? (.zstd, frame) : (.raw, pack)
    }
}

/// Integers in as few bytes as they need: seven bits a byte, the lowest first, the highest bit set in all but the last (LEB128).
enum Varint {
    static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Reads one of at most 56 bits; `nil` if there is none.
    static func read(_ bytes: [UInt8], at position: inout Int) -> Int64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 56 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(value) }
            shift += 7
        }
        return nil
    }
}
