import GRDB
import History

/// The entries, and what is derived from them: each entry is compared with its hash, and the rows of the derived tables that stand
/// beside it with what it says.
extension Verification {
    mutating func checkEntries() throws {
        var check = EntryCheck(self)
        try TolerantScan(db: db, table: "entry", key: "id", columns: "hash, kind, bytes").forEach(unreadable: { range in
            note(
                "entries between the numbers \(range.lowerBound) and \(range.upperBound) cannot be read", "entry",
                .salvage)
        }) { id, row in try check.check(id, row) }
        try check.finish()
        (damagedEntries, revisionsOfDamagedTexts) = (check.damaged, check.revisionsOfDamagedTexts)
        for (id, what) in check.misplaced { note(what, id.hex, .salvage) }
        for (table, what) in check.derived.problems.sorted(by: { $0.key < $1.key }) { note(what, table, .rebuild) }
        try checkDuplicates("entry", "id", "an entry is there twice")
        report.checked.append(("revisions", check.count))
        report.checked.append(("derived rows", check.derived.count))
        report.sound.append(("revisions", check.count - check.damaged.count))
    }
}

private struct EntryCheck {
    let db: Database
    let entries: EntryStore
    let histories: HistoryStore
    let damagedTexts: [Int64: String]
    let entryHashes: HashTable<EntrySubject>
    let textHashes: HashTable<TextSubject>
    var derived: DerivedCheck
    private(set) var count = 0
    private(set) var damaged: [Int64: (id: EntryID?, reason: String)] = [:]
    private(set) var revisionsOfDamagedTexts: [Int64: [Int64]] = [:]
    /// What stands where it should not.
    private(set) var misplaced: [(EntryID, String)] = []

    init(_ verification: Verification) {
        (db, entries, histories) = (verification.db, verification.entries, verification.histories)
        damagedTexts = verification.damagedTexts
        entryHashes = HashTable(db: db, sql: "SELECT id, hash FROM entry WHERE id BETWEEN ? AND ?")
        textHashes = HashTable(db: db, sql: "SELECT number, hash FROM text WHERE number BETWEEN ? AND ?")
        derived = DerivedCheck(
            db, histories, characters: verification.characters, damagedTexts: Set(verification.damagedTexts.keys))
    }

    mutating func check(_ row: Int64, _ columns: Row) throws {
        count += 1
        guard let id = EntryID(bytes: columns[1] as [UInt8]) else {
            damaged[row] = (nil, "has no hash")
            return
        }
        let bytes: [UInt8]
        do {
            bytes = try EntryCoding.unpack(columns[3], fields: entries.fields(row:), hash: hash)
        } catch  where isDamage(error) {
            damaged[row] = (id, "cannot be read: \(Verification.reason(error))")
            return
        }
        guard EntryID(hashing: bytes) == id else {
            damaged[row] = (id, "does not have its hash")
            return
        }
        guard let kind = try? columns[2] as String? else { return checkRevision(row, id, bytes) }
        check(kind, row, id, bytes)
    }

    private mutating func check(_ kind: String, _ row: Int64, _ id: EntryID, _ bytes: [UInt8]) {
        if let own = EntryKind(of: bytes), own.rawValue != kind {
            misplaced.append((id, "a \(own.rawValue) stands as an entry of kind '\(kind)'"))
        }
        if kind == EntryKind.fork.rawValue, let end = LogEnd(bytes: bytes) { derived.add(end) }
    }

    private mutating func checkRevision(_ row: Int64, _ id: EntryID, _ bytes: [UInt8]) {
        do {
            let revision = try Revision(canonicalBytes: bytes)
            let number = derived.check(revision, row, id, text: { textHashes[$0] }, entry: { entryHashes[$0] })
            if let number, damagedTexts[number] != nil { revisionsOfDamagedTexts[number, default: []].append(row) }
        } catch {
            damaged[row] = (id, "\(error)")
        }
    }

    private func hash(_ reference: EntryCoding.Reference) throws -> [UInt8] {
        let bytes =
            switch reference {
            case .entry(let row): entryHashes[row]?.bytes
            case .text(let number): textHashes[number]?.bytes
            }
        guard let bytes else { throw EntryCoding.damaged }
        return bytes
    }

    mutating func finish() throws { try derived.finish(damaged: damaged.count) }
}
