import HTTPServing
import HTTPTypes
import Hummingbird
import Logging
import Sync

/// Turns every error into a status and a JSON body.
struct ErrorAnswers: RouterMiddleware {
    func handle(
        _ request: Request, context: ServedContext, next: (Request, ServedContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HubError {
            return answer(error, context.record)
        } catch let error as MalformedMessage {
            return answer(HubError(error.isTooLarge ? .tooLarge : .malformed, error.description), context.record)
        } catch let error as any HTTPResponseError {
            return refuse(request, error.status)
        }
    }

    /// The framework found no route, or could not read the request.
    private func refuse(_ request: Request, _ status: HTTPTypes.HTTPResponse.Status) -> Response {
        let path = request.uri.path
        guard status == .notFound, let method = HubRoutes.method(of: path) else {
            return Self.json(status, HubError(.notFound, "this hub does not answer \(request.method) \(path)").json)
        }
        var response = Self.json(.methodNotAllowed, HubError(.methodNotAllowed, "\(path) answers \(method) only").json)
        response.headers[.allow] = method.rawValue
        return response
    }

    private func answer(_ error: HubError, _ record: RequestRecord) -> Response {
        record.note("error", .string(error.code.rawValue))
        record.note("message", .string(error.message))
        var response = Self.json(Self.status(error.code), Self.told(error).json)
        if error.code == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    /// What a client is told: not where the store lies on the hub's machine.
    private static func told(_ error: HubError) -> HubError {
        switch error.code {
        case .storage:
            HubError(.storage, "the hub cannot read or write what it keeps of this archive; its log says why")
        case .diskFull: HubError(.diskFull, "the hub's disk is full: it accepts nothing, but still sends what it has")
        default: error
        }
    }

    static func json(_ status: HTTPTypes.HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
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
        case .badRange: .rangeNotSatisfiable
        case .overQuota, .diskFull: .init(code: 507, reasonPhrase: "Insufficient Storage")
        default: .internalServerError
        }
    }
}
