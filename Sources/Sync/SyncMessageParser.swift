import Archive

/// Takes a sync message apart as its bytes arrive: one line, then segments back to back.
///
/// Holds one piece of input and one segment at most, and hands out no segment whose payload does not have the length and
/// the hash in its header, so neither end can forget to check.
public struct SyncMessageParser: Sendable {
    /// The longest first line, in bytes: a vector of some 8,000 replicas.
    public static let maximumLine = 1 << 20

    public enum Part: Sendable {
        /// The first line, without its line feed.
        case line([UInt8])
        case segment(Segment)
    }

    private enum State {
        case line
        case header
        case payload(SegmentHeader)
    }

    private var state = State.line
    private var input: [UInt8] = []
    private var position = 0
    private var collected: [UInt8] = []

    public init() {}

    /// A parser for segments alone, as they are stored.
    package static func segments() -> Self {
        var parser = Self()
        parser.state = .header
        return parser
    }

    /// Adds a piece of input. Take all parts with `next` before adding another.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        input.removeSubrange(..<position)
        position = 0
        input.append(contentsOf: bytes)
    }

    /// The next complete part; `nil` if it needs more input.
    public mutating func next() throws(MalformedMessage) -> Part? {
        switch state {
        case .line:
            guard let line = try takeLine(limit: Self.maximumLine, subject: "first line") else { return nil }
            state = .header
            return .line(line)
        case .header:
            guard let line = try takeLine(limit: SegmentHeader.maximumLine, subject: "segment header") else { return nil }
            let header = try SegmentHeader(line: line)
            state = .payload(header)
            return try takePayload(header)
        case .payload(let header):
            return try takePayload(header)
        }
    }

    /// Checks that the input ended after a whole message.
    public func finish() throws(MalformedMessage) {
        switch state {
        case .line: throw MalformedMessage("the message ends before its first line does")
        case .header where collected.isEmpty && position == input.count: return
        case .header: throw MalformedMessage("the message ends inside a segment's header")
        case .payload(let header):
            throw MalformedMessage("the message ends inside the segment of \(Self.describe(header))")
        }
    }

    private mutating func takeLine(limit: Int, subject: String) throws(MalformedMessage) -> [UInt8]? {
        let end = input[position...].firstIndex(of: UInt8(ascii: "\n"))
        collected.append(contentsOf: input[position..<(end ?? input.count)])
        guard collected.count < limit else {
            throw MalformedMessage("the \(subject) is longer than \(limit) bytes", isTooLarge: true)
        }
        position = end.map { $0 + 1 } ?? input.count
        guard end != nil else { return nil }
        defer { collected = [] }
        return collected
    }

    private mutating func takePayload(_ header: SegmentHeader) throws(MalformedMessage) -> Part? {
        let end = position + min(header.length - collected.count, input.count - position)
        collected.append(contentsOf: input[position..<end])
        position = end
        guard collected.count == header.length else { return nil }
        let segment = Segment(header: header, payload: collected)
        guard segment.isIntact else {
            throw MalformedMessage("the segment of \(Self.describe(header)) does not have the SHA-256 in its header")
        }
        collected = []
        state = .header
        return .segment(segment)
    }

    private static func describe(_ header: SegmentHeader) -> String {
        "entries \(header.first)–\(header.last) of replica \(header.replica)"
    }
}
