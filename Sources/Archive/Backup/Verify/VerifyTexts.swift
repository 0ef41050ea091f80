import GRDB
import History
import Prose

/// The texts: each is read out of its pack and compared with its hash.
extension Verification {
    mutating func checkTexts() throws {
        let last = (try? Int64.fetchOne(db, sql: "SELECT max(number) FROM text")).flatMap { $0 } ?? 0
        let hashes = HashTable<TextSubject>(db: db, sql: "SELECT number, hash FROM text WHERE number BETWEEN ? AND ?")
        // Of damaged rows, numbers may be any.
        let count = (try? Int64.fetchOne(db, sql: "SELECT count(*) FROM text")).flatMap { $0 } ?? 1 << 20
        var run = TextCheck(store: texts, read: known.read, hashes: hashes, limit: 4 * count + 1 << 20)
        var unreadable = 0
        try TolerantScan(db: db, table: "text_pack", key: "first", columns: "count, codec, piece, pieces")
            .forEach(unreadable: { _ in unreadable += 1 }) { _, row in run.check(row) }
        run.checkGathered(db)
        if unreadable > 0 { note("\(unreadable) parts of the table of texts cannot be read", "text_pack", .salvage) }
        for (problem, count) in StructureProblems.kinds(run.problems) {
            note("\(problem)\(count > 1 ? ", and \(count - 1) more of this kind" : "")", "texts", .copies)
        }
        try enter(run, last: last)
        try checkDuplicates("text", "number", "a text is there twice")
        report.checked.append(("texts", Int(run.count)))
        report.sound.append(("texts", Int(run.count) - run.reasons.count))
    }

    /// Takes over what was found, and notes the texts that no pack holds.
    private mutating func enter(_ run: TextCheck, last: Int64) throws {
        characters = run.characters
        damagedTexts = run.reasons
        let lacking = Set((try? Int64.fetchAll(db, sql: "SELECT number FROM lacking")) ?? [])
        try TolerantScan(db: db, table: "text", key: "number", columns: "length(hash)").forEach(unreadable: { range in
            note(
                "hashes of texts between the numbers \(range.lowerBound) and \(min(range.upperBound, last)) cannot be read",
                "text", .salvage)
        }) { number, _ in
            guard Int(number) >= run.characters.count || run.characters[Int(number)] < 0, damagedTexts[number] == nil
            else { return }
            damagedTexts[number] = lacking.contains(number) ? "is not here" : "is missing"
        }
    }

    /// Looks for a hash that stands in two rows. No index makes sure that none does: they hold the hashes' beginnings only.
    mutating func checkDuplicates(_ table: String, _ key: String, _ what: String) throws {
        let beginnings = try Row.fetchAll(
            db,
            sql: "SELECT substr(hash, 1, 6) FROM \(table) GROUP BY substr(hash, 1, 6) HAVING count(*) > 1 LIMIT 1000")
        for beginning in beginnings {
            let hashes = try Row.fetchAll(
                db, sql: "SELECT hash FROM \(table) WHERE substr(hash, 1, 6) = ? GROUP BY hash HAVING count(*) > 1",
                arguments: [try beginning[0] as DatabaseValue])
            for row in hashes { note(what, Hex.encode(row[0] as [UInt8]), .salvage) }
        }
    }
}

/// Reads packs one after another and compares their texts with the hashes.
private struct TextCheck {
    let store: TextStore
    let read: ReadTexts
    let hashes: HashTable<TextSubject>
    /// Larger numbers are taken for damage.
    let limit: Int64
    private(set) var count = 0
    /// Code points by number; −1 where no pack holds the text.
    private(set) var characters: [Int32] = []
    private(set) var reasons: [Int64: String] = [:]
    private(set) var problems: [String] = []

    /// Of very many, no more are kept.
    private static let mostProblems = 10_000

    init(store: TextStore, read: ReadTexts, hashes: HashTable<TextSubject>, limit: Int64) {
        (self.store, self.read, self.hashes, self.limit) = (store, read, hashes, limit)
    }

    mutating func check(_ row: Row) {
        guard let stored = try? TextPacks.StoredPack(row), stored.range.upperBound <= limit else {
            return problems.append("a row of texts is damaged")
        }
        do {
            let packs = store.packs
            try check(
                OpenedPack(
                    first: stored.first, count: Int(stored.count), bytes: packs.unpack(stored.codec, packs.data(stored))
                ))
        } catch {
            note(stored.range, error)
        }
    }

