import Archive
import History
import Prose

/// Looks whether the texts that entries bring from a remote have their hashes.
struct RemoteTexts {
    private let archive: Archive
    private var seen: Set<TextHash> = []
    private var bad: Set<TextHash> = []

    init(_ archive: Archive) { self.archive = archive }

    /// The texts that came damaged or not at all, and never whole; ascending.
    var damaged: [TextHash] { bad.subtracting(seen).sorted() }

    mutating func check(_ entries: [LogEntry]) throws {
        for entry in entries { try check(entry) }
    }

    private mutating func check(_ entry: LogEntry) throws {
        guard let text = entry.text else { return try checkMissing(entry) }
        guard !seen.contains(text.hash) else { return }
        // What rests on a text that is not here cannot be looked at.
        guard let isSound = try isSound(text) else { return }
        if isSound { seen.insert(text.hash) } else { bad.insert(text.hash) }
    }

    private func isSound(_ text: EncodedText) throws -> Bool? {
        guard let base = text.base else { return TextHash(hashing: text.data) == text.hash }
        guard let bytes = try archive.read({ try? $0.text(base) }) else { return nil }
        return (try? Splices.apply(Splices.decode(text.data), to: bytes)).map { TextHash(hashing: $0) } == text.hash
    }

    /// A revision comes without its text only if a parent of it has the same.
    private mutating func checkMissing(_ entry: LogEntry) throws {
        if entry.kind == .text, let notice = TextNotice(bytes: entry.bytes) { bad.insert(notice.hash) }
        guard entry.kind == .revision, let revision = try? Revision(canonicalBytes: entry.bytes),
            let text = revision.text, !seen.contains(text)
        else { return }
        let isInherited = try archive.read { reader in
            try revision.parents.contains { try reader.revision($0).map { $0.text == text } ?? true }
        }
        if !isInherited { bad.insert(text) }
    }
}
