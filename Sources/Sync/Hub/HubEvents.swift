import Archive

/// A hub's stream of events (server-sent events): tells the digest of its vector at once, and again whenever it changes.
public final class HubEvents: Sendable {
    private let hub: HubClient

    /// - Parameter hub: a client of its own, as the stream takes its connection for as long as it lasts.
    public init(_ hub: HubClient) { self.hub = hub }

    /// Follows the stream until it ends, which a hub that stops does. Blocks.
    /// - Parameters:
    ///   - isCancelled: asked about once a second; `true` ends the stream without an error.
    ///   - onDigest: told each digest.
    /// - Throws: `RemoteError` if the stream cannot be had or breaks off.
    public func follow(
        isCancelled: @escaping @Sendable () -> Bool, onDigest: @escaping (VectorDigest) -> Void
    ) throws(RemoteError) {
        var parser = EventParser()
        var isUsable = true
        do {
            // No more comes than a sign of life now and then.
            try hub.collect("GET", "/events", isCancelled: isCancelled, slowest: 1) { bytes in
                isUsable = parser.append(bytes) { event in
                    if let digest = VectorDigest(hex: event) { onDigest(digest) }
                }
                return isUsable
            }
        } catch {
            guard isUsable else { throw .malformed("its events have lines that no hub sends") }
            if !isCancelled() { throw error }
        }
    }
}

/// Takes apart a stream of server-sent events (WHATWG HTML, section 9.2.6), as far as we use them: the data of events of
/// the type `vector`.
struct EventParser {
    private static let maximumLine = 4096

    private var line: [UInt8] = []
    private var type: [UInt8] = []
    private var data: [UInt8] = []

    /// - Returns: `false` if a line is longer than any that we know.
    mutating func append(_ bytes: UnsafeRawBufferPointer, onEvent: (_ data: String) -> Void) -> Bool {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"):
                take(onEvent)
                line = []
            case UInt8(ascii: "\r"): break
            default:
                line.append(byte)
                guard line.count <= Self.maximumLine else { return false }
            }
        }
        return true
    }

    private mutating func take(_ onEvent: (String) -> Void) {
        if line.isEmpty {
            if type == Array("vector".utf8), !data.isEmpty { onEvent(String(decoding: data, as: UTF8.self)) }
            (type, data) = ([], [])
        } else if let value = value(of: "event") {
            type = value
        } else if let value = value(of: "data") {
            data = value
        }
    }

    private func value(of field: String) -> [UInt8]? {
        guard line.starts(with: field.utf8), line.dropFirst(field.utf8.count).first == UInt8(ascii: ":") else {
            return nil
        }
        let value = line.dropFirst(field.utf8.count + 1)
        return Array(value.first == UInt8(ascii: " ") ? value.dropFirst() : value)
    }
}
