import Archive
import HTTPTypes
import Hummingbird
import Logging
import Sync

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the hub answers to which request.
struct HubRoutes: Sendable {
    let store: HubStore
    let archives: HubArchives
    let logger: Logger

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorAnswers(logger: logger))
        router.get("healthz") { _, _ in Self.json(.ok, Array("{\"ok\":true}\n".utf8)) }
        router.post("v1/archives/:name/sync") { request, context in
            try await sync(request, name: try context.parameters.require("name"))
        }
        router.get("v1/archives/:name/segments/:replica/:file") { request, context in
            try await segment(request, parameters: context.parameters)
        }
        return router
    }

    /// Looks at the token before anything else is read.
    private func authorize(_ request: Request, name: String) throws -> TokenScope {
        let prefix = "Bearer "
        guard let header = request.headers[.authorization], header.utf8.starts(with: prefix.utf8) else {
            throw HubError(.unauthorized, "send the archive's token in the header 'Authorization: Bearer …'")
        }
        try store.requireArchive(name)
        guard let scope = try store.scope(of: String(header.dropFirst(prefix.count)), name: name) else {
            throw HubError(.unauthorized, "the token is not one of '\(name)'; make one on the hub, or check the token file")
        }
        return scope
    }

    private func sync(_ request: Request, name: String) async throws -> Response {
        let scope = try authorize(request, name: name)
        var push = SyncPush(archive: try await archives.archive(name), scope: scope)
        for try await buffer in request.body {
            try await push.take(buffer)
        }
        let answer = try await push.finish()
        logger.log(
            level: push.stored > 0 ? .info : .debug, "sync",
            metadata: [
                "archive": "\(name)", "stored": "\(push.stored)", "refused": "\(answer.response.refused.count)",
                "sent": "\(answer.segments.count)", "more": "\(answer.response.more)",
            ])
        let line = answer.response.encode()
        guard !answer.segments.isEmpty else { return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: line))) }
        return Response(status: .ok, body: Self.stream(line, then: answer.segments))
    }

    private func segment(_ request: Request, parameters: Parameters) async throws -> Response {
        let name = try parameters.require("name")
        _ = try authorize(request, name: name)
        guard let replica = ReplicaID(hex: try parameters.require("replica")),
            let segment = SegmentName(replica: replica, file: try parameters.require("file"))
        else { throw HubError(.malformed, "the address does not name a segment: …/segments/<replica>/<first>-<last>-<chain>-<hash>") }
        let stored = try await archives.archive(name).stored(segment)
        return Response(status: .ok, body: Self.stream([], then: [stored]))
    }

    /// A body read from the disk as the connection takes it.
    private static func stream(_ line: [UInt8], then segments: [HubArchive.StoredSegment]) -> ResponseBody {
        let block = 256 << 10
        let length = segments.reduce(line.count) { $0 + $1.size }
        return ResponseBody(contentLength: length) { writer in
            if !line.isEmpty { try await writer.write(ByteBuffer(bytes: line)) }
            for segment in segments {
                let file = try HubFile(path: segment.path, flags: O_RDONLY)
                for offset in stride(from: 0, to: segment.size, by: block) {
                    let count = min(block, segment.size - offset)
                    let bytes = try file.read(count, at: offset)
                    // Breaking off tells the client; filling up would not.
                    guard bytes.count == count else { throw HubError(.storage, "\(segment.path) has become shorter; restore it") }
                    try await writer.write(ByteBuffer(bytes: bytes))
                }
            }
            try await writer.finish(nil)
        }
    }

    static func json(_ status: HTTPTypes.HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// One sync request as its body arrives: the line, then segment by segment, one in memory at a time.
private struct SyncPush {
    let archive: HubArchive
    let scope: TokenScope
    private var parser = SyncMessageParser()
    private var standing: HubArchive.Standing?
    private var request = SyncRequest(archive: nil)
    private var pushed: [ReplicaID: SegmentName] = [:]
    private var refused: Set<ReplicaID> = []
    private(set) var stored = 0

    init(archive: HubArchive, scope: TokenScope) {
        self.archive = archive
        self.scope = scope
    }

    mutating func take(_ buffer: ByteBuffer) async throws {
        buffer.withUnsafeReadableBytes { parser.append($0) }
        while let part = try parser.next() {
            switch part {
            case .line(let line):
                request = try SyncRequest(line: line)
                standing = try await archive.begin(request)
            case .segment(let segment):
                try await take(segment)
            }
        }
    }

    private mutating func take(_ segment: Segment) async throws {
        guard scope == .write else {
            throw HubError(.forbidden, "this token may read only; ask for one that may write, or pull without pushing")
        }
        if let archive = request.archive, archive != segment.header.archive {
            throw HubError(.malformed, "a pushed segment is of archive \(segment.header.archive), not of the request's \(archive)")
        }
        let name = segment.header.name
        switch try await archive.append(segment) {
        case .stored:
            stored += 1
            pushed[name.replica] = name
        case .held:
            pushed[name.replica] = name
        case .refused:
            refused.insert(name.replica)
        }
    }

    func finish() async throws -> HubArchive.Answer {
        try parser.finish()
        guard let standing else { throw HubError(.malformed, "the request has no first line") }
        return try await archive.answer(standing, pushed: Array(pushed.values), refused: refused)
    }
}

/// Turns every error into a status and a JSON body.
private struct ErrorAnswers: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: BasicRequestContext, next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HubError {
            return answer(error, path: request.uri.path)
        } catch let error as MalformedMessage {
            return answer(HubError(error.isTooLarge ? .tooLarge : .malformed, error.description), path: request.uri.path)
        } catch let error as any HTTPResponseError {
            let message = "this hub does not answer \(request.method) \(request.uri.path)"
            return HubRoutes.json(error.status, HubError(.notFound, message).json)
        }
    }

    private func answer(_ error: HubError, path: String) -> Response {
        let status = Self.status(error.code)
        logger.log(
            level: status.code >= 500 ? .error : .info, "request refused",
            metadata: ["path": "\(path)", "error": "\(error.code.rawValue)", "message": "\(error.message)"])
        return HubRoutes.json(status, error.json)
    }

    private static func status(_ code: HubError.Code) -> HTTPTypes.HTTPResponse.Status {
        switch code {
        case .malformed: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .noSuchArchive, .notFound: .notFound
        case .archiveMismatch: .conflict
        case .seenUnknown: .preconditionFailed
        case .tooLarge: .contentTooLarge
        default: .internalServerError
        }
    }
}
