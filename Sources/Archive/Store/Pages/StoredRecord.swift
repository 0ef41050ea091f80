/// A value as it stands in a file of SQLite.
enum StoredValue: Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text([UInt8])
    case blob([UInt8])

    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var blob: [UInt8]? { if case .blob(let bytes) = self { bytes } else { nil } }
    var text: [UInt8]? { if case .text(let bytes) = self { bytes } else { nil } }
    var isNull: Bool { self == .null }
}

/// SQLite's record format (sqlite.org/fileformat2.html, section 2.1), read without SQLite: from bytes that may be any.
enum StoredRecord {
    /// No table of ours has more columns.
    private static let mostColumns = 20

    /// The values of a record; `nil` if the bytes are none, to their very end.
    static func values(_ bytes: [UInt8]) -> [StoredValue]? {
        var position = 0
        guard let header = StoredVarint.read(bytes, at: &position), header <= bytes.count, header >= position else {
            return nil
        }
        var (types, body) = ([Int64](), Int(header))
        while position < Int(header) {
            guard let type = StoredVarint.read(bytes, at: &position), type >= 0, types.count < mostColumns else {
                return nil
            }
            types.append(type)
        }
        guard position == Int(header), !types.isEmpty else { return nil }
        var values: [StoredValue] = []
        for type in types {
            guard let size = size(of: type), size <= bytes.count - body else { return nil }
            values.append(value(type, bytes[body..<body + size]))
            body += size
        }
        return body == bytes.count ? values : nil
    }

    /// How many bytes a value takes; `nil` of a type that is reserved.
    private static func size(of type: Int64) -> Int? {
        switch type {
        case 0, 8, 9: 0
        case 1...4: Int(type)
        case 5: 6
        case 6, 7: 8
        case 12...Int64(Int32.max): Int((type - 12) / 2)
        default: nil
        }
    }

    private static func value(_ type: Int64, _ bytes: ArraySlice<UInt8>) -> StoredValue {
        switch type {
        case 0: .null
        case 1...6: .integer(bytes.dropFirst().reduce(Int64(Int8(bitPattern: bytes.first!))) { $0 << 8 | Int64($1) })
        case 7: .real(Double(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
        case 8: .integer(0)
        case 9: .integer(1)
        default: type % 2 == 0 ? .blob(Array(bytes)) : .text(Array(bytes))
        }
    }
}

/// SQLite's integers of variable length: seven bits a byte, the highest first, and all eight of a ninth.
enum StoredVarint {
    /// `nil` if the bytes end before it does.
    static func read(_ bytes: [UInt8], at position: inout Int) -> Int64? {
        var value: UInt64 = 0
        for count in 0..<9 {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            if count == 8 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte < 0x80 { return Int64(bitPattern: value) }
        }
        return nil
    }
}
