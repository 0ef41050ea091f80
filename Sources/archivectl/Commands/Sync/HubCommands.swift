import Archive
import ArgumentParser
import Hub
import Interchange

struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Run the small server that archives synchronize through.",
        discussion: """
            On the server:
              archivectl hub create essays --store /srv/archives
              archivectl hub serve --store /srv/archives --listen 127.0.0.1:8710
            On each machine, with the output of `hub create` saved in the file `token`:
              archivectl remote add origin --token-file token \\
                http://127.0.0.1:8710/v1/archives/essays
              archivectl sync
            All commands also work while the hub runs.
            """,
        subcommands: [ServeHub.self, CreateHubArchive.self, ListHubArchives.self, HubQuota.self, HubTokenCommand.self])
}

struct StoreOption: ParsableArguments {
    @Option(
        parsing: .unconditional, help: ArgumentHelp("The folder that the hub keeps its archives in.", valueName: "dir"),
        completion: .directory) var store: String

    func validate() throws { try requirePath(store, "--store") }

    func open() -> HubStore { HubStore(path: store) }
}

struct CreateHubArchive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a place for an archive, and an access token for it.",
        discussion:
            "The token is shown only once, because the hub keeps nothing but its hash. Save the output, or just the token, in a file for `remote add` and `clone`."
    )

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How much the archive may take, such as 500MB or 2GiB.", valueName: "size")) var quota:
        ByteCount?
    @Argument(help: "The name of the archive: a-z, 0-9, dots, dashes and underscores.") var name: String

    func run() throws {
        let token = try store.open().create(name: name, quota: quota?.bytes)
        let path = "/v1/archives/\(name)"
        if json.isOn {
            Output.json(NewHubArchive(path: path, token: token))
        } else {
            Output.line("path   \(path)")
            Output.line("token  \(token)")
            if Terminal.isOutputTerminal {
                Terminal.note(
                    """
                    Save these lines, or just the token, in a file on each machine; the token is not shown again. Then, with the hub's \
                    address: archivectl remote add origin --token-file FILE https://HOST\(path)
                    """)
            }
        }
    }
}

struct ListHubArchives: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the archives of a store, and how much space they take.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption

    func run() throws {
        let archives = try store.open().summaries()
        for path in archives.flatMap(\.foreign) {
            Terminal.note("archivectl: \(path) is no file of the hub, and was passed by; move it away")
        }
        if json.isOn {
            Output.json(archives) {
                HubArchive(name: $0.name, archive: $0.archive, bytes: $0.bytes, quota: $0.quota)
            }
        } else {
            for archive in archives {
                let quota = archive.quota.map { " of \(ByteCount(bytes: $0))" } ?? ""
                Output.line("\(archive.name)  \(ByteCount(bytes: archive.bytes))\(quota)")
            }
            if archives.isEmpty {
                Terminal.note(
                    "no archives; `archivectl hub create NAME --store \(ShellWord.quoted(store.store))` makes one")
            }
        }
    }
}

struct HubQuota: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota", abstract: "Show or set how much space an archive may take on the hub.",
        discussion: "Takes effect at once, also on a running hub. Nothing is deleted if the archive is larger already.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Argument(help: "The name of the archive.") var name: String
    @Argument(help: "The size, such as 500MB or 2GiB, or `none` for no limit. Without it, the quota is shown.")
    var size: QuotaArgument?

    func run() throws {
        let store = store.open()
        if let size { try store.setQuota(name: name, to: size.bytes) }
        let quota = try store.quota(name: name)
        if json.isOn {
            Output.json(HubArchiveQuota(name: name, quota: quota))
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

/// A number of bytes as people write it: `1500`, `20MB` or `20M` (10⁶), `2GiB` (2³⁰).
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    private static let units: [(name: String, bytes: Int)] = [
        ("TIB", 1 << 40), ("GIB", 1 << 30), ("MIB", 1 << 20), ("KIB", 1 << 10), ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000), ("KB", 1000), ("B", 1),
        // As `ls` and `du` have it for short, though by the thousand.
        ("T", 1_000_000_000_000), ("G", 1_000_000_000), ("M", 1_000_000), ("K", 1000),
    ]

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let text = argument.uppercased()
        let unit = Self.units.first { text.hasSuffix($0.name) } ?? ("", 1)
        guard let number = Double(text.dropLast(unit.name.utf8.count)), number >= 0, number * Double(unit.bytes) < 9e18
        else { return nil }
        bytes = Int(number * Double(unit.bytes))
    }

    var description: String {
        guard
            let unit = Self.units.filter({ $0.name.hasSuffix("B") && !$0.name.contains("I") }).first(where: {
                bytes >= 10 * $0.bytes
            })
        else { return "\(bytes) B" }
        return "\(bytes / unit.bytes) \(unit.name == "KB" ? "kB" : unit.name)"
    }
}
