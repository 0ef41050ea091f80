import CCurl
import Synchronization

/// HTTP requests one after another over one libcurl handle, which keeps its connection between them.
///
/// Calls block until the answer is there; from asynchronous code, call from a thread of your own. Redirects are never
/// followed: a token must not travel to where it was not meant for.
public final class HTTPClient: @unchecked Sendable {
    // Sendable because `handle` and `counts` are touched only while `lock` is held.

    /// A body that is collected in memory may have this many bytes.
    public static let maximumBody = 1 << 20
    /// Of the body of an answer other than 2xx, no more bytes are read.
    public static let maximumErrorBody = 64 << 10
    /// A server that asks to wait for longer, in seconds, does not mean it.
    private static let longestWait = 86_400

    /// How long to wait, in seconds.
    public struct Timeouts: Hashable, Sendable {
        /// For a connection.
        public var connect: Int
        /// While fewer bytes a second than `slowest` move, in either direction.
        public var stalled: Int
        /// In bytes a second.
        public var slowest: Int

        public init(connect: Int = 10, stalled: Int = 60, slowest: Int = 256) {
            self.connect = connect
            self.stalled = stalled
            self.slowest = slowest
        }
    }

    private let lock = Mutex(())
    private let handle: CurlHandle
    private var counted = Traffic()
    private let timeouts: Timeouts
    private let proxy: String?
    private let authorityFile: String?
    private let onTransfer: ((Traffic) -> Void)?

    /// - Parameters:
    ///   - proxy: a proxy's URL, empty for none; `nil` lets the environment say, except for this machine itself.
    ///   - authorityFile: a PEM file of the only certificates to trust; `nil` for the system's.
    ///   - onTransfer: told several times a second, on the thread that waits for the answer, what has moved so far.
    /// - Throws: `TransportError` if libcurl cannot start.
    public init(
        timeouts: Timeouts = Timeouts(), proxy: String? = nil, authorityFile: String? = nil,
        onTransfer: ((Traffic) -> Void)? = nil
    ) throws(TransportError) {
        handle = try CurlHandle()
        self.timeouts = timeouts
        self.proxy = proxy
        self.authorityFile = authorityFile
        self.onTransfer = onTransfer
    }

    /// What this client has moved so far.
    public var counts: Traffic { lock.withLock { _ in counted } }

