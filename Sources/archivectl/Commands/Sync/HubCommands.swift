import Archive
import ArgumentParser
import Hub

struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Run the small server that archives synchronize through.",
        discussion: """
            On the server:
              archivectl hub create essays --store /srv/archives
              archivectl hub serve --store /srv/archives --listen 127.0.0.1:8710
            On each machine, with what `hub create` printed, or just the token, in a file:
              archivectl remote add origin --token-file token \\
                http://127.0.0.1:8710/v1/archives/essays
              archivectl sync
            All of these also work while the hub runs.
            """,
        subcommands: [ServeHub.self, CreateHubArchive.self, ListHubArchives.self, HubQuota.self, HubTokenCommand.self])
}

struct StoreOption: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("The folder that the hub keeps its archives in.", valueName: "dir")) var store: String

    func open() -> HubStore { HubStore(path: store) }
}

struct CreateHubArchive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a place for an archive, and an access token for it.",
        discussion: "The token is shown only once: the hub keeps nothing but its hash. Save what is printed, or just the token, in a file for `remote add` and `clone`.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Option(parsing: .unconditional, help: ArgumentHelp("How much it may hold, such as 500MB or 2GiB.", valueName: "size")) var quota: ByteCount?
    @Argument(help: "The name: a-z, 0-9, dot, dash and underscore.") var name: String

    func run() throws {
        let token = try store.open().create(name: name, quota: quota?.bytes)
        let path = "/v1/archives/\(name)"
        if json.isOn {
            JSON.object([("path", .string(path)), ("token", .string(token))]).print()
        } else {
            Output.line("path   \(path)")
            Output.line("token  \(token)")
        }
    }
}

struct ListHubArchives: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the archives of a store, and what they take.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption

    func run() throws {
        let archives = try store.open().summaries()
        if json.isOn {
            JSON(archives.map { ["name": .string($0.name), "archive": JSON($0.archive?.hex), "bytes": .integer($0.bytes), "quota": JSON($0.quota)] }).print()
        } else {
            for archive in archives {
                let quota = archive.quota.map { " of \(ByteCount(bytes: $0))" } ?? ""
                Output.line("\(archive.name)  \(ByteCount(bytes: archive.bytes))\(quota)")
            }
            if archives.isEmpty { Terminal.note("no archives; `archivectl hub create NAME --store \(ShellWord.quoted(store.store))` makes one") }
        }
    }
}

struct HubQuota: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota", abstract: "Show or set how much an archive may hold on the hub.",
        discussion: "Takes effect at once, also on a running hub. What is there stays, even if it is more.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Argument(help: "The archive's name.") var name: String
    @Argument(help: "The size, such as 500MB or 2GiB; `none` for no limit. Shown if left out.") var size: QuotaArgument?

    func run() throws {
        let store = store.open()
        if let size { try store.setQuota(name: name, to: size.bytes) }
        let quota = try store.quota(name: name)
        if json.isOn {
            JSON.object([("name", .string(name)), ("quota", JSON(quota))]).print()
        } else {
            Output.line("\(name)  \(quota.map { ByteCount(bytes: $0).description } ?? "none")")
        }
    }
}

/// A size, or `none`.
struct QuotaArgument: ExpressibleByArgument {
    let bytes: Int?

    init?(argument: String) {
        if argument == "none" {
            bytes = nil
        } else if let count = ByteCount(argument: argument) {
            bytes = count.bytes
        } else {
            return nil
        }
    }
}

/// A number of bytes as people write it: `1500`, `20MB` (10⁶), `2GiB` (2³⁰).
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    private static let units: [(name: String, bytes: Int)] = [
        ("TIB", 1 << 40), ("GIB", 1 << 30), ("MIB", 1 << 20), ("KIB", 1 << 10), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000),
        ("MB", 1_000_000), ("KB", 1000), ("B", 1),
    ]

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let text = argument.uppercased()
        let unit = Self.units.first { text.hasSuffix($0.name) } ?? ("", 1)
        guard let number = Double(text.dropLast(unit.name.utf8.count)), number >= 0, number * Double(unit.bytes) < 9e18 else { return nil }
        bytes = Int(number * Double(unit.bytes))
    }

    var description: String {
        guard let unit = Self.units.filter({ !$0.name.contains("I") }).first(where: { bytes >= 10 * $0.bytes }) else { return "\(bytes) B" }
        return "\(bytes / unit.bytes) \(unit.name == "KB" ? "kB" : unit.name)"
    }
}
