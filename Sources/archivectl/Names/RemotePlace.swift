import Archive
import Foundation
import History
import Sync

/// Where a remote is, as a person names it: a hub's URL, or a folder.
enum RemotePlace {
    /// The form that the archive keeps: an http, https or file URL.
    static func url(_ place: String) throws -> String {
        guard !place.allSatisfy(\.isWhitespace) else {
            throw CommandError(
                .usage, "the place is empty", advice: "Give a hub's URL or a folder; . is the folder you are in")
        }
        // Schemes are told apart without regard to case (RFC 3986, section 3.1).
        let scheme = place.firstIndex(of: ":").map { place[..<$0].lowercased() }
        if let scheme, ["http", "https"].contains(scheme), place.dropFirst(scheme.count).hasPrefix("://") {
            return try scheme + "://" + hub(place.dropFirst(scheme.count + 3))
        }
        if scheme == "file" {
            guard let url = URL(string: place), url.isFileURL, ["", "localhost"].contains(url.host() ?? ""),
                url.path.hasPrefix("/")
            else {
                throw CommandError(
                    .usage, "'\(place)' is not a file URL", advice: "Write file:///folder, or just the folder")
            }
            return try folder(url)
        }
        guard !place.contains("://") else {
            throw CommandError(
                .usage, "'\(place)' is neither an http or https URL nor a folder",
                advice: "A hub's URL is its address and the path that `archivectl hub create` prints")
        }
        let path = expanded(place)
        guard !isAddress(path) else {
            throw CommandError(
                .usage, "'\(place)' has no scheme",
                advice: "Did you mean http://\(place) or, where the hub has a certificate, https://\(place)?")
        }
        return try folder(URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL)
    }

    /// Whether a path is rather a hub's URL that lacks its beginning: what is no folder, and has a hub's path or a port in it.
    private static func isAddress(_ path: String) -> Bool {
        guard !path.hasPrefix("/"), !path.hasPrefix("."), !FileManager.default.fileExists(atPath: path) else {
            return false
        }
        let host = path.prefix { $0 != "/" }
        let port = host.lastIndex(of: ":").map { host[host.index(after: $0)...] }
        return path.contains("/v1/archives/") || port.map { !$0.isEmpty && $0.allSatisfy(\.isNumber) } == true
    }

