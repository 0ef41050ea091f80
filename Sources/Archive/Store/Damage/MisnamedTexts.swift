import GRDB
import History

/// Texts whose bytes are sound and whose hash is damaged, and texts that nothing names any more.
///
/// Entries name a text by its number, so that a damaged hash damages them, too. Which of the two it is, the entries tell: with the
/// right hash they have their own.
extension Archive {
    /// Gives texts the hashes back by which entries name them.
    /// - Returns: how many.
    public func renameTexts(_ damage: ArchiveDamage) throws -> Int {
        guard !damage.numbers.isEmpty else { return 0 }
        return try write { writer in
            try damage.numbers.count { hash, number in
                try writer.rename(number, hash, namedBy: damage.entries.keys.prefix(1000))
            }
        }
    }

    /// Takes out damaged texts that no entry names, as is left of one whose hash was damaged once the right one came from elsewhere.
    /// Where entries are damaged, nobody can tell.
    public func removeUnnamedTexts(_ damage: inout ArchiveDamage) throws {
        guard !damage.texts.isEmpty, damage.entries.isEmpty else { return }
        let wanted = damage.texts
        damage.texts = try write { writer in
            let unnamed = try wanted.subtracting(writer.namedTexts())
            for hash in unnamed { try writer.removeText(hash) }
            return wanted.subtracting(unnamed)
        }
    }
}

extension ArchiveWriter {
    /// Gives a text that does not have its hash the one that it has, if an entry that names it by its number is right with that.
    /// - Parameter damaged: rows of entries that are not.
    fileprivate func rename(_ number: Int64, _ stored: TextHash, namedBy damaged: some Sequence<Int64>) throws -> Bool {
        guard let bytes = try? texts.unchecked(number), case let actual = TextHash(hashing: bytes), actual != stored
        else { return false }
        let other = try texts.id(of: actual)
        // What entries name and is not here has a number.
        if let other { guard try texts.lacks(other), try !texts.isSound(other, actual) else { return false } }
        var isRight = false
        try db.inSavepoint {
            if let other { try texts.remove(other) }
            try db.execute(sql: "UPDATE text SET hash = ? WHERE number = ?", arguments: [actual.blob, number])
            // Nothing is remembered of before.
            let entries = EntryStore(db: db)
            let rows = try Int64.fetchAll(
                db, sql: "SELECT id FROM revision WHERE text IN (?, ?) LIMIT 1000", arguments: [number, other])
            isRight = (rows + damaged).contains { (try? entries.revision(row: $0))?.text == actual }
            return isRight ? .commit : .rollback
        }
        known.forgetNames()
        if isRight { try texts.settle(number) }
        return isRight
    }

    /// The texts that revisions name.
    fileprivate func namedTexts() throws -> Set<TextHash> {
        var named: Set<TextHash> = []
        let rows = try Row.fetchCursor(db, sql: "SELECT id FROM entry WHERE kind IS NULL")
        while let row = try rows.next() {
            if let text = try entries.revision(row: row[0]).text { named.insert(text) }
        }
        return named
    }

    /// Takes a text out. What rests on it is stored whole first.
    fileprivate func removeText(_ hash: TextHash) throws {
        guard let number = try texts.id(of: hash) else { return }
        for other in try Int64.fetchAll(
            db, sql: "SELECT number FROM text WHERE number > ? ORDER BY number", arguments: [number])
        {
            guard let text = try? texts.packs.text(other), text.back == other &- number,
                let bytes = try? texts.bytes(id: other)
            else { continue }
            try texts.replace(other, bytes)
        }
        try texts.remove(number)
        known.forgetNames()
    }
}
