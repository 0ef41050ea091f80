import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Serves a store over HTTP until SIGTERM or SIGINT: then it takes no new connection, finishes the requests under way,
/// and returns. Cancelling the surrounding task ends it at once, requests under way included; no stored segment suffers.
///
/// - Parameters:
///   - host: the address to listen on. Any other than the loopback is refused, as tokens and essays would travel
///     readable, unless `allowPlainText` says that something else protects them.
///   - port: 0 for any that is free.
///   - onReady: told the address, `http://host:port`, once connections are taken.
/// - Throws: `HubError` if the store is in use or the address is refused; the system's error if it cannot listen.
public func serve(
    store: HubStore, host: String = "127.0.0.1", port: Int = 8420, allowPlainText: Bool = false,
    onReady: @escaping @Sendable (String) async -> Void = { _ in }, logger: Logger
) async throws {
    guard allowPlainText || isLoopback(host) else {
        throw HubError(
            .plainText,
            "listening on \(host) without TLS would send tokens and essays readable over the network; listen on 127.0.0.1 behind a proxy with TLS, or allow plain text"
        )
    }
    let lock = try store.lock()
    let routes = HubRoutes(store: store, archives: HubArchives(store: store, logger: logger), logger: logger)
    let application = Application(
        router: routes.router(), server: .http1(configuration: .init(idleTimeout: .seconds(120))),
        configuration: .init(address: .hostname(host, port: port)),
        onServerRunning: { channel in
            let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            await onReady("http://\(name):\(channel.localAddress?.port ?? port)")
        },
        logger: logger)
    try await application.runService()
    withExtendedLifetime(lock) {}
}

func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    // 127.0.0.0/8 (RFC 1122, section 3.2.1.3), in full dotted form only: "127.evil.example" is a name.
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
