import Archive

/// Log entries ↔ the payload of a segment: a zstd frame of entries one after another.
///
/// An entry is a line of canonical JSON, then as many bytes as its `bytes` says, then as many as its `text` says, then a
/// line feed. Nothing in the payload is escaped, so that `zstd -d` shows it to a person. Keys of the line: `base` (the
/// hash of the text that the text's splices are against; absent if the text is whole), `bytes`, `kind`, `recorded`
/// (milliseconds since 1970), `text` (absent if the entry brings none).
package enum SegmentCodec {
    /// What one payload may unpack to, in bytes.
    static let maximumContent = 256 << 20
    /// A segment is written once and read often: Chinese prose gets an eighth smaller than at level 3.
    private static let level: Int32 = 7

    package static func encode(_ entries: [LogEntry]) -> [UInt8] {
        var content: [UInt8] = []
        for entry in entries { append(entry, to: &content) }
        return Zstd.compress(content, level: level)
    }

    private static func append(_ entry: LogEntry, to content: inout [UInt8]) {
        var line: Fields = [
            "bytes": .integer(Int64(entry.bytes.count)), "kind": .text(entry.kind.rawValue),
            "recorded": .integer(entry.recorded.milliseconds),
        ]
        if let text = entry.text {
            line["text"] = .integer(Int64(text.data.count))
            if let base = text.base { line["base"] = .text(base.hex) }
        }
        content += CanonicalValue.object(line).bytes
        content.append(UInt8(ascii: "\n"))
        content += entry.bytes
        if let text = entry.text { content += text.data }
        content.append(UInt8(ascii: "\n"))
    }

    /// Reads a segment's entries and checks them against the chain that its header claims.
    /// - Throws: `SegmentError` that says what is wrong. Whether the entries themselves are valid is not looked at.
    package static func decode(_ segment: Segment) throws(SegmentError) -> [LogEntry] {
        do {
            return try entries(segment)
        } catch let error as SegmentError {
            throw error
        } catch {
            throw SegmentError(segment.header, "\(error)")
        }
    }

    private static func entries(_ segment: Segment) throws -> [LogEntry] {
        let header = segment.header
        let content = try Zstd.decompress(segment.payload, limit: maximumContent)
        var entries: [LogEntry] = []
        var chain = header.previous
        var position = 0
        while position < content.count {
            let sequence = header.first + Int64(entries.count)
            let entry = try entry(in: content, at: &position, replica: header.replica, sequence: sequence)
            chain = chain.appending(entry.id)
            entries.append(entry)
        }
        guard Int64(entries.count) == header.last - header.first + 1 else {
            throw SegmentError(header, "it holds \(entries.count) entries")
        }
        guard chain == header.chain else { throw SegmentError(header, "its entries do not give the chain in its header") }
        return entries
    }

    private static func entry(
        in content: [UInt8], at position: inout Int, replica: ReplicaID, sequence: Int64
    ) throws -> LogEntry {
        guard let end = content[position...].prefix(4096).firstIndex(of: UInt8(ascii: "\n")) else {
            throw ArchiveError(.badInput, "entry \(sequence) of \(replica) has no head line")
        }
        let line = try CanonicalValue(canonical: Array(content[position..<end])).object ?? [:]
        position = end + 1
        func take(_ key: ExactString) throws -> [UInt8]? {
            guard let length = line[key]?.integer else { return nil }
            guard length >= 0, length <= Int64(content.count - position) else {
                throw ArchiveError(.badInput, "entry \(sequence) of \(replica) is cut short")
            }
            defer { position += Int(length) }
            return Array(content[position..<position + Int(length)])
        }
        guard let bytes = try take("bytes"), let kind = line["kind"]?.string, let recorded = line["recorded"]?.integer else {
            throw ArchiveError(.badInput, "entry \(sequence) of \(replica) has no bytes, kind or time")
        }
        let text = try take("text")
        guard position < content.count, content[position] == UInt8(ascii: "\n") else {
            throw ArchiveError(.badInput, "entry \(sequence) of \(replica) does not end where it says")
        }
        position += 1
        try check(EntryKind(rawValue: kind), of: bytes, sequence: sequence, replica)
        return LogEntry(
            replica: replica, sequence: sequence, recorded: Timestamp(milliseconds: recorded), kind: EntryKind(rawValue: kind),
            bytes: bytes, text: try text.flatMap { try encoded($0, base: line["base"]?.string, of: bytes) })
    }

    /// No hash covers the line that names an entry's kind. A revision that was taken in as something else would never again be
    /// one. (What claims to be a revision and is none does no harm: it waits.)
    private static func check(_ kind: EntryKind, of bytes: [UInt8], sequence: Int64, _ replica: ReplicaID) throws {
        guard kind != .revision, let own = EntryKind(of: bytes), own != kind else { return }
        throw ArchiveError(.badInput, "entry \(sequence) of \(replica) is a \(own.rawValue), and called '\(kind.rawValue)'")
    }

    /// The text of an entry, by the hash that the entry names; `nil` if it names none, and the text is then nobody's.
    private static func encoded(_ data: [UInt8], base: String?, of bytes: [UInt8]) throws -> EncodedText? {
        guard let hash = try? CanonicalValue(canonical: bytes).object?["text"]?.string.flatMap({ TextHash(hex: $0) }) else { return nil }
        let baseHash = try base.map { hex in
            guard let hash = TextHash(hex: hex) else { throw ArchiveError(.badInput, "the base of a received text is no hash") }
            return hash
        }
        return EncodedText(hash: hash, base: baseHash, data: data)
    }
}

/// A segment that is not what it says.
public struct SegmentError: Error, CustomStringConvertible {
    public let description: String

    init(_ header: SegmentHeader, _ reason: String) {
        description = "entries \(header.first)–\(header.last) of replica \(header.replica) are damaged: \(reason)"
    }
}