    /// The row where the last texts gather.
    mutating func checkGathered(_ db: Database) {
        do {
            for row in try Row.fetchAll(db, sql: "SELECT first, count, data FROM text_open") {
                let open = try TextPacks.OpenRow(row)
                guard open.range.upperBound <= limit else { throw ArchiveError.damagedRow }
                do {
                    try check(OpenedPack(first: open.range.lowerBound, count: open.range.count, bytes: row[2]))
                } catch {
                    note(open.range, error)
                }
            }
        } catch {
            problems.append("a row of texts is damaged")
        }
    }

    private mutating func check(_ pack: OpenedPack) throws {
        for number in pack.first..<pack.end {
            do {
                let text = try pack.text(number)
                let bytes = try whole(text, number)
                guard let hash = hashes[number] else {
                    note(number, "has no hash")
                    continue
                }
                guard bytes.count == text.size, TextHash(hashing: bytes) == hash else {
                    note(number, "does not have the hash that names it")
                    continue
                }
                enter(number, Int32(CodePoints.count(bytes)))
                read.add(bytes, number)
            } catch  where isDamage(error) {
                note(number, "cannot be read: \(Verification.reason(error))")
            }
        }
    }

    private func whole(_ text: PackedText, _ number: Int64) throws -> [UInt8] {
        guard text.back > 0 else { return text.data }
        guard text.back < number else { throw PackedText.damaged }
        let base = number - text.back
        let bytes = try store.unchecked(base)
        let whole = try Splices.apply(Splices.decode(text.data), to: bytes)
        guard whole.count <= TextStore.maximumSize else { throw PackedText.damaged }
        return whole
    }

    private mutating func enter(_ number: Int64, _ points: Int32) {
        let index = Int(number)
        if index >= characters.count {
            characters.append(contentsOf: repeatElement(-1, count: index + 1 - characters.count))
        }
        if characters[index] >= 0, problems.count < Self.mostProblems {
            problems.append("text number \(number) is in two packs")
        }
        characters[index] = points
        count += 1
    }

    private mutating func note(_ range: Range<Int64>, _ error: any Error) {
        let reason = "cannot be read: \(Verification.reason(error))"
        for number in range where hashes[number] != nil { note(number, reason) }
    }

    private mutating func note(_ number: Int64, _ reason: String) {
        enter(number, 0)
        reasons[number] = reason
    }
}

/// The hashes of a table of numbered ones, read in blocks.
final class HashTable<Subject> {
    private let db: Database
    private let sql: String
    private var blocks: [Int64: [Digest<Subject>?]] = [:]

    private static var size: Int64 { 1024 }
    private static var most: Int { 256 }

    /// - Parameter sql: selects the numbers and hashes between two numbers.
    init(db: Database, sql: String) {
        self.db = db
        self.sql = sql
    }

    subscript(number: Int64) -> Digest<Subject>? {
        guard 0..<RowNumbers.end ~= number else { return nil }
        let (block, place) = (number / Self.size, Int(number % Self.size))
        if let known = blocks[block] { return known[place] }
        if blocks.count >= Self.most { blocks.removeAll(keepingCapacity: true) }
        let loaded = load(block)
        blocks[block] = loaded
        return loaded[place]
    }

    private func load(_ block: Int64) -> [Digest<Subject>?] {
        var hashes = [Digest<Subject>?](repeating: nil, count: Int(Self.size))
        let first = block * Self.size
        if !load(first...first + Self.size - 1, into: &hashes, from: first) {
            // Some can be read, most likely.
            for number in first..<first + Self.size { _ = load(number...number, into: &hashes, from: first) }
        }
        return hashes
    }

    private func load(_ range: ClosedRange<Int64>, into hashes: inout [Digest<Subject>?], from first: Int64) -> Bool {
        do {
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: sql), arguments: [range.lowerBound, range.upperBound])
            while let row = try rows.next() {
                guard let number = try? row[0] as Int64, range ~= number else { continue }
                hashes[Int(number - first)] = Digest(bytes: row[1] as [UInt8])
            }
            return true
        } catch {
            return false
        }
    }
}
