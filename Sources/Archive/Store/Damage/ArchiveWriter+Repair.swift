import Foundation
import GRDB
import History
import Prose

/// Texts that are damaged or missing here, and how they come back.
///
/// A replica that lacks a text says so in its log (`lacks`), and any that holds it answers in its own log with the text itself
/// (`text`). So whatever a remote holds damaged is repaired through the remote, which understands nothing of it.
extension ArchiveWriter {
    /// Whether this transaction put a sound text in the place of one that was damaged or missing.
    public var hasRepaired: Bool { !known.repaired.isEmpty }

    /// What came into the archive damaged, or was found damaged, and is not repaired: logs that this replica lacks it.
    /// - Returns: how many such texts no log had spoken of.
    @discardableResult
    public func logLackingTexts() throws -> Int {
        try unrefreshedReader.lackingTexts().count { try log(TextNotice(.lacks, $0.hash)) }
    }

    /// Strikes off what is sound again: a text is when the one that it rests on has been repaired.
    public func settleLackingTexts() throws {
        for (number, hash) in try unrefreshedReader.lackingTexts() where try texts.isSound(number, hash) {
            try texts.settle(number)
        }
    }

    /// Logs texts that a remote holds damaged, where they are sound here.
    /// - Returns: how many are.
    public func offer(_ hashes: some Sequence<TextHash>) throws -> Int {
        try hashes.count { hash in
            guard let number = try texts.id(of: hash), try texts.isSound(number, hash) else { return false }
            try log(TextNotice(.text, hash))
            return true
        }
    }

    /// Notes texts that were found damaged here, so that others are asked for them.
    public func markLacking(_ hashes: some Sequence<TextHash>) throws {
        for hash in hashes { try texts.markLacking(texts.reserve(hash)) }
    }

    /// Puts a sound text in the place of one that is damaged or missing here, unless it is sound by now.
    /// - Throws: `ArchiveError` or `SpliceError` if what was given is damaged, too, or rests on what is.
    func repair(_ text: EncodedText) throws {
        guard try texts.id(of: text.hash) != nil else { return }
        try texts.insert(text, repairs: true)
        try answer(text.hash)
    }

    /// Takes in what an entry says of a text.
    func heed(_ notice: TextNotice, _ text: EncodedText?) throws {
        switch notice.statement {
        case .lacks: try answer(notice.hash)
        case .text:
            defer { try? wake(notice.hash.blob) }
            if let text, text.hash == notice.hash {
                do {
                    known.add(try texts.insert(text, repairs: true), notice.hash)
                    return
                } catch let error as ArchiveError where error.code == .badInput {
                } catch is SpliceError {}
            }
            known.add(try texts.reserve(notice.hash), notice.hash)
        }
    }

    /// Logs a text that somebody lacks, if it is here and sound.
    private func answer(_ hash: TextHash) throws {
        guard try entries.row(of: TextNotice(.lacks, hash).id) != nil, let number = try texts.id(of: hash),
            try texts.isSound(number, hash)
        else { return }
        try log(TextNotice(.text, hash))
    }

    /// Appends a notice to the own log, unless some log says it already.
    /// - Returns: whether none did.
    @discardableResult
    private func log(_ notice: TextNotice) throws -> Bool {
        guard try entries.row(of: notice.id) == nil else { return false }
        let row = try insert(notice.id, kind: notice.kind, bytes: notice.bytes)
        // Not at once: this may be in the midst of applying a log that turns out to be the own one.
        unlogged[row] = (notice.id, recorded)
        return true
    }

    /// The rows of the items that show a text which was repaired, or merge it.
    func itemsWithRepairedTexts() throws -> Set<Int64> {
        guard !known.repaired.isEmpty else { return [] }
        let rows = try Row.fetchCursor(db, sql: "SELECT item, text FROM revision WHERE text IS NOT NULL")
        var items: Set<Int64> = []
        while let row = try rows.next() {
            if known.repaired.contains(try row[1]) { items.insert(try row[0]) }
        }
        return items
    }
}
