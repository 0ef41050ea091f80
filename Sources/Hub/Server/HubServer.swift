import HTTPServing
import Logging

/// Serves a store over HTTP until SIGTERM or SIGINT: then it takes no new connection, lets the requests under way finish
/// within a limit, ends the event streams, and returns. Cancelling the surrounding task ends it at once, requests under
/// way included; no stored segment suffers.
///
/// - Parameter onReady: told the address, `http://host:port`, once connections are taken.
/// - Throws: `HubError` if there is no store or it is in use, `ListenError` if the address is refused or cannot be listened on.
public func serve(
    store: HubStore, listener: HTTPListener, onReady: @escaping @Sendable (String) async -> Void = { _ in },
    logger: Logger
) async throws {
    try listener.check()
    try store.requireFolder()
    try store.requireOwnFolder()
    let lock = try store.lock()
    store.removeLeftovers()
    let archives = HubArchives(store: store, logger: logger)
    let routes = HubRoutes(store: store, archives: archives, limits: listener.limits, logger: logger)
    try await serve(routes.router(), listener, logger: logger) { url in
        logger.notice("serving", metadata: ["url": "\(url)", "store": "\(store.path)"])
        await onReady(url)
    }
    logger.notice("stopped")
    withExtendedLifetime(lock) {}
}
