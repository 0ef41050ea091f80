import Archive
import Crypto

/// Takes a sync message apart as its bytes arrive: one line, then segments back to back, each as its header and the
/// pieces of its payload.
///
/// Holds one piece of input and one line at most. It checks what can be checked on the way: the lengths of lines, each
/// header, and at a payload's end that it has the SHA-256 in its header.
package struct SyncMessageReader: Sendable {
    /// The longest first line, in bytes. A response that names as many logs as it may, and refuses as many, is shorter.
    package static let maximumLine = 1 << 20

    package enum Part: Sendable {
        /// The first line, without its line feed.
        case line([UInt8])
        /// A segment begins.
        case header(SegmentHeader)
        /// The next bytes of its payload. What they belong to is known to be intact only at the end.
        case piece(ArraySlice<UInt8>)
        /// The payload is whole, and the one that the header describes.
        case end(SegmentHeader)
    }

    private enum State {
        case line
        case header
        case payload(SegmentHeader, missing: Int, hash: SHA256)
    }

    private var state: State
    private var input: [UInt8] = []
    private var position = 0
    /// The beginning of a line whose end has not come.
    private var collected: [UInt8] = []

    /// - Parameter hasLine: whether a first line is expected; segments alone are as they are stored.
    package init(hasLine: Bool = true) { state = hasLine ? .line : .header }

    /// Adds a piece of input. Take all parts with `next` before adding another.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // Taking all parts has used up what was there before.
        input = Array(bytes)
        position = 0
    }

    /// The next part; `nil` if it needs more input.
    package mutating func next() throws(MalformedMessage) -> Part? {
        switch state {
        case .line:
            guard let line = try takeLine(limit: Self.maximumLine, subject: "first line") else { return nil }
            state = .header
            return .line(line)
        case .header:
            guard let line = try takeLine(limit: SegmentLimits.line, subject: "segment header") else { return nil }
            let header = try SegmentHeader(line: line)
            state = .payload(header, missing: header.length, hash: SHA256())
            return .header(header)
        case .payload(let header, 0, let hash):
            guard PayloadHash(bytes: Array(hash.finalize())) == header.payloadHash else {
                throw MalformedMessage("the segment of \(header.subject) does not have the SHA-256 in its header")
            }
            state = .header
            return .end(header)
        case .payload(let header, let missing, var hash):
            let piece = input[position...].prefix(missing)
            guard !piece.isEmpty else { return nil }
            position = piece.endIndex
            piece.withUnsafeBytes { hash.update(bufferPointer: $0) }
            state = .payload(header, missing: missing - piece.count, hash: hash)
            return .piece(piece)
        }
    }

    /// Checks that the input ended after a whole message.
    package func finish() throws(MalformedMessage) {
        switch state {
        case .line: throw MalformedMessage("the message ends before its first line does")
        case .header where collected.isEmpty: return
        case .header: throw MalformedMessage("the message ends inside a segment's header")
        case .payload(let header, _, _):
            throw MalformedMessage("the message ends inside the segment of \(header.subject)")
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
}

extension SegmentHeader {
    /// For messages.
    fileprivate var subject: String { "entries \(first)–\(last) of replica \(replica)" }
}
