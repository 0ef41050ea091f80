import Archive
import ArgumentParser
import Foundation
import Sync

struct Remote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote",
        abstract: "Name the places to synchronize with.",
        subcommands: [AddRemote.self, ListRemotes.self, RemoveRemote.self], defaultSubcommand: ListRemotes.self)
}

struct AddRemote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a remote.",
        discussion: "The token stays in its file; the archive and its backups hold only the file's name.")

    @OptionGroup var archive: ArchiveOptions
    @Argument(help: "A short name, such as origin.") var name: String
    @Argument(help: "The hub's URL with the archive's path, as `archivectl hub create` prints it.") var url: String
    @Option(name: .customLong("token-file"), help: "The file that holds the access token.") var tokenFile: String?

    func run() throws {
        let path = try tokenFile.map(TokenFile.absolute)
        try RemoteURL.check(url)
        try archive.open().write { try $0.addRemote(name, url: url, tokenFile: path) }
        Output.line("added \(name)")
    }
}

struct ListRemotes: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the remotes.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption

    func run() throws {
        let remotes = try archive.open().read { try $0.remotes() }
        if json.isOn {
            JSON(remotes.map { ["name": .string($0.name), "url": .string($0.url), "tokenFile": JSON($0.tokenFile), "reached": JSON($0.reached)] }).print()
        } else {
            for remote in remotes { Output.line("\(remote.name)  \(remote.url)") }
        }
    }
}

struct RemoveRemote: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Forget a remote. What it holds stays there.")

    @OptionGroup var archive: ArchiveOptions
    @Argument(help: "Its name.") var name: String

    func run() throws {
        try archive.open().write { try $0.removeRemote(name) }
        Output.line("removed \(name)")
    }
}

struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Exchange changes with a remote.",
        discussion: """
            Sends what the remote lacks and takes what it has. Changes to different essays, or to different sentences \
            of one, merge by themselves; the same sentence changed twice is a conflict, kept whole on both sides.
            Exit status 2: done, but there are conflicts.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The remote's name; the only one, or origin, if not given.") var remote: String?

    func run() throws {
        let session = try Session(archive)
        let record = try session.archive.read { try $0.remote(remote) }
        let report = try SyncRun(session.archive, record.name, url: record.url, tokenFile: record.tokenFile).run(quiet: archive.quiet)
        session.updateIndex()
        try SyncPrinter.print(report, json: json.isOn, session.options)
    }
}

struct Clone: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone",
        abstract: "Make a replica of an archive that is on a hub.",
        discussion: "The hub becomes the remote `origin`.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Argument(help: "The hub's URL with the archive's path.") var url: String
    @Option(name: .customLong("token-file"), help: "The file that holds the access token.") var tokenFile: String?

    func run() throws {
        let token = try tokenFile.map(TokenFile.absolute)
        try RemoteURL.check(url)
        guard !FileManager.default.fileExists(atPath: archive.path) else {
            throw ArchiveError(.cannotWrite, "\(archive.path) exists already", advice: "Name another file with --archive; nothing was changed")
        }
        let client = try SyncRun.client(url: url, tokenFile: token)
        let opening = try SyncEngine.open(client)
        // Made complete under another name first: a clone that fails leaves nothing behind.
        let partial = archive.path + ".clone"
        func remove() { for suffix in ["", "-wal", "-shm", ".search", ".search-wal", ".search-shm"] { unlink(partial + suffix) } }
        remove()
        do {
            let made = try Archive.create(partial, id: opening.archive, environment: Archive.Environment(stateDirectory: nil))
            try made.write { try $0.addRemote("origin", url: url, tokenFile: token) }
            let report = try SyncRun(made, "origin", client: client).run(opening: opening, quiet: archive.quiet)
            try made.close()
            guard rename(partial, archive.path) == 0 else {
                throw ArchiveError(.cannotWrite, "\(archive.path) cannot be written: \(String(cString: strerror(errno)))")
            }
            let session = try Session(archive)
            session.updateIndex()
            try SyncPrinter.print(report, json: json.isOn, archive)
        } catch let code as ExitCode {
            throw code
        } catch {
            remove()
            throw error
        }
    }
}

/// One run of the engine with a progress line.
struct SyncRun {
    private let engine: SyncEngine

    init(_ archive: Archive, _ name: String, client: HubClient) {
        engine = SyncEngine(archive, remote: name, exchange: client)
    }

    init(_ archive: Archive, _ name: String, url: String, tokenFile: String?) throws {
        self.init(archive, name, client: try Self.client(url: url, tokenFile: tokenFile))
    }

    static func client(url: String, tokenFile: String?) throws -> HubClient {
        try HubClient(url: url, token: tokenFile.map(TokenFile.read) ?? "")
    }

    func run(opening: SyncEngine.Opening? = nil, quiet: Bool) throws -> SyncReport {
        let isShown = Terminal.isErrorTerminal && !quiet
        defer { if isShown { Terminal.standardError("\r\u{1B}[K") } }
        return try engine.run(opening: opening) { report in
            if isShown { Terminal.standardError("\r\u{1B}[Ksyncing: \(report.pushed) sent, \(report.pulled) received, \((report.sentBytes + report.receivedBytes) / 1024) kB") }
        }
    }
}

enum SyncPrinter {
    static func print(_ report: SyncReport, json: Bool, _ options: ArchiveOptions) throws {
        if json {
            JSON.object([
                ("pushed", .integer(report.pushed)), ("pulled", .integer(report.pulled)), ("merged", .integer(report.merged)),
                ("conflicts", .integer(report.conflicts)), ("requests", .integer(report.requests)),
                ("sentBytes", .integer(report.sentBytes)), ("receivedBytes", .integer(report.receivedBytes)),
            ]).print()
        } else {
            Output.line("\(report.pushed) changes sent, \(report.pulled) received; \(report.merged) essays merged; \(report.conflicts) in conflict (\(report.requests) requests, \(report.sentBytes) bytes sent, \(report.receivedBytes) received)")
        }
        for note in report.notes { options.note("note: \(note)") }
        if report.conflicts > 0 {
            options.note("\(report.conflicts) in conflict: see `archivectl conflicts`")
            throw Failure.needsAttention
        }
    }
}

enum TokenFile {
    static func absolute(_ path: String) throws -> String {
        _ = try read(path)
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ArchiveError(.notFound, "the token file \(path) cannot be read", advice: "`archivectl hub create` prints a token; put it into that file")
        }
        let token = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ArchiveError(.badInput, "\(path) does not hold a token", advice: "It is one line, as `archivectl hub create` prints it")
        }
        return token
    }
}

enum RemoteURL {
    static func check(_ url: String) throws {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw ArchiveError(.usage, "'\(url)' is no http or https URL", advice: "It is the hub's URL and the path that `archivectl hub create` prints")
        }
    }
}
