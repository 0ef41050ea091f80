import History
import Prose
import Sync
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `settings.json`: `{"quota":bytes}`, or `{}` if there is no limit.
struct HubSettings: Sendable {
    var quota: Int?

    init(quota: Int? = nil) { self.quota = quota }

    /// An archive without the file has no limits.
    init(folder: String) throws(HubError) {
        let path = folder + "/settings.json"
        guard HubFiles.exists(path) else { return }
        do {
            let members = try MessageObject(line: try HubFiles.read(path, limit: HubStore.maximumDescription), of: path)
            quota = try members.integerIfPresent("quota").map(Int.init)
        } catch let error as MalformedMessage {
            throw HubError(.storage, "\(error.description); set the quota again")
        } catch let error as HubError {
            throw error
        } catch {
            throw HubError(.storage, "\(path): \(error)")
        }
    }

    func write(folder: String, temporary: String) throws(HubError) {
        let fields: [ExactString: CanonicalValue] = quota.map { ["quota": .integer(Int64($0))] } ?? [:]
        try HubFiles.replace(
            folder + "/settings.json", with: CanonicalValue.object(fields).bytes + [UInt8(ascii: "\n")],
            temporary: temporary)
    }
}

/// Who may do what, as the files of an archive's folder say it now: each is read again only when it has changed.
final class AccessCache: Sendable {
    /// Tells a file from what was at its place before. The files are only ever replaced by a rename, never written in place.
    private struct Stamp: Equatable {
        let device: UInt64, inode: UInt64, size: Int, seconds: Int, nanoseconds: Int

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int(status.st_size))
            (seconds, nanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
        }
    }

    private struct Entry {
        var tokens: (stamp: Stamp?, value: [HubToken])?
        var settings: (stamp: Stamp?, value: HubSettings)?
        /// By token ID; `nil` before the file was read.
        var used: [String: String]?
    }

    private let entries = Mutex<[String: Entry]>([:])

    func tokens(_ folder: String) throws(HubError) -> [HubToken] {
        try current(folder, "/tokens.json", \.tokens) { path throws(HubError) in
            // Without the file nobody is let in, until a token is made.
            guard HubFiles.exists(path) else { return [] }
            return try TokenFile.decode(HubFiles.read(path, limit: HubStore.maximumDescription), path: path)
        }
    }

    func settings(_ folder: String) throws(HubError) -> HubSettings {
        try current(folder, "/settings.json", \.settings) { _ throws(HubError) in try HubSettings(folder: folder) }
    }

    private func current<Value: Sendable>(
        _ folder: String, _ file: String, _ member: WritableKeyPath<Entry, (stamp: Stamp?, value: Value)?> & Sendable,
        _ read: (String) throws(HubError) -> Value
    ) throws(HubError) -> Value {
        // Looked at before it is read: what is read may then be newer than its stamp, never older.
        let stamp = Stamp(folder + file)
        if let known = entries.withLock({ $0[folder]?[keyPath: member] }), known.stamp == stamp { return known.value }
        let value = try read(folder + file)
        entries.withLock { $0[folder, default: Entry()][keyPath: member] = (stamp, value) }
        return value
    }

    // MARK: Last use

    /// The day on which each token was last used, by token ID.
    func used(_ folder: String) -> [String: String] { Self.readUsed(folder) }

    /// Notes that a token is used today. Writes once a day and token, whether that succeeds or not.
    func use(_ token: String, folder: String, onFailure: (HubError) -> Void) {
        let today = String(Timestamp.now().description.prefix(10))
        entries.withLock { entries in
            if entries[folder]?.used?[token] == today { return }
            var used = Self.readUsed(folder)
            if used[token] != today {
                used[token] = today
                do throws(HubError) {
                    try Self.write(used, folder)
                } catch {
                    onFailure(error)
                }
            }
            entries[folder, default: Entry()].used = used
        }
    }

    // Of no weight: if it cannot be read, it begins anew.
    private static func readUsed(_ folder: String) -> [String: String] {
        guard let bytes = try? HubFiles.read(folder + "/used.json", limit: HubStore.maximumDescription),
            let value = try? CanonicalValue(canonical: Array(bytes.dropLast())).object
        else { return [:] }
        return value.reduce(into: [:]) { $0[$1.key.string] = $1.value.string }
    }

    private static func write(_ used: [String: String], _ folder: String) throws(HubError) {
        let fields = used.reduce(into: [ExactString: CanonicalValue]()) { $0[ExactString($1.key)] = .text($1.value) }
        try HubFiles.replace(
            folder + "/used.json", with: CanonicalValue.object(fields).bytes + [UInt8(ascii: "\n")],
            temporary: folder + "/tmp/used.json")
    }
}
