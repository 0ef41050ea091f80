import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The files that TLS needs, in PEM.
public struct ServerCertificate: Sendable {
    /// The certificate, and after it those that lead to one that clients know.
    public let chain: String
    public let key: String

    public init(chain: String, key: String) {
        self.chain = chain
        self.key = key
    }

    /// - Throws: `ListenError` that names the file that cannot be used.
    func context() throws(ListenError) -> NIOSSLContext {
        let certificates = try load(chain) { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try load(key) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        guard !certificates.isEmpty else {
            throw ListenError(.certificate, "\(chain) holds no certificate in PEM form")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ListenError(
                .certificate, "the certificate \(chain) and the key \(self.key) cannot be used together: \(error)")
        }
    }

    private func load<Value>(_ path: String, _ read: (String) throws -> Value) throws(ListenError) -> Value {
        guard access(path, F_OK) == 0 else {
            throw ListenError(.certificate, "\(path) is not there")
        }
        do {
            return try read(path)
        } catch {
            throw ListenError(.certificate, "\(path) cannot be read as PEM: \(error)")
        }
    }
}

/// The certificate that new connections get; those that are open keep theirs.
public final class ServerTLS: Sendable {
    private let certificate: ServerCertificate
    private let current: Mutex<NIOSSLContext>

    public init(_ certificate: ServerCertificate) throws(ListenError) {
        self.certificate = certificate
        current = Mutex(try certificate.context())
    }

    /// Reads the files again. If they cannot be used, the certificate stays as it was.
    public func reload() throws(ListenError) {
        let context = try certificate.context()
        current.withLock { $0 = context }
    }

    var context: NIOSSLContext { current.withLock { $0 } }
}

/// HTTP inside TLS, with the certificate of the moment at which the connection begins.
struct TLSConnection: ServerChildChannel {
    let tls: ServerTLS
    let inner: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls.context))
        }.flatMap { inner.setup(channel: channel, logger: logger) }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await inner.handle(value: value, logger: logger) }
}
