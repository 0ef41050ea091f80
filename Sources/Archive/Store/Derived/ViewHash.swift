import Crypto
import Foundation
import GRDB
import History
import Prose

extension ArchiveReader {
    /// SHA-256 over what the archive shows, merged views included: a line of canonical JSON with the number of the merge
    /// algorithm, `{"merge":n}`, then one for each item in ascending order of IDs,
    /// `{"conflict":1,"deleted":1,"fields":{…},"item":…,"text":…}`, where what does not apply is absent and `text` is the
    /// SHA-256 of the shown text. Reads every item: time grows with the archive.
    public func viewHash() throws -> String {
        var hasher = SHA256()
        hasher.update(line: ["merge": .integer(Int64(TextMerge.algorithm))])
        let rows = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT i.id FROM item i JOIN entry e ON e.id = i.id ORDER BY e.hash"))
        for row in rows { hasher.update(line: try view(of: histories.state(row: row))) }
        return Hex.encode(hasher.finalize())
    }

    private func view(of state: ItemState) throws -> Fields {
        var line: Fields = ["item": .text(state.item.hex)]
        if state.isConflict { line["conflict"] = .integer(1) }
        if state.isDeleted { line["deleted"] = .integer(1) }
        if !state.fields.isEmpty { line["fields"] = .object(state.fields) }
        let text = try text(of: state)
        if state.storedText != nil || !text.isEmpty {
            line["text"] = .text((state.storedText ?? TextHash(hashing: text)).hex)
        }
        return line
    }
}

extension SHA256 {
    fileprivate mutating func update(line: Fields) {
        update(data: CanonicalValue.object(line).bytes + [UInt8(ascii: "\n")])
    }
}
