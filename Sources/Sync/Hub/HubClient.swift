import Archive

/// One archive on a hub, over HTTP.
public final class HubClient: Sendable {
    /// The hub's budget if a request names none, in bytes of segments.
    public static let defaultBudget = 16 << 20
    private static let success = 200
    private static let partial = 206

    /// The archive's address, `http://host:port/v1/archives/name`.
    public let url: String
    private let token: String
    public let client: HTTPClient

    /// - Parameter url: the archive's address, `http://host:port/v1/archives/name`.
    public init(url: String, token: String, client: HTTPClient) {
        self.url = url.utf8.last == UInt8(ascii: "/") ? String(url.dropLast()) : url
        self.token = token
        self.client = client
    }

    /// One exchange: brings segments to the hub, and back those that the client lacks, up to the request's budget.
    ///
    /// Every returned segment has the length and the SHA-256 that its header says; what its entries are, and whether
    /// they attach, is for the caller to check. Repeating a call whose outcome is unknown is harmless.
    public func sync(
        _ request: SyncRequest, segments: [LogSegment] = []
    ) throws(RemoteError) -> (response: SyncResponse, segments: [LogSegment]) {
        var chunks = [request.encode()]
        for segment in segments {
            chunks.append(segment.header.encode())
            chunks.append(segment.payload)
        }
        let receiver = SegmentReceiver(
            parser: SyncMessageParser(), budget: max(request.budget ?? Self.defaultBudget, SegmentLimits.payload))
        do {
            try exchange("POST", "/sync", body: .chunks(chunks), receiver: receiver)
        } catch .notFound(let message) {
            throw .noSuchArchive(message)
        } catch {
            // What came before the cut, the standstill or the nonsense is as good as ever: the caller asks for the rest.
            guard error.isOfAnswer else { throw error }
            if error.isUnusable {} else if let segment = resume(receiver.partial) { receiver.add(segment) }
            guard !receiver.segments.isEmpty, let line = receiver.line, var response = try? SyncResponse(line: line)
            else { throw error }
            response.more = true
            return (response, receiver.segments)
        }
        guard let line = receiver.line else { throw .malformed("the answer has no first line") }
        do {
            return (try SyncResponse(line: line), receiver.segments)
        } catch {
            throw RemoteError(error)
        }
    }

    /// Fetches one segment by its name.
    public func segment(_ name: SegmentName) throws(RemoteError) -> LogSegment {
        let receiver = SegmentReceiver(parser: .segments(), budget: SegmentLimits.payload)
        try exchange("GET", "/segments/\(name.replica.hex)/\(name.file)", body: .none, receiver: receiver)
        guard receiver.segments.count == 1, receiver.segments[0].header.name == name else {
            throw .malformed("the answer is not the segment \(name.path)")
        }
        return receiver.segments[0]
    }

    /// Fetches what is missing of a segment whose transfer broke, as often as that gets on.
    private func resume(_ partial: (header: SegmentHeader, payload: [UInt8])?) -> LogSegment? {
        guard let header = partial?.header, var payload = partial?.payload, payload.count >= Self.worthwhile else {
            return nil
        }
        let start = header.encode().count
        while payload.count < header.length {
            let before = payload.count
            do {
                try collect("GET", "/segments/\(header.replica.hex)/\(header.name.file)", from: start + before) {
                    bytes in
                    payload.append(contentsOf: bytes)
                    return payload.count <= header.length
                }
            } catch {
                // Only what gets on is gone on with.
                guard error.isOfAnswer, payload.count - before >= Self.worthwhile else { return nil }
            }
            guard payload.count > before else { return nil }
        }
        let segment = LogSegment(header: header, payload: payload)
        return segment.isIntact ? segment : nil
    }

    /// A transfer that breaks is resumed only if it brought this many bytes.
    private static let worthwhile = 4096

