import Archive

/// Takes a sync message apart as its bytes arrive, and gives out whole segments.
///
/// Holds one piece of input and one segment at most, and hands out no segment whose payload does not have the length and
/// the hash in its header, so that nobody can forget to check.
public struct SyncMessageParser: Sendable {
    public enum Part: Sendable {
        /// The first line, without its line feed.
        case line([UInt8])
        case segment(LogSegment)
    }

    private var reader: SyncMessageReader
    /// What has come of a segment that is not whole yet.
    package private(set) var partial: (header: SegmentHeader, payload: [UInt8])?

    public init() { reader = SyncMessageReader() }

    private init(_ reader: SyncMessageReader) { self.reader = reader }

    /// A parser for segments alone, as they are stored.
    package static func segments() -> Self { Self(SyncMessageReader(hasLine: false)) }

    /// Adds a piece of input. Take all parts with `next` before adding another.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) { reader.append(bytes) }

    /// The next complete part; `nil` if it needs more input.
    public mutating func next() throws(MalformedMessage) -> Part? {
        while let part = try reader.next() {
            switch part {
            case .line(let line): return .line(line)
            case .header(let header): partial = (header, [])
            case .piece(let piece): partial?.payload += piece
            case .end(let header):
                defer { partial = nil }
                return .segment(LogSegment(header: header, payload: partial?.payload ?? []))
            }
        }
        return nil
    }

    /// Checks that the input ended after a whole message.
    public func finish() throws(MalformedMessage) { try reader.finish() }
}
