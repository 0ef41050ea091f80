import Foundation
import GRDB
import History

// How values stand in SQLite. A file may be damaged: a page that was emptied or exchanged gives values of any kind, so nothing
// here relies on the columns' types and CHECK constraints.

extension Digest {
    var blob: Data { Data(bytes) }

    /// - Throws: `ArchiveError` of code `corrupt` if it is not of 32 bytes.
    init(blob: Data) throws {
        guard let digest = Self(bytes: blob) else { throw ArchiveError.damagedRow }
        self = digest
    }
}

extension Identifier {
    var blob: Data { Data(bytes) }

    /// - Throws: `ArchiveError` of code `corrupt` if it is not of 16 bytes.
    init(blob: Data) throws {
        guard let identifier = Self(bytes: blob) else { throw ArchiveError.damagedRow }
        self = identifier
    }
}

// These stand in front of GRDB's subscripts, which end the process where a column holds something else.
extension Row {
    /// A column's value.
    /// - Throws: `RowDecodingError` if it is of another type, which comes out of `Archive` as an `ArchiveError` of code `corrupt`.
    subscript<Value: DatabaseValueConvertible>(index: Int) -> Value {
        get throws { try decode(Value.self, atIndex: index) }
    }

    /// A column's value.
    /// - Throws: `RowDecodingError` if it is of another type.
    subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(index: Int) -> Value {
        get throws { try decode(Value.self, atIndex: index) }
    }

    /// The bytes of a blob column; none of any other.
    subscript(index: Int) -> [UInt8] {
        (try? withUnsafeData(atIndex: index) { data in data.map { [UInt8]($0) } ?? [] }) ?? []
    }
}
