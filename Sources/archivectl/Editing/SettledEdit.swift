import Archive
import Foundation
import History

extension UnfinishedEdit {
    /// Whether an edit of a conflict that is settled by now has words that the archive does not have: those are the person's alone.
    /// - Returns: `nil` if it is of no such conflict.
    func ownWords(_ reader: ArchiveReader) throws -> Bool? {
        guard [.conflict, .passage].contains(subject.kind), let item = subject.item.flatMap({ ItemID(hex: $0) }),
            try reader.contains(item)
        else { return nil }
        let state = try reader.state(item)
        guard !state.isConflict else { return nil }
        guard let data = FileManager.default.contents(atPath: file) else { return false }
        var lines = Set(String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap(Self.words))
        func pass(over text: String) { lines = lines.filter { !text.contains($0) } }
        pass(over: String(decoding: try reader.text(of: state), as: UTF8.self))
        // All sides of the conflict are in the history.
        for id in state.history.order.reversed() where !lines.isEmpty {
            guard let revision = state.history[id] else { continue }
            pass(over: String(decoding: try reader.text(of: revision), as: UTF8.self))
            for (_, value) in revision.fields { pass(over: value.string ?? "") }
        }
        return !lines.isEmpty
    }

    /// What a line of a conflict laid out for an editor has that a person may have written; `nil` if it is one of its marks.
    private static func words(_ line: Substring) -> String? {
        var words = line
        if line.hasPrefix("⟪⟪⟪") {
            let rest = line.drop { $0 == "⟪" }
            guard rest.hasPrefix("=") else { return nil }
            // `⟪⟪⟪=title=论水`
            words = rest.dropFirst().drop { $0 != "=" }.dropFirst()
        }
        let trimmed = words.trimmingCharacters(in: .whitespaces)
        return trimmed.isEmpty ? nil : trimmed
    }

    /// Removes it.
    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
