import CCurl

/// The body of a request, in bytes that libcurl asks for as the connection takes them.
public enum HTTPBody {
    case none
    /// Sent one after another. libcurl can begin anew if a kept connection turns out to be dead.
    case chunks([[UInt8]])
    /// `read` gives the next bytes, none at the end; `nil` stops the exchange.
    case stream(length: Int, read: () -> [UInt8]?)

    /// In bytes; `nil` if there is no body.
    var length: Int? {
        switch self {
        case .none: nil
        case .chunks(let chunks): chunks.reduce(0) { $0 + $1.count }
        case .stream(let length, _): length
        }
    }
}

/// What came back: the status, and the body unless a sink took it.
public struct HTTPAnswer: Sendable {
    /// The status code.
    public let status: Int
    /// By lower-case name; of a repeated header, the last.
    public let headers: [String: String]
    /// The body if no sink was given, at most `HTTPClient.maximumBody` bytes; of an answer other than 2xx the beginning of it, at most
    /// `HTTPClient.maximumErrorBody` bytes.
    public let body: [UInt8]
    /// The length of headers and body in bytes.
    public let receivedBytes: Int
    /// What the header `Retry-After` asks for, in seconds, whether it names them or a date.
    public var retryAfter: Int?
}

/// One request under way: what libcurl's callbacks read from and write to.
final class HTTPExchange {
    /// Enough for any answer that we read as headers; more of them end the exchange.
    private static let maximumHeaders = 64 << 10

    private let body: HTTPBody
    private let sink: ((UnsafeRawBufferPointer) -> Bool)?
    private let isCancelled: (() -> Bool)?
    private let onTransfer: (_ sent: Int, _ received: Int) -> Void
    private var chunk = 0
    private var streamed: [UInt8] = []
    private var offset = 0
    private var headerBytes = 0
    private(set) var status = 0
    private(set) var headers: [String: String] = [:]
    private(set) var collected: [UInt8] = []
    /// Whether the exchange was ended since enough had come of an answer that is an error.
    private(set) var isCut = false

    init(
        body: HTTPBody, sink: ((UnsafeRawBufferPointer) -> Bool)?, isCancelled: (() -> Bool)?,
        onTransfer: @escaping (_ sent: Int, _ received: Int) -> Void
    ) {
        self.onTransfer = onTransfer
        self.body = body
        self.sink = sink
        self.isCancelled = isCancelled
    }

    /// Connects the handle's callbacks to this exchange, which must outlive the request.
    func attach(to handle: CurlHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        handle.set(CURLOPT_WRITEDATA, pointer: context)
        handle.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            HTTPExchange.from(context).receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
                ? size * count : 0
        }
        handle.set(CURLOPT_HEADERDATA, pointer: context)
        handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            HTTPExchange.from(context).receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
                ? size * count : 0
        }
        handle.set(CURLOPT_NOPROGRESS, 0)
        handle.set(CURLOPT_XFERINFODATA, pointer: context)
        handle.set(
            CURLOPT_XFERINFOFUNCTION,
            progress: { context, _, received, _, sent in
                let exchange = HTTPExchange.from(context)
                exchange.onTransfer(Int(sent), Int(received))
                return exchange.isCancelled?() == true ? 1 : 0
            })
        guard body.length != nil else { return }
        handle.set(CURLOPT_READDATA, pointer: context)
        handle.set(CURLOPT_READFUNCTION) { bytes, size, count, context in
            let room = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
            return HTTPExchange.from(context).send(into: room) ?? Int(CURL_READFUNC_ABORT)
        }
        handle.set(CURLOPT_SEEKDATA, pointer: context)
        handle.set(
            CURLOPT_SEEKFUNCTION,
            seek: { context, offset, origin in
                HTTPExchange.from(context).rewind(to: Int(offset), origin: origin)
            })
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPExchange {
        Unmanaged<HTTPExchange>.fromOpaque(context!).takeUnretainedValue()
    }

    // MARK: Receiving

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if let sink, (200..<300).contains(status) { return sink(bytes) }
        let isError = !(200..<300).contains(status)
        let room = (isError ? HTTPClient.maximumErrorBody : HTTPClient.maximumBody) - collected.count
        if bytes.count <= room {
            collected.append(contentsOf: bytes)
            return true
        }
        // An error page may be of any length, or have no end: its beginning is enough to say what was wrong.
        if isError {
            collected.append(contentsOf: bytes.prefix(room))
            isCut = true
        }
        return false
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.maximumHeaders else { return false }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.utf8.starts(with: "HTTP/".utf8) {
            // The next answer to the same request: after 100 Continue, say.
            headers = [:]
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        } else if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let value = line[line.utf8.index(after: colon)...].drop { $0.isWhitespace }
            headers[line[..<colon].lowercased()] = String(value.reversed().drop { $0.isWhitespace }.reversed())
        }
        return true
    }

    // MARK: Sending

    private func send(into room: UnsafeMutableRawBufferPointer) -> Int? {
        switch body {
        case .none: return 0
        case .chunks(let chunks):
            while chunk < chunks.count, offset == chunks[chunk].count { (chunk, offset) = (chunk + 1, 0) }
            return chunk < chunks.count ? copy(chunks[chunk], into: room) : 0
        case .stream(_, let read):
            if offset == streamed.count {
                guard let next = read() else { return nil }
                (streamed, offset) = (next, 0)
            }
            return copy(streamed, into: room)
        }
    }

    private func copy(_ source: [UInt8], into room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, source.count - offset)
        source.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
        offset += count
        return count
    }

    private func rewind(to target: Int, origin: Int32) -> Int32 {
        guard case .chunks = body, target == 0, origin == 0 else { return CURL_SEEKFUNC_CANTSEEK }
        (chunk, offset) = (0, 0)
        return CURL_SEEKFUNC_OK
    }
}