    /// What follows the scheme in a hub's URL, without slashes at its end.
    private static func hub(_ rest: Substring) throws -> String {
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            throw CommandError(
                .usage,
                "the URL contains a user name or a password, which would be stored in the archive and its backups",
                advice: "A hub takes a token instead: put it into a file, and name that file with --token-file")
        }
        guard !authority.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
            !rest.contains(where: "?#".contains)
        else {
            throw CommandError(
                .usage, "'\(rest)' is not the address of a hub",
                advice:
                    "Give a host, a port if needed, and the path that `archivectl hub create` prints, with no ?, # or blank"
            )
        }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        guard !path.isEmpty else {
            throw CommandError(
                .usage, "the URL does not say which of the hub's archives is meant",
                advice: "Add the path that `archivectl hub create` prints: /v1/archives/NAME")
        }
        return String(authority + path)
    }

    /// A path with the home directory in the place of ~, as shells have it.
    private static func expanded(_ path: String) -> String {
        path == "~" || path.hasPrefix("~/") ? Places.home + path.dropFirst() : path
    }

    private static func folder(_ url: URL) throws -> String {
        var isFolder: ObjCBool = false
        guard !FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) || isFolder.boolValue else {
            throw CommandError(
                .usage, "\(url.path) is a file", advice: "A remote is a folder that machines share, or a hub")
        }
        return url.absoluteString
    }

    /// Whether an address is a hub's, but not of the form that hubs have where no proxy changes it.
    static func isUnusual(_ url: String) -> Bool { isHub(url) && !url.contains("/v1/archives/") }

    /// What to say of an address over which the token and the essays travel readable; `nil` if they do not.
    static func exposure(_ url: String) -> String? {
        guard url.hasPrefix("http://"), !HTTPClient.isLoopback(url) else { return nil }
        return
            "note: over http, anyone on the way can read the token and read or change all essays; use https, or a network that is protected in another way"
    }

    private static func isHub(_ url: String) -> Bool { RemoteFactory.folder(url) == nil }

    /// What to show of a URL: a folder as a path.
    static func shown(_ url: String) -> String { RemoteFactory.folder(url) ?? url }

    /// - Parameters:
    ///   - wasFilled: whether something was seen there before.
    ///   - pause: waits between two tries; `false` if there is to be no further one.
    ///   - progress: shows what moves while a request is under way.
    static func open(
        _ address: RemoteAddress, wasFilled: Bool = false,
        pause: @escaping @Sendable (_ seconds: Double) -> Bool = RetryingRemote.sleep,
        progress: SyncProgress? = nil
    ) throws -> any Sync.Remote {
        try factory(address).remote(wasFilled: wasFilled, pause: pause) { progress?.update($0) }
    }

    /// Tells whether something new may have come to the remote.
    static func changes(_ archive: Archive, _ record: RemoteRecord, signal: WatchSignal) throws -> any RemoteChanges {
        try factory(record.address).changes(archive, record.name, wasFilled: !record.ends.isEmpty, signal: signal)
    }

    private static func factory(_ address: RemoteAddress) throws -> RemoteFactory {
        RemoteFactory(address, token: try address.tokenFile.map(TokenFile.read) ?? "")
    }

    /// Makes sure that a folder is there: one that was mistyped, or whose disk is not mounted, would otherwise be made anew.
    /// - Parameters:
    ///   - isNew: whether it may be a remote that is yet to be made.
    ///   - creates: whether to make it, if only its last part is missing.
    ///   - advice: what else to do about it.
    static func prepare(_ url: String, isNew: Bool, creates: Bool = false, advice: String) throws {
        guard let folder = RemoteFactory.folder(url) else { return }
        guard !FileManager.default.fileExists(atPath: folder) else { return try requireOwn(folder, isNew: isNew) }
        guard creates else {
            throw CommandError(
                .notFound, "there is no folder \(folder)\(neighbour(of: folder)); nothing was changed", advice: advice,
                subject: folder)
        }
        guard mkdir(folder, 0o777) == 0 else {
            throw CommandError(
                .cannotWrite, "the folder \(folder) cannot be made: \(String(cString: strerror(errno)))",
                advice: "Mount its disk, or make the folders above it")
        }
    }

    /// What systems and other programs put at the root of a disk, or in any folder.
    private static let strangers: Set = [
        "lost+found", "System Volume Information", "$RECYCLE.BIN", "desktop.ini", "Thumbs.db",
    ]

    /// - Throws: `CommandError` if a folder is no remote yet and holds somebody's files: a remote's would be strewn among them.
    private static func requireOwn(_ folder: String, isNew: Bool) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let others = names.filter { !$0.hasPrefix(".") && !strangers.contains($0) }.sorted()
        guard let first = others.first, !others.contains("log"), !others.contains("heads") else { return }
        throw CommandError(
            .usage,
            "\(folder) holds \(first)\(others.count > 1 ? " and other files" : ""), and no remote; nothing was changed",
            advice: isNew
                ? "Name a folder of its own, such as \(ShellWord.quoted((folder == "/" ? "" : folder) + "/essays")); --create makes it"
                : "Name the folder that the other machine synchronizes with",
            subject: folder)
    }

    /// `, but there is /media/stick` if the folder above holds one of nearly that name.
    private static func neighbour(of folder: String) -> String {
        let url = URL(fileURLWithPath: folder)
        let above = url.deletingLastPathComponent().path
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: above)) ?? []).filter { name in
            var isFolder: ObjCBool = false
            return !name.hasPrefix(".")
                && FileManager.default.fileExists(atPath: above + "/" + name, isDirectory: &isFolder)
                && isFolder.boolValue
        }
        return Mistyped.nearest(url.lastPathComponent, in: names).map {
            ", but there is \(above == "/" ? "" : above)/\($0)"
        } ?? ""
    }
}
