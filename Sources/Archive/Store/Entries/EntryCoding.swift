import History
import Prose

/// How entries' bytes are kept in the file: without repeating what the file holds already.
///
/// Most of a revision's canonical JSON are hashes of entries and texts that have rows of their own, and the same few keys.
/// Canonical JSON has no byte below 0x20, so these stand for what was taken out:
///
///     01 n       the 64 hexadecimal digits of the hash of entry row n
///     02 n       the 64 hexadecimal digits of the hash of text number n
///     03 …       64 hexadecimal digits, as 32 bytes
///     04 …       32 hexadecimal digits, as 16 bytes
///     05 n       a time, in milliseconds since 1970, that stands there as RFC 3339
///     06 – 1E    the phrase of that number in `phrases`
///     1F n       the member `fields` as it stands in entry row n, where it is no such reference itself
///
/// `n` is a varint: seven bits a byte, the lowest first, the highest bit set in all but the last. Bytes that are no canonical
/// JSON follow a 00. What is unpacked is what was packed, byte for byte; verifying compares it with the entry's hash.
enum EntryCoding {
    /// The row that a hash names.
    enum Reference { case entry(Int64), text(Int64) }

    /// The bytes of a member `fields`, and the entry row that they stand in.
    struct HeldFields {
        let row: Int64
        let bytes: [UInt8]
    }

    private enum Mark {
        static let verbatim: UInt8 = 0, entry: UInt8 = 1, text: UInt8 = 2, hash: UInt8 = 3, identifier: UInt8 = 4,
            time: UInt8 = 5
        static let firstPhrase: UInt8 = 6, fields: UInt8 = 0x1F
    }

    /// In the files for good: 25 is all there is room for.
    static let phrases: [[UInt8]] = [
        "{\"fields\":{", "{\"author\":\"", "\",\"fields\":{", "\"title\":\"", "\"tags\":[\"", "\"},\"item\":\"",
        ",\"item\":\"",
        "\"},\"kind\":\"essay\",\"parents\":[\"", "\",\"kind\":\"essay\",\"parents\":[\"", "\"},\"kind\":\"essay\"",
        "\"],\"text\":\"",
        "\",\"v\":1,\"written\":\"", "\",\"v\":1}", ",\"v\":1,\"written\":\"", "\"cuts\":[[\"", "]],\"encoding\":\"",
        "utf-8\",\"mediaType\":\"text/plain",
        "\",\"name\":\"", "\"],\"source\":\"", "\"},\"kind\":\"source\",\"text\":\"", "\",\"kind\":\"annotation\"",
        ",\"nonce\":\"",
        "\"],\"tombstone\":1,\"v\":1,\"written\":\"", "\",\"mediaType\":\"", "\",\"text\":\"",
    ].map { Array($0.utf8) }

    /// The phrases by their first byte, the longest first.
    private static let phrasesByFirst: [[(number: UInt8, bytes: [UInt8])]] = {
        var table = [[(number: UInt8, bytes: [UInt8])]](repeating: [], count: 256)
        for (index, phrase) in phrases.enumerated() {
            table[Int(phrase[0])].append((Mark.firstPhrase + UInt8(index), phrase))
        }
        return table.map { $0.sorted { $0.bytes.count > $1.bytes.count } }
    }()

    // MARK: Packing

    /// - Parameters:
    ///   - fields: fields that the entry may have as well.
    ///   - reference: the row of a hash given by its 32 bytes, if it has one.
    static func pack(_ bytes: [UInt8], fields: HeldFields? = nil, reference: ([UInt8]) throws -> Reference?) rethrows
        -> [UInt8]
    {
        guard bytes.first == UInt8(ascii: "{"), bytes.allSatisfy({ $0 >= 0x20 }) else { return [Mark.verbatim] + bytes }
        var packed: [UInt8] = []
        packed.reserveCapacity(bytes.count / 3)
        guard let fields, let place = Self.fields(in: bytes), bytes[place].elementsEqual(fields.bytes) else {
            try pack(bytes, bytes.indices, to: &packed, reference)
            return packed
        }
        try pack(bytes, 0..<place.lowerBound, to: &packed, reference)
        packed.append(Mark.fields)
        Varint.append(UInt64(bitPattern: fields.row), to: &packed)
        try pack(bytes, place.upperBound..<bytes.count, to: &packed, reference)
        return packed
    }

    private static func pack(
        _ bytes: [UInt8], _ range: Range<Int>, to packed: inout [UInt8], _ reference: ([UInt8]) throws -> Reference?
    ) rethrows {
        var position = range.lowerBound
        while position < range.upperBound {
            if let (number, length) = phrase(bytes, at: position, before: range.upperBound) {
                packed.append(number)
                position += length
            } else if let digits = quotedHex(bytes, at: position) {
                // The opening quotation mark belongs to a phrase or to what was copied.
                try append(digits, to: &packed, reference)
                position += digits.count * 2
            } else if let time = time(bytes, at: position) {
                packed.append(Mark.time)
                Varint.append(UInt64(time.milliseconds), to: &packed)
                position += 24
            } else {
                packed.append(bytes[position])
                position += 1
            }
        }
    }

    /// Where the member `fields` stands in a revision's canonical bytes: behind an author at most, and to the first brace that
    /// the member `item` or `kind` follows.
    static func fields(in bytes: [UInt8]) -> Range<Int>? {
        let key = Array("\"fields\":{".utf8)
        var start = 1
        if matches(Array("{\"author\":\"".utf8), bytes, 0) {
            let quote = UInt8(ascii: "\"")
            start = 11
            while start < bytes.count, bytes[start] != quote { start += bytes[start] == UInt8(ascii: "\\") ? 2 : 1 }
            start += 2
        }
        guard matches(key, bytes, start) else { return nil }
        let followers = ["},\"item\":\"", "},\"kind\":\""].map { Array($0.utf8) }
        for end in start + key.count..<max(start + key.count, bytes.count) where bytes[end] == UInt8(ascii: "}") {
            if followers.contains(where: { matches($0, bytes, end) }) { return start..<end + 1 }
        }
        return nil
    }