    /// Sends a request and waits for the whole answer.
    /// - Parameters:
    ///   - sink: takes the body of a 2xx answer piece by piece; `false` stops the exchange. Without one, the body is
    ///     collected, up to `maximumBody` bytes.
    ///   - isCancelled: asked about once a second; `true` stops the exchange.
    ///   - slowest: in place of the client's own lowest rate, in bytes a second.
    /// - Throws: `TransportError`. An answer of any status is an answer.
    public func request(
        _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: HTTPBody = .none,
        sink: ((UnsafeRawBufferPointer) -> Bool)? = nil, isCancelled: (() -> Bool)? = nil, slowest: Int? = nil
    ) throws(TransportError) -> HTTPAnswer {
        for header in headers where (header.name + header.value).utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw TransportError(
                kind: .protocol, reason: "the header \(header.name) holds a control character; check the token")
        }
        let result: Result<HTTPAnswer, TransportError> = lock.withLock { _ in
            let (before, onTransfer) = (counted, onTransfer)
            let exchange = HTTPExchange(body: body, sink: sink, isCancelled: isCancelled) { sent, received in
                onTransfer?(
                    Traffic(
                        requests: before.requests + 1, sentBytes: before.sentBytes + sent,
                        receivedBytes: before.receivedBytes + received))
            }
            return perform(method, url, headers, exchange, length: body.length, slowest: slowest ?? timeouts.slowest)
        }
        return try result.get()
    }

    private func perform(
        _ method: String, _ url: String, _ headers: [(name: String, value: String)], _ exchange: HTTPExchange,
        length: Int?, slowest: Int
    ) -> Result<HTTPAnswer, TransportError> {
        prepare(url)
        handle.set(CURLOPT_LOW_SPEED_LIMIT, slowest)
        setMethod(method, length: length)
        // An empty value takes out a header that libcurl would add by itself.
        var list = CurlList()
        for name in ["Accept", "Expect"] { list.append("\(name):") }
        for header in headers { list.append("\(header.name): \(header.value)") }
        handle.set(CURLOPT_HTTPHEADER, list: list.pointer)
        exchange.attach(to: handle)
        let code = withExtendedLifetime(exchange) { handle.perform() }
        let received = handle.long(CURLINFO_HEADER_SIZE) + handle.offset(CURLINFO_SIZE_DOWNLOAD_T)
        counted.requests += 1
        counted.sentBytes += handle.long(CURLINFO_REQUEST_SIZE) + handle.offset(CURLINFO_SIZE_UPLOAD_T)
        counted.receivedBytes += received
        guard code == CURLE_OK || exchange.isCut else {
            let hasBegun = handle.long(CURLINFO_REQUEST_SIZE) > 0
            return .failure(TransportError(code: code, reason: handle.reason(code), hasBegun: hasBegun))
        }
        return .success(
            HTTPAnswer(
                status: exchange.status, headers: exchange.headers, body: exchange.collected, receivedBytes: received,
                retryAfter: exchange.headers["retry-after"].flatMap(retryAfter)))
    }

    /// The seconds that the header `Retry-After` asks to wait; `nil` of what is no time, or none that can be meant.
    private func retryAfter(_ value: String) -> Int? {
        let isNumber = value.utf8.allSatisfy { (0x30...0x39).contains($0) }
        // libcurl reads dates, and gives 0 for what is none.
        let seconds =
            isNumber ? Int(value) : value.utf8.contains(UInt8(ascii: ":")) ? handle.offset(CURLINFO_RETRY_AFTER) : nil
        return seconds.flatMap { 1...Self.longestWait ~= $0 ? $0 : nil }
    }

    private func prepare(_ url: String) {
        handle.reset()
        handle.set(CURLOPT_URL, url)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_USERAGENT, "archivectl")
        // Signals would reach into the whole process.
        handle.set(CURLOPT_NOSIGNAL, 1)
        handle.set(CURLOPT_FOLLOWLOCATION, 0)
        handle.set(CURLOPT_CONNECTTIMEOUT, timeouts.connect)
        handle.set(CURLOPT_LOW_SPEED_TIME, timeouts.stalled)
        handle.set(CURLOPT_TCP_KEEPALIVE, 1)
        // A proxy from the environment cannot reach our own machine's loopback.
        if let proxy = proxy ?? (Self.isLoopback(url) ? "" : nil) { handle.set(CURLOPT_PROXY, proxy) }
        if let authorityFile { handle.set(CURLOPT_CAINFO, authorityFile) }
    }

    private func setMethod(_ method: String, length: Int?) {
        if let length {
            // UPLOAD, unlike POST, adds no Content-Type and takes a body of any method.
            handle.set(CURLOPT_UPLOAD, 1)
            handle.set(CURLOPT_INFILESIZE_LARGE, offset: length)
        } else if method == "HEAD" {
            handle.set(CURLOPT_NOBODY, 1)
        } else {
            handle.set(CURLOPT_HTTPGET, 1)
        }
        handle.set(CURLOPT_CUSTOMREQUEST, method)
    }

    /// Whether an http URL leads to this machine itself.
    public static func isLoopback(_ url: String) -> Bool {
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst("http://".count).prefix { !"/?#".contains($0) }
        if authority.hasPrefix("[") { return authority.hasPrefix("[::1]") }
        let host = authority.prefix { $0 != ":" }
        // Every address of 127.0.0.0/8, but no name that begins like one.
        let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return host == "localhost" || octets.count == 4 && octets[0] == 127 && !octets.contains(nil)
    }
}
