import Hummingbird
import Logging
import NIOCore
import Synchronization

/// What the log says of a request, gathered while it is answered. No token, no header, no query and no text ever goes in.
package final class RequestRecord: Sendable {
    private let metadata = Mutex<Logger.Metadata>([:])

    package func note(_ key: String, _ value: Logger.MetadataValue) {
        metadata.withLock { $0[key] = value }
    }

    package func note(_ key: String, count: Int) { note(key, .stringConvertible(count)) }

    var noted: Logger.Metadata { metadata.withLock { $0 } }
}

/// The framework's context of a request, and our record of it.
package struct ServedContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection's.
    package let eventLoop: any EventLoop
    package let record = RequestRecord()

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        eventLoop = source.channel.eventLoop
    }
}

/// Logs each request once, when its answer has gone out: method, path, status, bytes, milliseconds, and what was noted.
package struct RequestLog: RouterMiddleware {
    let logger: Logger

    package init(logger: Logger) { self.logger = logger }

    package func handle(
        _ request: Request, context: ServedContext, next: (Request, ServedContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        let line = Line(
            method: request.method.rawValue, path: String(request.uri.path.prefix(300)), status: response.status.code,
            start: start, record: context.record)
        let body = response.body
        if let length = body.contentLength, length <= 64 << 10 {
            line.log(bytes: length, to: logger)
        } else {
            response.body = ResponseBody(contentLength: body.contentLength) { [logger] writer in
                do {
                    try await body.write(writer)
                    line.log(bytes: body.contentLength, to: logger)
                } catch {
                    line.log(bytes: nil, isWhole: false, to: logger)
                    throw error
                }
            }
        }
        return response
    }

    private struct Line: Sendable {
        let method: String
        let path: String
        let status: Int
        let start: ContinuousClock.Instant
        let record: RequestRecord

        func log(bytes: Int?, isWhole: Bool = true, to logger: Logger) {
            var metadata = record.noted
            let elapsed = (ContinuousClock.now - start).components
            metadata["method"] = "\(method)"
            metadata["path"] = "\(path)"
            metadata["status"] = .stringConvertible(status)
            metadata["ms"] = .stringConvertible(
                Int(elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000))
            if let bytes { metadata["bytes"] = .stringConvertible(bytes) }
            // The other side hung up, or the disk failed in the middle.
            if !isWhole { metadata["broken"] = "yes" }
            logger.log(level: status >= 500 ? .error : .info, "request", metadata: metadata)
        }
    }
}
