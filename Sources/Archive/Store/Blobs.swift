import Foundation
import GRDB

// How IDs stand in SQLite: as blobs.

extension Digest {
    var blob: Data { Data(bytes) }

    /// A digest out of a column whose CHECK constraint fixes its length.
    init(blob: Data) { self.init(bytes: blob)! }
}

extension Identifier {
    var blob: Data { Data(bytes) }

    init(blob: Data) { self.init(bytes: blob)! }
}

extension Row {
    /// A column's value in a file that may be damaged: a page that was emptied or exchanged gives values of any kind.
    func sound<Value: DatabaseValueConvertible>(_ index: Int, as type: Value.Type = Value.self) throws -> Value {
        guard let value = Value.fromDatabaseValue(self[index]) else {
            throw ArchiveError(.corrupt, "a row of the archive is damaged", advice: "`archivectl verify` says what else is")
        }
        return value
    }

    /// The bytes of a blob column.
    subscript(index: Int) -> [UInt8] {
        (try? withUnsafeData(atIndex: index) { data in data.map { [UInt8]($0) } ?? [] }) ?? []
    }
}
