import Archive
import ArgumentParser
import Foundation
import History
import Interchange
import Sync

struct Remote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote",
        abstract: "Manage the remotes: the places to synchronize with.",
        subcommands: [AddRemote.self, ListRemotes.self, DefaultRemote.self, RemoveRemote.self],
        defaultSubcommand: ListRemotes.self)
}

/// How to reach a remote.
struct AddressOptions: ParsableArguments {
    @Option(
        name: .customLong("token-file"), parsing: .unconditional,
        help: ArgumentHelp("The file that holds the access token.", valueName: "file"), completion: .file())
    var tokenFile: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Use this proxy; an empty URL means none. Without the option, the environment decides.", valueName: "url"))
    var proxy: String?
    @Option(
        name: .customLong("ca-file"), parsing: .unconditional,
        help: ArgumentHelp("Trust the certificates in this PEM file, and no others.", valueName: "file"),
        completion: .file()) var authorityFile: String?

    /// The address of a hub's URL or a folder. The files that it names are looked at.
    func validate() throws {
        try requirePath(tokenFile, "--token-file")
        try requirePath(authorityFile, "--ca-file")
    }

    func address(_ place: String) throws -> RemoteAddress {
        if let authorityFile, !FileManager.default.isReadableFile(atPath: authorityFile) {
            throw CommandError(.notFound, "the certificate file \(authorityFile) cannot be read")
        }
        return RemoteAddress(
            url: try RemotePlace.url(place), tokenFile: try tokenFile.map(TokenFile.absolute), proxy: proxy,
            authorityFile: authorityFile.map { URL(fileURLWithPath: $0).standardizedFileURL.path })
    }
}

struct AddRemote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a remote.",
        discussion: """
            A remote is a hub, or a folder on a stick or on a share that several machines mount. --create makes the folder.

            The token stays in its file. The archive and its backups hold only the name of that file. For example:
              archivectl remote add stick /media/stick/essays --create
              archivectl remote add origin --token-file token \\
                https://hub.example/v1/archives/essays
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var options: AddressOptions
    @Flag(name: .customLong("default"), help: "Use this remote when none is named.") var isDefault = false
    @Flag(help: "Make the folder if it does not exist. The folder above it must exist.") var create = false
    @Argument(help: "A short name, such as origin.") var name: String
    @Argument(
        help: ArgumentHelp(
            "The URL of the hub with the path that `archivectl hub create` printed, or a folder.",
            valueName: "url-or-folder"), completion: .directory) var place: String

    func run() throws {
        let address = try options.address(place)
        guard !name.allSatisfy(\.isWhitespace) else {
            throw CommandError(.usage, "the remote's name is empty", advice: "Give it a short one, such as origin")
        }
        let opened = try archive.open()
        try RemotePlace.prepare(
            address.url, isNew: true, creates: create,
            advice: "Check the name and mount its disk; or, to make a new folder, add --create")
        try opened.write { try $0.addRemote(name, address, isPreferred: isDefault) }
        try opened.report(name, "added \(name)", json: json.isOn)
        if let exposure = RemotePlace.exposure(address.url) { archive.note(exposure) }
        if address.tokenFile == nil, RemoteFactory.folder(address.url) == nil {
            archive.note(
                """
                note: no token is given, and a hub asks for one. To add it: archivectl remote remove \(ShellWord.quoted(name)), then \
                add it again with --token-file FILE
                """)
        }
        if RemotePlace.isUnusual(address.url) {
            archive.note(
                """
                note: a hub's URL usually ends in /v1/archives/NAME, as `archivectl hub create` prints it; if syncing fails, remove \
                this remote and add it again with that path
                """)
        }
    }
}

struct ListRemotes: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the remotes.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption

    func run() throws {
        let remotes = try archive.openForReading().read { try $0.remotes() }
        if json.isOn {
            Output.json(remotes, ListedRemote.init)
        } else {
            for remote in remotes {
                Output.line(
                    "\(remote.name)  \(RemotePlace.shown(remote.url))\(remote.isPreferred ? "  (default)" : "")")
            }
            if remotes.isEmpty { archive.note("no remotes; `archivectl remote add NAME URL|FOLDER` adds one") }
        }
    }
}

struct DefaultRemote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "default", abstract: "Choose the remote to use when none is named.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The name of the remote.", completion: .remotes) var name: String

    func run() throws {
        let opened = try archive.open()
        _ = try opened.read { try $0.namedRemote(name) }
        try opened.write { try $0.preferRemote(name) }
        try opened.report(name, "\(name) is the default remote", json: json.isOn)
    }
}

struct RemoveRemote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget a remote. Nothing is deleted there.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The name of the remote.", completion: .remotes) var name: String

    func run() throws {
        let removed = try archive.open().write { writer in
            let remote = try writer.reader.namedRemote(name)
            try writer.removeRemote(name)
            return remote
        }
        if json.isOn { Output.json(ListedRemote(removed)) } else { Output.line("removed \(name)") }
    }
}

extension Archive {
    /// Prints a remote as it is now.
    fileprivate func report(_ name: String, _ text: Shown, json: Bool) throws {
        if json { Output.json(ListedRemote(try read { try $0.remote(name) })) } else { Output.line(text) }
    }
}
