import Foundation
import GRDB
import History

/// What ties a write-ahead log to its file.
///
/// SQLite does not: whatever whole log lies beside a file is read as its own, since nothing in a file says which log goes on from
/// it. So each transaction writes two random numbers into the table `local`: its own, and that of the transaction before. The file
/// as it is without its log has the number of a transaction that stands in the log, or of the one before the first of these.
/// Otherwise the two do not belong together: a file was copied to where another was, whose log was left behind; or file and log
/// were copied at two moments.
struct LogLink: Hashable {
    /// The row of the table `local` that holds it.
    static let key = "link"

    /// Of the transaction before; 0 if there was none.
    let before: UInt64
    let own: UInt64

    init(after before: UInt64) {
        self.before = before
        own = .random(in: 1 ... .max)
    }

    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        before = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        own = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// From a record of the table `local`; `nil` if that is of another key.
    init?(row: [UInt8]) {
        guard let values = StoredRecord.values(row), values.count == 2,
            values[0].text?.elementsEqual(Self.key.utf8) == true,
            let bytes = values[1].blob
        else { return nil }
        self.init(bytes)
    }

    var bytes: Data {
        Data(
            [before, own].flatMap { number in
                stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt64($0)) }
            })
    }

    /// Whether a file with this link can be what a log goes on from, or what was moved into the file out of it.
    func fits(_ log: [LogLink]) -> Bool {
        guard let first = log.first else { return true }
        return own == first.before || log.contains { $0.own == own }
    }
}

extension Identity {
    /// `nil` if no transaction has written one.
    var link: LogLink? {
        get throws {
            try Data.fetchOne(db.cachedStatement(sql: "SELECT value FROM local WHERE key = '\(LogLink.key)'")).flatMap {
                LogLink($0)
            }
        }
    }

    /// To be called once in each transaction, as it ends.
    func renewLink() throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO local (key, value) VALUES ('\(LogLink.key)', ?)")
            .execute(arguments: [LogLink(after: link?.own ?? 0).bytes])
    }
}

extension DatabaseFile {
    /// - Parameter links: those of the log, as it was just now.
    /// - Throws: `ArchiveError` of code `corrupt` if the log beside a file is another file's. Nothing was changed then.
    static func requireOwnLog(_ path: String, _ links: [LogLink]) throws {
        guard !links.isEmpty, let link = linkWithoutLog(path), !link.fits(links) else { return }
        let (target, log) = (path, (SystemPath(path).resolved?.text ?? path) + "-wal")
        // Somebody may have moved the log into the file meanwhile, and begun it anew: then the two are looked at again.
        for _ in 0..<5 {
            let before = try WriteAheadLog.beginning(log)
            guard let link = linkWithoutLog(path), !link.fits(try transactions(path).links) else { return }
            guard try WriteAheadLog.beginning(log) == before else { continue }
            throw ArchiveError(
                .corrupt,
                "\(log) does not belong to \(target): one of the two was copied here, or they were copied at different moments. Read together they would be mixed up",
                subject: log, remedy: .separateLog(log))
        }
    }

    /// As the file has it; `nil` if it has none, or cannot be read.
    private static func linkWithoutLog(_ path: String) -> LogLink? {
        guard let queue = try? ReadOnlyFile.withoutLog(path) else { return nil }
        defer { try? queue.close() }
        return try? queue.tolerantRead { try Identity(db: $0).link }
    }
}
