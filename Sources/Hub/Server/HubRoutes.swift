import HTTPServing
import HTTPTypes
import History
import Hummingbird
import Logging
import ServiceLifecycle
import Sync

/// What the hub answers to which request. `docs/openapi.yaml` describes all of it.
struct HubRoutes: Sendable {
    let store: HubStore
    let archives: HubArchives
    let limits: HTTPLimits
    let logger: Logger

    func router() -> Router<ServedContext> {
        let router = Router(context: ServedContext.self)
        router.add(middleware: RequestLog(logger: logger))
        router.add(middleware: ErrorAnswers())
        for route in Route.allCases { router.on(RouterPath(route.path), method: route.method, use: answer(to: route)) }
        return router
    }

    private enum Route: CaseIterable {
        case health, sync, list, segment, events

        var method: HTTPRequest.Method { self == .sync ? .post : .get }

        var path: String {
            switch self {
            case .health: "healthz"
            case .sync: "v1/archives/:name/sync"
            case .list: "v1/archives/:name/segments"
            case .segment: "v1/archives/:name/segments/:replica/:file"
            case .events: "v1/archives/:name/events"
            }
        }

        /// Whether a path that is asked for is this one.
        func isPath(_ parts: [Substring]) -> Bool {
            let pattern = path.split(separator: "/")
            return pattern.count == parts.count
                && zip(pattern, parts).allSatisfy { $0.utf8.first == UInt8(ascii: ":") || $0 == $1 }
        }
    }

    private func answer(to route: Route) -> @Sendable (Request, ServedContext) async throws -> Response {
        switch route {
        case .health: health
        case .sync: sync
        case .list: list
        case .segment: segment
        case .events: events
        }
    }

    /// The method that a path is asked with; `nil` if there is no such path.
    static func method(of path: String) -> HTTPRequest.Method? {
        let parts = path.split(separator: "/")
        return Route.allCases.first { $0.isPath(parts) }?.method
    }

    private func health(_ request: Request, _ context: ServedContext) -> Response {
        ErrorAnswers.json(.ok, Array("{\"ok\":true}\n".utf8))
    }

    /// The archive that is asked for, and what the token allows on it. Looks at the token before anything else is read.
    private func authorize(_ request: Request, _ context: ServedContext) throws -> (name: String, scope: TokenScope) {
        let name = try context.parameters.require("name")
        let scheme = "bearer "
        // Without regard to case: RFC 9110, section 11.1.
        guard let header = request.headers[.authorization], header.prefix(scheme.count).lowercased() == scheme else {
            throw HubError(.unauthorized, "send the archive's token in the header 'Authorization: Bearer …'")
        }
        // Which archives there are is told to nobody who has no token of them.
        guard let grant = try store.grant(of: String(header.dropFirst(scheme.count)), name: name, onFailure: note)
        else {
            throw HubError(
                .unauthorized,
                "the token is not one of the archive '\(name)', or this hub has none of that name; check the name and the token file"
            )
        }
        context.record.note("token", .string(grant.name))
        return (name, grant.scope)
    }

    /// That the day of a token's last use cannot be written is no reason to refuse what is asked.
    private func note(_ error: HubError) {
        logger.warning("last use of a token not noted", metadata: ["reason": "\(error)"])
    }

    private func sync(_ request: Request, _ context: ServedContext) async throws -> Response {
        let (name, scope) = try authorize(request, context)
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.body {
            throw SyncPush.tooLarge(limits.body)
        }
        var push = SyncPush(archive: try await archives.archive(name), scope: scope, limit: limits.body)
        do {
            for try await buffer in request.body { try await push.take(buffer) }
        } catch {
            try? await push.store()
            throw error
        }
        let answer = try await push.finish()
        if push.stored > 0 { context.record.note("stored", count: push.stored) }
        if !answer.response.refused.isEmpty { context.record.note("refused", count: answer.response.refused.count) }
        if !answer.segments.isEmpty { context.record.note("sent", count: answer.segments.count) }
        let line = answer.response.encode()
        guard !answer.segments.isEmpty else {
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: line)))
        }
        let archive = try await archives.archive(name)
        return Response(
            status: .ok,
            body: .stored(line, then: answer.segments, on: context.eventLoop) { await archive.setAside($0) })
    }

    /// The names of all segments, a line each, in the order of their arrival.
    private func list(_ request: Request, _ context: ServedContext) async throws -> Response {
        let (name, _) = try authorize(request, context)
        let list = try await archives.archive(name).list
        return Response(
            status: .ok, headers: [.contentType: "text/plain"], body: .stored(then: [list], on: context.eventLoop))
    }

    private func segment(_ request: Request, _ context: ServedContext) async throws -> Response {
        let (name, _) = try authorize(request, context)
        guard let replica = ReplicaID(hex: try context.parameters.require("replica")),
            let segment = SegmentName(replica: replica, file: try context.parameters.require("file"))
        else {
            throw HubError(
                .malformed, "the address does not name a segment: …/segments/<replica>/<first>-<last>-<chain>-<hash>")
        }
        let archive = try await archives.archive(name)
        var stored = try await archive.stored(segment)
        let size = stored.size
        var headers: HTTPFields = [.contentType: "application/octet-stream", .acceptRanges: "bytes"]
        guard let range = try ByteRange.parse(request.headers[.range], size: size) else {
            return Response(
                status: .ok, headers: headers,
                body: .stored(then: [stored], on: context.eventLoop) { await archive.setAside($0) })
        }
        (stored.range, stored.whole) = (range, nil)
        headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
        return Response(status: .partialContent, headers: headers, body: .stored(then: [stored], on: context.eventLoop))
    }

    /// The digest of the vector at once, and again whenever it has changed (server-sent events), until either side ends.
    private func events(_ request: Request, _ context: ServedContext) async throws -> Response {
        let (name, _) = try authorize(request, context)
        let archive = try await archives.archive(name)
        let heartbeat = limits.heartbeat
        let isAllowed: @Sendable () -> Bool = { (try? authorize(request, context)) != nil }
        let body = ResponseBody { writer in
            let (arrivals, signal) = await archive.arrivals()
            // A comment now and then keeps the way open, and finds out whether anybody is still there.
            let ticker = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: heartbeat)
                    signal.yield()
                }
            }
            defer {
                ticker.cancel()
                signal.finish()
            }
            var last: VectorDigest?
            signal.yield()
            try await withGracefulShutdownHandler {
                for await _ in arrivals {
                    // A token that was taken away meanwhile hears no more.
                    guard isAllowed() else { break }
                    let digest = await archive.digest
                    let text =
                        digest == last
                        ? ": the hub is here, and nothing has arrived\n\n" : "event: vector\ndata: \(digest.hex)\n\n"
                    last = digest
                    try await writer.write(ByteBuffer(string: text))
                }
            } onGracefulShutdown: {
                signal.finish()
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }
}

/// The header `Range` (RFC 9110, section 14.2), as far as it asks for one run.
enum ByteRange {
    /// - Returns: `nil` if the header is missing or of another form, which means all of it.
    /// - Throws: `HubError` if nothing is in the range.
    static func parse(_ header: String?, size: Int) throws(HubError) -> Range<Int>? {
        guard let header, header.utf8.starts(with: "bytes=".utf8) else { return nil }
        let bounds = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = number(bounds[0]), bounds[1].isEmpty || number(bounds[1]) != nil else {
            return nil
        }
        if let last = number(bounds[1]), last < first { return nil }
        guard first < size else { throw HubError(.badRange, "the segment has \(size) bytes only") }
        return first..<min(number(bounds[1]) ?? size, size - 1) + 1
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}
