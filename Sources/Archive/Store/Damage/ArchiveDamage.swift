import Foundation
import GRDB
import History

/// The texts and entries of an archive that are damaged or missing.
public struct ArchiveDamage: Sendable {
    public internal(set) var texts: Set<TextHash>
    /// The numbers of these texts when they were read; an index that finds them by their hashes may be damaged.
    var numbers: [TextHash: Int64] = [:]
    /// By row: a hash may be damaged itself.
    var entries: [Int64: EntryID?]

    public var isEmpty: Bool { texts.isEmpty && entries.isEmpty }
    public var count: Int { texts.count + entries.count }
}

extension Archive {
    /// Reads all texts and entries. Takes as long as `verify`.
    public func damage() throws -> ArchiveDamage {
        try read { reader in
            var verification = Verification(db: reader.db)
            try verification.checkContents()
            let numbers = try verification.damagedTexts.keys.map { (try reader.texts.hash(id: $0), $0) }
            return ArchiveDamage(
                texts: Set(numbers.map(\.0)), numbers: Dictionary(numbers) { first, _ in first },
                entries: verification.damagedEntries.mapValues(\.id))
        }
    }

    /// Takes what is damaged from another archive's file, such as a backup.
    public func repair(_ damage: inout ArchiveDamage, fromFile path: String) throws {
        let queue = try DatabaseFile.translatingErrors(path) { try DatabaseFile.openBackup(path) }
        let wanted = damage
        damage = try DatabaseFile.translatingErrors(path) {
            try queue.tolerantRead { db in
                let source = ArchiveReader(db: db)
                return try write { writer in
                    guard try source.archiveID == writer.unrefreshedReader.archiveID else {
                        throw ArchiveError(.badInput, "\(path) holds another archive, \(try source.archiveID)")
                    }
                    var left = wanted
                    try writer.repair(&left, from: source)
                    try writer.takeLogs(of: source)
                    return left
                }
            }
        }
    }
}

extension ArchiveWriter {
    /// Takes the entries that another archive's file has and this one has not, as a synchronization with it would.
    fileprivate func takeLogs(of source: ArchiveReader) throws {
        for (replica, end) in try source.vector().sorted(by: { $0.key < $1.key })
        where try !unrefreshedReader.isAt(end, of: replica) {
            var (batch, start, position): ([LogEntry], LogPosition, LogPosition) = ([], .start, .start)
            try source.forEachSoundEntry(of: replica, in: 1...end.sequence) { entry in
                batch.append(entry)
                position = position.appending(entry.id)
                if batch.count < Self.batch { return true }
                try apply(batch, after: start)
                (batch, start) = ([], position)
                return true
            }
            try apply(batch, after: start)
        }
    }

    private static var batch: Int { 1000 }

    /// Takes what is damaged from entries that a remote holds.
    public func repair(_ damage: inout ArchiveDamage, from entries: [LogEntry]) throws {
        for entry in entries {
            for (row, id) in damage.entries where try id == entry.id || id == nil && fits(entry, row) {
                try restore(entry.bytes, kind: entry.kind, row: row)
                damage.entries[row] = nil
                try expectText(of: entry.bytes, entry.kind, &damage)
            }
            guard let text = entry.text, damage.texts.contains(text.hash) else { continue }
            // One that is damaged there, too, or rests on one that is: another may bring it.
            do {
                try repair(text)
                damage.texts.remove(text.hash)
            } catch  where isDamage(error) || (error as? ArchiveError)?.code == .badInput {}
        }
    }

    /// Takes what is damaged from another archive's file.
    func repair(_ damage: inout ArchiveDamage, from source: ArchiveReader) throws {
        for (row, id) in damage.entries {
            guard let id, let other = try source.entries.row(of: id), let bytes = try? source.entries.bytes(row: other)
            else { continue }
            let kind = try String.fetchOne(source.db, sql: "SELECT kind FROM entry WHERE id = ?", arguments: [other])
                .map { EntryKind(rawValue: $0) }
            try restore(bytes, kind: kind ?? .revision, row: row)
            damage.entries[row] = nil
            try expectText(of: bytes, kind ?? .revision, &damage)
        }
        for hash in damage.texts {
            guard let bytes = try? source.text(hash) else { continue }
            try repair(EncodedText(hash: hash, base: nil, data: bytes))
            damage.texts.remove(hash)
        }
    }

    /// Puts an entry's bytes, which have its hash, in their place again.
    private func restore(_ bytes: [UInt8], kind: EntryKind, row: Int64) throws {
        let packed = EntryCoding.pack(bytes) { _ in nil }
        try db.execute(
            sql: "UPDATE entry SET hash = ?, kind = ?, bytes = ? WHERE id = ?",
            arguments: [EntryID(hashing: bytes).blob, kind == .revision ? nil : kind.rawValue, Data(packed), row])
    }

    /// The text of an entry that was damaged may be unknown here.
    private func expectText(of bytes: [UInt8], _ kind: EntryKind, _ damage: inout ArchiveDamage) throws {
        guard kind == .revision, let hash = try? Revision(canonicalBytes: bytes).text, try texts.id(of: hash) == nil
        else { return }
        try texts.markLacking(texts.reserve(hash))
        damage.texts.insert(hash)
    }

    /// Whether an entry is the one that was in a row whose hash is damaged: its log then has the chain that is stored.
    private func fits(_ entry: LogEntry, _ row: Int64) throws -> Bool {
        let run = try Row.fetchOne(
            db,
            sql:
                "SELECT l.first, l.count, l.entry, l.chain FROM log l JOIN replica r ON r.id = l.replica WHERE r.hash = ? AND \(LogStore.holds("?"))",
            arguments: [entry.replica.blob, row, row, row])
        guard let run,
            case (let first, let count, let start) = (try run[0] as Int64, try run[1] as Int64, try run[2] as Int64),
            first &+ (row &- start) == entry.sequence,
            RowNumbers.valid ~= first, RowNumbers.valid ~= start, 1...LogStore.longestRun ~= count,
            let before = try logs.chain(entry.replica, at: first - 1)
        else { return false }
        let chain = try (start..<start + count).reduce(before) {
            $0.appending($1 == row ? entry.id : try entries.id(row: $1))
        }
        return try chain == Chain(blob: run[3])
    }
}
