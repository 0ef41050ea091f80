import Archive
import Foundation
import Sync

/// Where a remote is, as a person names it: a hub's URL, or a folder.
enum RemotePlace {
    /// The form that the archive keeps: an http, https or file URL.
    static func url(_ place: String) throws -> String {
        if isHub(place) { return place }
        if place.hasPrefix("file:") {
            guard let url = URL(string: place), url.isFileURL, ["", "localhost"].contains(url.host() ?? ""), url.path.hasPrefix("/") else {
                throw ArchiveError(.usage, "'\(place)' is no file URL", advice: "Write file:///folder, or the folder alone")
            }
            return url.absoluteString
        }
        guard !place.contains("://") else {
            throw ArchiveError(
                .usage, "'\(place)' is neither an http or https URL nor a folder",
                advice: "A hub's URL is its address and the path that `archivectl hub create` prints")
        }
        return URL(fileURLWithPath: place, isDirectory: true).standardizedFileURL.absoluteString
    }

    private static func isHub(_ place: String) -> Bool { place.hasPrefix("http://") || place.hasPrefix("https://") }

    /// The folder of a file URL; `nil` if it is a hub's.
    static func folder(_ url: String) -> String? { isHub(url) ? nil : URL(string: url)?.path }

    /// What to show of a URL: a folder as a path.
    static func shown(_ url: String) -> String { folder(url) ?? url }

    /// - Parameters:
    ///   - pause: waits between two tries; `false` if there is to be no further one.
    ///   - progress: shows what moves while a request is under way.
    static func open(
        _ address: RemoteAddress, pause: @escaping @Sendable (_ seconds: Double) -> Bool = RetryingRemote.sleep, progress: SyncProgress? = nil
    ) throws -> any Sync.Remote {
        if let folder = folder(address.url) { return FolderRemote(path: folder) }
        return RetryingRemote(try hub(address, progress), pause: pause)
    }

    /// Tells whether something new may have come to the remote.
    static func changes(_ archive: Archive, _ record: RemoteRecord, signal: WatchSignal) throws -> any RemoteChanges {
        if let folder = folder(record.address.url) { return FolderChanges(FolderRemote(path: folder)) }
        return HubChanges(archive, record.name, hub: try hub(record.address), signal: signal, policy: .patient)
    }

    private static func hub(_ address: RemoteAddress, _ progress: SyncProgress? = nil) throws -> HubClient {
        let client = try HTTPClient(proxy: address.proxy, authorityFile: address.authorityFile) { progress?.update($0) }
        return HubClient(url: address.url, token: try address.tokenFile.map(TokenFile.read) ?? "", client: client)
    }

    /// Makes the folder of a remote that is to be, if only its last part is missing.
    static func prepare(_ url: String) throws {
        guard let folder = folder(url), !FileManager.default.fileExists(atPath: folder) else { return }
        guard mkdir(folder, 0o777) == 0 else {
            throw ArchiveError(
                .cannotWrite, "the folder \(folder) cannot be made: \(String(cString: strerror(errno)))",
                advice: "Mount its disk, or make the folders above it")
        }
    }
}

/// The file that holds an access token.
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
