import Archive
import History
import Prose

/// Takes the unpacked payload of a segment apart as it comes: entry after entry, holding no more than the one under way.
struct EntryParser {
    private struct Head {
        let bytes: Int
        let text: Int?
        let base: TextHash?
        let kind: EntryKind
        let recorded: Timestamp

        var count: Int { bytes + (text ?? 0) }
    }

    private let replica: ReplicaID
    private var sequence: Int64
    private var head: Head?
    /// Of the line or of what follows it, as far as it has come.
    private var collected: [UInt8] = []

    /// - Parameter first: the number of the first entry.
    init(replica: ReplicaID, first: Int64) {
        self.replica = replica
        sequence = first
    }

    /// Takes a piece, and hands out the entries that end in it.
    /// - Throws: `ArchiveError` that names the entry and what is wrong with it, and whatever `body` throws.
    mutating func append(_ piece: UnsafeRawBufferPointer, _ body: (LogEntry) throws -> Void) throws {
        var rest = piece[...]
        while !rest.isEmpty {
            if let head {
                // The line feed behind it, too.
                let part = rest.prefix(head.count + 1 - collected.count)
                collected.append(contentsOf: part)
                rest = rest[part.endIndex...]
                guard collected.count > head.count else { return }
                try body(entry(head))
                (self.head, collected) = (nil, [])
                sequence += 1
            } else {
                let end = rest.firstIndex(of: UInt8(ascii: "\n"))
                collected.append(contentsOf: rest[..<(end ?? rest.endIndex)])
                guard collected.count < SegmentLimits.entryLine else { throw wrong("has no head line") }
                guard let end else { return }
                rest = rest[(end + 1)...]
                let read = try readHead()
                (head, collected) = (read, [])
                collected.reserveCapacity(read.count + 1)
            }
        }
    }

    /// - Throws: `ArchiveError` if the last entry is cut short.
    func finish() throws {
        guard head == nil, collected.isEmpty else { throw wrong("is cut short") }
    }

    private func readHead() throws -> Head {
        let line = try CanonicalValue(canonical: collected).object ?? [:]
        func length(_ key: ExactString) throws -> Int? {
            guard let length = line[key]?.integer else { return nil }
            guard length >= 0 else { throw wrong("has a length below 0") }
            guard length <= Int64(SegmentLimits.entry) else { throw tooLong }
            return Int(length)
        }
        guard let bytes = try length("bytes"), let kind = line["kind"]?.string, let recorded = line["recorded"]?.integer
        else {
            throw wrong("has no bytes, kind or time")
        }
        let base = try line["base"]?.string.map { hex in
            guard let hash = TextHash(hex: hex) else {
                throw ArchiveError(.badInput, "the base of a received text is no hash")
            }
            return hash
        }
        let head = Head(
            bytes: bytes, text: try length("text"), base: base, kind: EntryKind(rawValue: kind),
            recorded: Timestamp(milliseconds: recorded))
        guard collected.count + head.count + 2 <= SegmentLimits.entry else { throw tooLong }
        return head
    }

    private func entry(_ head: Head) throws -> LogEntry {
        guard collected.last == UInt8(ascii: "\n") else { throw wrong("does not end where it says") }
        let bytes = Array(collected[..<head.bytes])
        try check(head.kind, of: bytes)
        let text =
            head.text == nil ? nil : encoded(Array(collected[head.bytes..<head.count]), base: head.base, of: bytes)
        return LogEntry(
            replica: replica, sequence: sequence, recorded: head.recorded, kind: head.kind, bytes: bytes, text: text)
    }

    /// No hash covers the line that names an entry's kind. A revision that was taken in as something else would never again be
    /// one. (What claims to be a revision and is none does no harm: it waits.)
    private func check(_ kind: EntryKind, of bytes: [UInt8]) throws {
        guard kind != .revision, let own = EntryKind(of: bytes), own != kind else { return }
        throw wrong("is a \(own.rawValue), and called '\(kind.rawValue)'")
    }

    /// The text of an entry, by the hash that the entry names; `nil` if it names none, and the text is then nobody's.
    private func encoded(_ data: [UInt8], base: TextHash?, of bytes: [UInt8]) -> EncodedText? {
        guard let hash = try? CanonicalValue(canonical: bytes).object?["text"]?.string.flatMap({ TextHash(hex: $0) })
        else { return nil }
        return EncodedText(hash: hash, base: base, data: data)
    }

    private var tooLong: ArchiveError { wrong("is longer than \(SegmentLimits.entry) bytes") }

    private func wrong(_ what: String) -> ArchiveError {
        ArchiveError(.badInput, "entry \(sequence) of \(replica) \(what)")
    }
}
