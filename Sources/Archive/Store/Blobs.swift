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
    /// The bytes of a blob column.
    subscript(index: Int) -> [UInt8] {
        (try? withUnsafeData(atIndex: index) { data in data.map { [UInt8]($0) } ?? [] }) ?? []
    }
}
