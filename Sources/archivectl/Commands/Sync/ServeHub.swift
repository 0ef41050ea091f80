import Archive
import ArgumentParser
import Files
import Foundation
import HTTPServing
import History
import Hub
import Logging

struct ServeHub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the archives in a folder over HTTP until stopped.",
        discussion: """
            Without TLS the hub listens on loopback only. To let other machines reach it, give it a certificate and its key, \
            or put a proxy with TLS in front of it. On SIGHUP it reads both files again. On SIGTERM it finishes the requests \
            under way and ends.
            """)

    @OptionGroup var store: StoreOption
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The address and port to listen on. Port 0 means any free port.", valueName: "host:port"))
    var listen = "127.0.0.1:8710"
    @Option(
        name: .customLong("ready-file"), parsing: .unconditional,
        help: ArgumentHelp("Write the hub's URL to this file once it accepts connections.", valueName: "file"),
        completion: .file())
    var readyFile: String?
    @Option(
        name: .customLong("tls-cert"), parsing: .unconditional,
        help: ArgumentHelp("The certificate and its chain, in PEM.", valueName: "file"), completion: .file())
    var certificate: String?
    @Option(
        name: .customLong("tls-key"), parsing: .unconditional,
        help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "file"), completion: .file()) var key:
        String?
    @Flag(
        name: .customLong("allow-plain-text"), help: "Listen beyond loopback without TLS, for example behind a proxy.")
    var allowPlainText = false
    @Option(
        name: .customLong("max-connections"), parsing: .unconditional,
        help: ArgumentHelp(
            "At most this many open connections. Further ones close idle ones, or wait.", valueName: "count"))
    var maximumConnections = HTTPLimits().connections
    @Option(
        name: .customLong("max-connections-per-address"), parsing: .unconditional,
        help: ArgumentHelp(
            "At most this many open connections from one address. By default half of all.", valueName: "count"))
    var connectionsPerAddress: Int?
    @Option(
        name: .customLong("max-request"), parsing: .unconditional,
        help: ArgumentHelp("The longest request that is accepted.", valueName: "size")) var maximumRequest: ByteCount?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a connection may be silent, or a transfer may stall.", valueName: "seconds"))
    var timeout: Int?
    @Option(
        name: .customLong("log-level"), parsing: .unconditional,
        help: ArgumentHelp("The lowest level that is logged.", valueName: "level")) var logLevel: Logger.Level?
    @Option(
        name: .customLong("log-format"), parsing: .unconditional,
        help: ArgumentHelp("The format of the log lines.", valueName: "format")) var logFormat = LogFormat.text
    @Flag(name: .shortAndLong, help: "Log warnings and errors only.") var quiet = false

    func validate() throws {
        for (path, option) in [(readyFile, "--ready-file"), (certificate, "--tls-cert"), (key, "--tls-key")] {
            try requirePath(path, option)
        }
        for (name, value) in [
            ("max-connections", maximumConnections), ("max-connections-per-address", connectionsPerAddress),
            ("timeout", timeout),
            ("max-request", maximumRequest?.bytes),
        ] {
            guard value.map({ $0 >= 1 }) ?? true else { throw ValidationError("--\(name) must be at least 1.") }
        }
        guard timeout.map({ $0 <= 86_400 }) ?? true else {
            throw ValidationError("--timeout must be at most 86400 (a day).")
        }
    }

    func run() async throws {
        if let readyFile { try DatabaseFile.requireNoCompanionName(readyFile) }
        if let readyFile { try SafeFile.requireReplaceable(readyFile, Self.earlierReadyFile(readyFile)) }
        let listener = try listener()
        let level = logLevel ?? (quiet ? .warning : .info)
        let logger = Logger(label: "hub") { [logFormat] _ in LogLines(logFormat, level: level) }
        let reload = listener.tls.map { Self.reloading($0, logger) }
        try await serve(
            store: store.open(), listener: listener,
            onReady: { [readyFile] url in
                guard let readyFile else { return }
                // Whole or not at all: others wait for this file to appear.
                do {
                    try SafeFile.write(
                        Array((url + "\n").utf8), to: readyFile, replacing: Self.earlierReadyFile(readyFile))
                } catch {
                    logger.error("ready file not written", metadata: ["error": "\(error)"])
                }
            }, logger: logger)
        withExtendedLifetime(reload) {}
    }

    /// Only a file that an earlier hub wrote is replaced, which holds nothing but a URL.
    private static func earlierReadyFile(_ path: String) -> SafeFile.Replaceable {
        .file { status in
            let content = status.size < 1024 ? try Input.read(path) : []
            guard status.size == 0 || String(decoding: content, as: UTF8.self).wholeMatch(of: /https?:\/\/\S+\n/) != nil
            else {
                throw CommandError(
                    .cannotWrite, "\(path) was not written by an earlier hub, so it is not replaced",
                    advice: "Name another with --ready-file; nothing was changed")
            }
        }
    }

    private func listener() throws -> HTTPListener {
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65535).contains(port)
        else {
            throw CommandError(.usage, "'\(listen)' is not HOST:PORT", advice: "For example 127.0.0.1:8710")
        }
        guard (certificate == nil) == (key == nil) else {
            throw CommandError(.usage, "TLS needs both --tls-cert and --tls-key", advice: "Give both or neither")
        }
        var limits = HTTPLimits()
        limits.connections = maximumConnections
        limits.connectionsOfAddress = connectionsPerAddress ?? max(1, limits.connections / 2)
        if let maximumRequest { limits.body = maximumRequest.bytes }
        if let timeout {
            limits.idle = .seconds(timeout)
            limits.stall = .seconds(timeout)
        }
        let host = listen[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let tls = try certificate.map { try ServerTLS(ServerCertificate(chain: $0, key: key!)) }
        return HTTPListener(host: host, port: port, tls: tls, allowPlainText: allowPlainText, limits: limits)
    }

    /// Takes SIGHUP as the word that there is a new certificate.
    private static func reloading(_ tls: ServerTLS, _ logger: Logger) -> any DispatchSourceSignal {
        signal(SIGHUP, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP)
        source.setEventHandler {
            do {
                try tls.reload()
                logger.notice("certificate reloaded")
            } catch {
                logger.error("certificate kept", metadata: ["error": "\(error)"])
            }
        }
        source.activate()
        return source
    }
}
