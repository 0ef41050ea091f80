import Foundation
import History

/// The pages of a database file, and of the write-ahead log beside it, read without SQLite.
///
/// To close it gives up the locks that this process has on the file (POSIX): it must outlive the connections to it.
final class PageFile {
    /// Of files of ours.
    static let usualPageSize = 16384

    let pageSize: Int
    /// How many pages there are, a last one that was cut included.
    let count: Int
    /// How many pages the file says that it has; `nil` if that is not to be trusted.
    let claimedCount: Int?

    private let file: FileHandle
    private let log: WriteAheadLog?
    /// Where the log has the last form of a page.
    private let logged: [UInt32: Int]
    /// How many more bytes overflow pages may bring: each is a part of one record, in a whole file.
    private var budget: Int

    /// - Throws: `ArchiveError` if the file cannot be read.
    init(_ path: String) throws {
        let path = SystemPath(path).resolved?.text ?? path
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ArchiveError(
                .cannotWrite, "\(path) cannot be read: \(String(cString: strerror(errno)))",
                subject: path, remedy: .checkPermissions)
        }
        let bytes = Int(try file.seekToEnd())
        let header = Self.read(file, at: 0, 100)
        let size = Self.pageSize(file, bytes, header)
        var log = try WriteAheadLog(path + "-wal").flatMap { $0.pageSize == size ? $0 : nil }
        log?.restoreNumbers()
        let logged = log?.lastForms() ?? [:]
        (self.file, self.log, self.logged, pageSize) = (file, log, logged, size)
        count = max((bytes + size - 1) / size, logged.keys.max().map { Int($0) } ?? 0)
        let claimed = header.count == 100 ? header[28..<32].reduce(0) { $0 << 8 | Int($1) } : 0
        claimedCount = header.starts(with: "SQLite format 3\u{0}".utf8) && claimed > 0 && log == nil ? claimed : nil
        budget = 4 * count * size
    }

    /// The size that the header says, or the usual one: whichever finds more pages.
    private static func pageSize(_ file: FileHandle, _ bytes: Int, _ header: [UInt8]) -> Int {
        let said =
            header.count < 18 ? 0 : header[16] == 0 && header[17] == 1 ? 65536 : Int(header[16]) << 8 | Int(header[17])
        guard said != usualPageSize, said >= 512, said & (said - 1) == 0 else { return usualPageSize }
        func found(_ size: Int) -> Int {
            let pages = bytes / size
            return stride(from: 1, to: pages, by: max(1, pages / 64)).reduce(0) { found, page in
                found + (TreePage(read(file, at: page * size, size))?.isWhole == true ? size : 0)
            }
        }
        return found(usualPageSize) >= found(said) ? usualPageSize : said
    }

    private static func read(_ file: FileHandle, at offset: Int, _ count: Int) -> [UInt8] {
        guard (try? file.seek(toOffset: UInt64(offset))) != nil, let data = try? file.read(upToCount: count) else {
            return []
        }
        return [UInt8](data)
    }

    /// A page, the first being 1: as the log has it last, else as the file has it. What is cut off is filled with zeros.
    func page(_ number: Int) -> [UInt8]? {
        guard 1...max(1, count) ~= number else { return nil }
        if let place = UInt32(exactly: number).flatMap({ logged[$0] }) { return log?.page(at: place) }
        let bytes = Self.read(file, at: (number - 1) * pageSize, pageSize)
        return bytes.isEmpty ? nil : bytes + [UInt8](repeating: 0, count: pageSize - bytes.count)
    }

    /// The bytes of a record, those in overflow pages included; `nil` if there are too few.
    func record(_ cell: TreePage.Cell, in page: TreePage) -> [UInt8]? {
        var bytes = Array(page.bytes[cell.content])
        guard cell.next != 0 else { return bytes }
        guard cell.size <= budget else { return nil }
        budget -= cell.size
        var next = cell.next
        while bytes.count < cell.size {
            guard next > 1, let overflow = self.page(Int(next)) else { return nil }
            next = overflow[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            bytes += overflow[4...].prefix(cell.size - bytes.count)
        }
        return bytes
    }
}
