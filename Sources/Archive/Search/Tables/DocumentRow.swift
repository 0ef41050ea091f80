import Foundation
import GRDB

/// A row of the table `document`.
struct DocumentRow {
    let item: Data
    /// One side of a conflict; `nil`: what the item shows.
    let revision: Data?
    let kind: Int
    /// The essay of an annotation.
    let target: Data?
    let title: String
    let isMarkdown: Bool
    /// Milliseconds since 1970, UTC.
    let modified, dated: Int64

    static let columns = "item, revision, kind, target, title, is_markdown, modified, dated"

    init(_ document: SearchDocument) {
        (item, revision, kind) = (document.item.blob, document.revision?.entry.blob, document.kind.rawValue)
        (target, title, isMarkdown) = (document.target?.blob, Self.stored(document.title), document.isMarkdown)
        (modified, dated) = (document.modified, document.dated)
    }

    /// - Parameter first: the column at which the row begins.
    init(_ row: Row, from first: Int) throws {
        (item, revision, kind) = (try row[first], try row[first + 1], try row[first + 2])
        (target, title, isMarkdown) = (try row[first + 3], try row[first + 4], try row[first + 5])
        (modified, dated) = (try row[first + 6], try row[first + 7])
    }

    /// A string as SQLite gives it back: what stands before the first NUL.
    static func stored(_ text: String) -> String {
        text.utf8.contains(0) ? String(text.unicodeScalars.prefix { $0.value != 0 }) : text
    }

    func arguments(id: Int64, checksum: UInt64) -> StatementArguments {
        [id, item, revision, kind, target, title, isMarkdown, modified, dated, Int64(bitPattern: checksum)]
    }

    /// - Parameter id: the document's number.
    func checksum(id: Int64) -> UInt64 {
        var bytes = Array(item)
        for part in [revision, target] {
            bytes.append(part == nil ? 0 : 1)
            bytes += part ?? Data()
        }
        for number in [Int64(kind), isMarkdown ? 1 : 0, modified, dated] {
            withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
        }
        bytes += title.utf8
        return bytes.withUnsafeBytes { RowChecksum.of($0, at: UInt64(bitPattern: id)) }
    }
}