    private func exchange(_ method: String, _ path: String, body: HTTPBody, receiver: SegmentReceiver)
        throws(RemoteError)
    {
        let answer: HTTPAnswer
        do {
            answer = try collect(method, path, body: body, receiver.receive)
        } catch {
            if let failure = receiver.failure { throw RemoteError(failure) }
            throw error
        }
        do {
            try receiver.finish()
        } catch {
            if answer.headers["content-type"]?.lowercased().hasPrefix("text/html") == true {
                throw .malformed(
                    "a web page came, and no hub sends one: the address is another server's, or the network wants you to log in first"
                )
            }
            // Where only the connection's end marked the answer's, a dead server looks like one that is done.
            let hadLength = answer.headers["content-length"] != nil || answer.headers["transfer-encoding"] != nil
            throw hadLength ? RemoteError(error) : .interrupted(error.description)
        }
    }
}

extension HubClient {
    /// A request whose answer goes to `sink` piece by piece; `false` stops it.
    /// - Parameter first: the byte to begin with; the whole answer if `nil`.
    @discardableResult
    func collect(
        _ method: String, _ path: String, body: HTTPBody = .none, from first: Int? = nil,
        isCancelled: (() -> Bool)? = nil,
        slowest: Int? = nil, _ sink: @escaping (UnsafeRawBufferPointer) -> Bool
    ) throws(RemoteError) -> HTTPAnswer {
        let answer: HTTPAnswer
        let range = first.map { [(name: "Range", value: "bytes=\($0)-")] } ?? []
        let received = client.counts.receivedBytes
        do {
            answer = try client.request(
                method, url + path, headers: [("Authorization", "Bearer \(token)")] + range, body: body, sink: sink,
                isCancelled: isCancelled, slowest: slowest)
        } catch {
            switch error.kind {
            case .stalled: throw .stalled(error.reason)
            case .protocol, .stopped: throw .malformed(error.description)
            case .truncated where client.counts.receivedBytes == received && url.utf8.starts(with: "http://".utf8):
                throw .interrupted("\(error.reason); where a hub has a certificate, its address begins with https://")
            case .truncated: throw .interrupted(error.reason)
            case .certificate: throw .untrusted(error.description)
            case .tls: throw .unencrypted(error.description)
            case .unreachable: throw .unavailable(error.description)
            }
        }
        if answer.status == 401, token.isEmpty {
            throw .unauthorized("no token was given")
        }
        guard answer.status == (first == nil ? Self.success : Self.partial) else { throw RemoteError(answer) }
        return answer
    }
}

extension RemoteError {
    /// Whether an answer had begun, or may have, that did not come to its end.
    fileprivate var isOfAnswer: Bool {
        switch self {
        case .interrupted, .stalled: true
        default: isUnusable
        }
    }

    /// Whether the answer came, and cannot be used.
    fileprivate var isUnusable: Bool {
        switch self {
        case .malformed, .laterFormat: true
        default: false
        }
    }
}

/// Takes an answer apart as it arrives, within limits that the other side cannot move.
private final class SegmentReceiver {
    private var parser: SyncMessageParser
    private var room: Int
    private(set) var line: [UInt8]?
    private(set) var segments: [LogSegment] = []
    private(set) var failure: MalformedMessage?

    init(parser: SyncMessageParser, budget: Int) {
        self.parser = parser
        // The budget counts segments as sent; one header more than fits is no reason to fail.
        room = budget + SegmentLimits.line
    }

    /// Whether to go on.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        parser.append(bytes)
        do {
            while let part = try parser.next() {
                switch part {
                case .line(let line): self.line = line
                case .segment(let segment): try accept(segment)
                }
            }
            return true
        } catch {
            failure = error
            return false
        }
    }

    func finish() throws(MalformedMessage) { try parser.finish() }

    /// What has come of a segment that is not whole.
    var partial: (header: SegmentHeader, payload: [UInt8])? { parser.partial }

    func add(_ segment: LogSegment) { segments.append(segment) }

    private func accept(_ segment: LogSegment) throws(MalformedMessage) {
        room -= segment.payload.count
        guard room >= 0 else { throw MalformedMessage("the hub sends more than was asked for", isTooLarge: true) }
        segments.append(segment)
    }
}
