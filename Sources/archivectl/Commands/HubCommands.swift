import Archive
import ArgumentParser
import Foundation
import Hub
import Logging

struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Run the small server that archives synchronize through.",
        discussion: """
            On the server:
              archivectl hub create essays --store /srv/archives
              archivectl hub serve --store /srv/archives --listen 127.0.0.1:8710
            On each machine, with the token in a file:
              archivectl remote add origin http://127.0.0.1:8710/v1/archives/essays --token-file token
              archivectl sync
            """,
        subcommands: [ServeHub.self, CreateHubArchive.self])
}

struct StoreOption: ParsableArguments {
    @Option(help: ArgumentHelp("The folder that the hub keeps its archives in.", valueName: "dir")) var store: String
}

struct CreateHubArchive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make room for an archive and an access token to it.",
        discussion: "The token is shown once: the hub keeps only its hash. Put it into a file for `remote add` or `clone`.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Argument(help: "The name: a-z, 0-9, dot, dash and underscore.") var name: String

    func run() throws {
        let token = try HubStore(path: store.store).create(name: name)
        let path = "/v1/archives/\(name)"
        if json.isOn {
            JSON.object([("path", .string(path)), ("token", .string(token))]).print()
        } else {
            Output.line("path   \(path)")
            Output.line("token  \(token)")
        }
    }
}

struct ServeHub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the archives in a folder over HTTP until stopped.",
        discussion: "Without TLS it listens on loopback only; put a proxy with TLS before it to be reached from elsewhere.")

    @OptionGroup var store: StoreOption
    @Option(help: ArgumentHelp("Address and port; port 0 takes a free one.", valueName: "host:port")) var listen = "127.0.0.1:8710"
    @Option(name: .customLong("ready-file"), help: ArgumentHelp("Write the hub's URL there once it accepts connections.", valueName: "file"))
    var readyFile: String?
    @Flag(name: .customLong("allow-plain-text"), help: "Listen on other addresses than loopback without TLS, as behind a proxy.")
    var allowPlainText = false
    @Flag(name: .shortAndLong, help: "Log warnings and errors only.") var quiet = false

    func run() async throws {
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]), (0...65535).contains(port) else {
            throw ArchiveError(.usage, "'\(listen)' is no HOST:PORT", advice: "For example 127.0.0.1:8710")
        }
        let host = listen[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        var logger = Logger(label: "hub", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = quiet ? .warning : .info
        let readyFile = readyFile
        try await serve(
            store: try HubStore(path: store.store), host: host, port: port, allowPlainText: allowPlainText,
            onReady: { url in
                guard let readyFile else { return }
                // Whole or not at all: others wait for this file to appear.
                try? Data((url + "\n").utf8).write(to: URL(fileURLWithPath: readyFile), options: .atomic)
            }, logger: logger)
    }
}