    private static func phrase(_ bytes: [UInt8], at position: Int, before end: Int) -> (number: UInt8, length: Int)? {
        for phrase in phrasesByFirst[Int(bytes[position])]
        where position + phrase.bytes.count <= end && matches(phrase.bytes, bytes, position) {
            return (phrase.number, phrase.bytes.count)
        }
        return nil
    }

    private static func matches(_ phrase: [UInt8], _ bytes: [UInt8], _ position: Int) -> Bool {
        guard position + phrase.count <= bytes.count else { return false }
        for index in phrase.indices where bytes[position + index] != phrase[index] { return false }
        return true
    }

    /// The bytes of exactly 64 or 32 hexadecimal digits between quotation marks.
    private static func quotedHex(_ bytes: [UInt8], at position: Int) -> [UInt8]? {
        let quote = UInt8(ascii: "\"")
        guard position > 0, bytes[position - 1] == quote, isHex(bytes[position]) else { return nil }
        var end = position
        while end < bytes.count, end - position <= 64, isHex(bytes[end]) { end += 1 }
        let length = end - position
        guard length == 64 || length == 32, end < bytes.count, bytes[end] == quote else { return nil }
        return (0..<length / 2).map { value(bytes[position + 2 * $0]) << 4 | value(bytes[position + 2 * $0 + 1]) }
    }

    private static func isHex(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 || byte >= 0x61 && byte <= 0x66 }
    private static func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }

    private static func append(
        _ digits: [UInt8], to packed: inout [UInt8], _ reference: ([UInt8]) throws -> Reference?
    ) rethrows {
        switch digits.count == 32 ? try reference(digits) : nil {
        case .entry(let row)?:
            packed.append(Mark.entry)
            Varint.append(UInt64(bitPattern: row), to: &packed)
        case .text(let row)?:
            packed.append(Mark.text)
            Varint.append(UInt64(bitPattern: row), to: &packed)
        case nil:
            packed.append(digits.count == 32 ? Mark.hash : Mark.identifier)
            packed += digits
        }
    }

    private static func time(_ bytes: [UInt8], at position: Int) -> Timestamp? {
        guard position + 24 <= bytes.count, bytes[position + 23] == UInt8(ascii: "Z"),
            bytes[position + 10] == UInt8(ascii: "T"),
            let time = Timestamp(String(decoding: bytes[position..<position + 24], as: UTF8.self)),
            time.milliseconds >= 0
        else { return nil }
        return time
    }

    /// The two forms in which a hash can stand in packed bytes: by its row, and as it is, if it had none at that time.
    static func forms(of reference: Reference, hash: [UInt8]) -> (row: [UInt8], plain: [UInt8]) {
        var row: [UInt8] = []
        append(hash, to: &row) { _ in reference }
        return (row, [Mark.hash] + hash)
    }

    // MARK: Unpacking

    /// - Parameters:
    ///   - fields: the member `fields` that stands in a row; throws if none does.
    ///   - hash: the hash in a row; throws if there is no such row.
    /// - Throws: `ArchiveError` of code `corrupt` if the bytes are not what `pack` makes.
    static func unpack(_ packed: [UInt8], fields: (Int64) throws -> [UInt8], hash: (Reference) throws -> [UInt8]) throws
        -> [UInt8]
    {
        if packed.first == Mark.verbatim { return Array(packed.dropFirst()) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(packed.count * 4)
        var reader = Reader(packed: packed)
        var hasFields = false
        while let byte = reader.next() {
            switch byte {
            case Mark.entry: try append(hex: hash(.entry(reader.varint())), to: &bytes)
            case Mark.text: try append(hex: hash(.text(reader.varint())), to: &bytes)
            case Mark.hash: try append(hex: reader.take(32), to: &bytes)
            case Mark.identifier: try append(hex: reader.take(16), to: &bytes)
            case Mark.time: bytes += try Timestamp(milliseconds: reader.varint()).description.utf8
            case Mark.fields:
                // Once: what a damaged row unpacks to is bounded.
                guard !hasFields else { throw damaged }
                hasFields = true
                bytes += try fields(reader.varint())
            case Mark.firstPhrase..<Mark.fields:
                let number = Int(byte - Mark.firstPhrase)
                guard number < phrases.count else { throw damaged }
                bytes += phrases[number]
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    /// The row in which the fields of a packed entry stand; `nil` if that is its own.
    static func fieldsReference(_ packed: [UInt8]) throws -> Int64? {
        var reference: Int64?
        _ = try unpack(packed) { row in
            reference = row
            return []
        } hash: { _ in
            []
        }
        return reference
    }

    private static func append(hex: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in hex {
            bytes.append(digit(byte >> 4))
            bytes.append(digit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x57 }

    static var damaged: ArchiveError { ArchiveError(.corrupt, "an entry is not stored as it should be") }

    private struct Reader {
        let packed: [UInt8]
        var position = 0

        mutating func next() -> UInt8? {
            guard position < packed.count else { return nil }
            defer { position += 1 }
            return packed[position]
        }

        mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
            guard position + count <= packed.count else { throw damaged }
            defer { position += count }
            return packed[position..<position + count]
        }

        mutating func varint() throws -> Int64 {
            guard let value = Varint.read(packed, at: &position) else { throw damaged }
            return value
        }
    }
}
