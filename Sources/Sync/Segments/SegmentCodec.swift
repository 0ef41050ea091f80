import Archive
import History

/// How log entries, one after another, become the payload of a segment, and come back.
///
/// The codec packs bytes; what these are is the same for each. An entry is a line of canonical JSON, then as many bytes as its `bytes` says, then as many as its `text` says, then a
/// line feed. Nothing is escaped, so that `zstd -d` shows it to a person. Keys of the line: `base` (the
/// hash of the text that the text's splices are against; absent if the text is whole), `bytes`, `kind`, `recorded`
/// (milliseconds since 1970), `text` (absent if the entry brings none).
public protocol SegmentCodec: Sendable {
    /// How the header of a segment calls it, under `codec`.
    var name: String { get }

    /// The payload for entries, one after another.
    func pack(_ content: [UInt8]) -> [UInt8]

    /// Unpacks a payload piece by piece: memory is bounded whatever it holds.
    /// - Parameter limit: the most bytes that it may hold.
    /// - Throws: if the payload is damaged or holds more, and what `body` throws.
    func unpack(_ payload: [UInt8], limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
}

/// A zstd frame.
public struct ZstdCodec: SegmentCodec {
    public let name = "zstd"
    /// A segment is written once and read often: Chinese prose gets an eighth smaller than at level 3.
    private static let level: Int32 = 7

    public init() {}

    public func pack(_ content: [UInt8]) -> [UInt8] { Zstd.compress(content, level: Self.level) }

    public func unpack(_ payload: [UInt8], limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try Zstd.decompress(payload, limit: limit, sink: body)
    }
}

extension SegmentCodec where Self == ZstdCodec {
    /// The codec of this version.
    public static var zstd: Self { Self() }
}

extension SegmentCodec {
    package func encode(_ entries: [LogEntry]) -> [UInt8] {
        var content: [UInt8] = []
        for entry in entries { append(entry, to: &content) }
        return pack(content)
    }

    private func append(_ entry: LogEntry, to content: inout [UInt8]) {
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
    package func decode(_ segment: LogSegment) throws(SegmentError) -> [LogEntry] {
        var entries: [LogEntry] = []
        try forEach(segment) { entries.append($0) }
        return entries
    }

    /// Calls `body` with a segment's entries as they are unpacked: no more than one is held at a time. Only when all have come it is
    /// known whether they are the ones that the header claims.
    /// - Throws: `SegmentError` that says what is wrong. Whether the entries themselves are valid is not looked at.
    package func forEach(_ segment: LogSegment, _ body: (LogEntry) -> Void) throws(SegmentError) {
        let header = segment.header
        guard header.codec == name else {
            throw SegmentError(header, laterFormat: "a codec, \(header.codec), that this version cannot read")
        }
        do {
            try unpack(segment, body)
        } catch let error as SegmentError {
            throw error
        } catch {
            throw SegmentError(header, "\(error)")
        }
    }

    private func unpack(_ segment: LogSegment, _ body: (LogEntry) -> Void) throws {
        let header = segment.header
        var parser = EntryParser(replica: header.replica, first: header.first)
        var end = header.start
        try unpack(segment.payload, limit: SegmentLimits.content) { piece in
            try parser.append(piece) { entry in
                end = end.appending(entry.id)
                guard end.sequence <= header.last else {
                    throw SegmentError(header, "it holds more entries than its header says")
                }
                body(entry)
            }
        }
        try parser.finish()
        guard end.sequence == header.last else {
            throw SegmentError(header, "it holds \(end.sequence - header.first + 1) entries")
        }
        guard end.chain == header.chain else {
            throw SegmentError(header, "its entries do not give the chain in its header")
        }
    }
}

/// A segment that is not what it says, or that this version cannot read.
public struct SegmentError: Error, CustomStringConvertible {
    public let description: String
    /// Whether a later version may be able to read it.
    public let isOfLaterFormat: Bool

    init(_ header: SegmentHeader, _ reason: String) {
        description = "entries \(header.first)–\(header.last) of replica \(header.replica) are damaged: \(reason)"
        isOfLaterFormat = false
    }

    init(_ header: SegmentHeader, laterFormat reason: String) {
        description = "entries \(header.first)–\(header.last) of replica \(header.replica) have \(reason)"
        isOfLaterFormat = true
    }
}
