import History
import Prose
import Sync

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A folder of archives as a hub keeps them:
///
///     <store>/.lock                    held by the hub that serves the store
///     <store>/<name>/archive.json      {archive, created, name}; `archive` once content has bound it to one
///     <store>/<name>/tokens.json       SHA-256 of each token, its scope, time and label
///     <store>/<name>/used.json         the day that each token was last used
///     <store>/<name>/settings.json     the quota, if there is one
///     <store>/<name>/log/<replica>/…   segments, write-once
///     <store>/<name>/index             the segments' names in the order of their arrival
///     <store>/<name>/tmp/              what is being written; emptied when the archive is opened
///
/// Archives and tokens may be added while a hub serves the store.
public struct HubStore: Sendable {
    static let maximumDescription = 1 << 20

    public let path: String
    /// Shared by all copies, so that a file that has not changed is not read again.
    let access = AccessCache()

    /// - Parameter path: the store's folder; only `create` makes it.
    public init(path: String) { self.path = path }

    /// A name that was mistyped is to be no new store.
    func requireFolder() throws(HubError) {
        guard HubFiles.isFolder(path) else {
            throw HubError(.notFound, "there is no folder \(path)", remedy: .makeStore(path))
        }
    }

    /// - Throws: `HubError` if there is something in the folder, and no archive of a hub: it is somebody's, not a store.
    func requireOwnFolder() throws(HubError) {
        guard HubFiles.isFolder(path) else {
            guard HubFiles.exists(path) else { return }
            throw HubError(
                .foreignFolder,
                "\(path) is not a folder. Name an empty folder, or one that does not exist yet; nothing was changed")
        }
        guard try names().isEmpty else { return }
        let own = { (name: String) in
            name == ".lock" || name == Self.diskFolder || name.utf8.starts(with: Self.prepared.utf8)
        }
        guard let other = try (HubFiles.list(path) + HubFiles.hidden(path)).first(where: { !own($0) }) else { return }
        throw HubError(
            .foreignFolder,
            "\(path) is not a hub's store: it holds \(other), and no archive of a hub. Name an empty folder, or one that does not exist yet; nothing was changed"
        )
    }

    /// What a file system of its own has at its top.
    private static let diskFolder = "lost+found"

    /// Adds an archive, empty and bound to nothing yet. Makes the store's folder if there is none; the folder above must exist.
    /// - Parameters:
    ///   - name: 1–64 of `a`–`z`, `0`–`9`, `.`, `_` and `-`, not beginning with a dot.
    ///   - quota: what its segments may take, in bytes; `nil` for no limit.
    /// - Returns: a token that may write, shown this once.
    public func create(name: String, quota: Int? = nil) throws(HubError) -> String {
        guard Self.isValid(name) else {
            throw HubError(
                .invalidName,
                "'\(name)' is not a valid name for an archive: use 1 to 64 of a–z, 0–9, '.', '_' and '-', and do not begin with '.'"
            )
        }
        try requireOwnFolder()
        try HubFiles.makeFolder(path)
        guard !HubFiles.exists(folder(name)) else { throw Self.taken(name) }
        // Prepared under a hidden name, so that nobody sees half an archive.
        let prepared = "\(path)/\(Self.prepared)\(Identifier<HubStore>.random().hex)"
        let (text, token) = HubToken.make(scope: .write, label: nil)
        try HubFiles.makeFolder(prepared)
        for part in ["log", "tmp"] { try HubFiles.makeFolder("\(prepared)/\(part)") }
        let description = ArchiveDescription(name: name, created: .now(), archive: nil)
        try description.write(folder: prepared)
        try HubFiles.replace(
            "\(prepared)/tokens.json", with: TokenFile.encode([token]), temporary: "\(prepared)/tmp/tokens")
        if let quota { try HubSettings(quota: quota).write(folder: prepared, temporary: "\(prepared)/tmp/settings") }
        // A folder that is not empty cannot be replaced: of two that create one name, one fails here.
        guard rename(prepared, folder(name)) == 0 else {
            throw errno == ENOTEMPTY || errno == EEXIST ? Self.taken(name) : .system("make", folder(name))
        }
        try HubFiles.synchronizeFolder(path)
        return text
    }

    /// The archives' names, ascending.
    public func names() throws(HubError) -> [String] {
        try HubFiles.list(path).filter { Self.isValid($0) && HubFiles.exists(folder($0) + "/archive.json") }
    }

    /// What each archive is and takes, in the order of their names. Looks at every segment's file.
    public func summaries() throws(HubError) -> [HubArchiveSummary] {
        try requireFolder()
        return try names().map { name throws(HubError) in
            let log = try LogFolder(folder(name))
            let bytes = log.segments.reduce(0) { $0 + (HubFiles.size("\(folder(name))/\($1.path)") ?? 0) }
            let archive = try ArchiveDescription(folder: folder(name)).archive
            return HubArchiveSummary(
                name: name, archive: archive, bytes: bytes, quota: try quota(name: name), foreign: log.foreign)
        }
    }

    func hasArchive(_ name: String) -> Bool { Self.isValid(name) && HubFiles.exists(folder(name) + "/archive.json") }

    /// Removes what processes left behind that were killed while they wrote. To be called by the one that serves the store.
    func removeLeftovers() {
        for name in (try? names()) ?? [] { HubFiles.empty(folder(name) + "/tmp") }
        for name in HubFiles.hidden(path) where name.utf8.starts(with: Self.prepared.utf8) {
            // One that is being made now is left alone.
            guard let age = HubFiles.age("\(path)/\(name)"), age > Self.makingTakes else { continue }
            for part in ["log", "tmp"] {
                HubFiles.empty("\(path)/\(name)/\(part)")
                rmdir("\(path)/\(name)/\(part)")
            }
            HubFiles.empty("\(path)/\(name)")
            rmdir("\(path)/\(name)")
        }
    }

    /// How the name begins of a folder in which an archive is made ready.
    private static let prepared = ".new-"
    /// No `create` takes longer, in seconds.
    private static let makingTakes = 60

    func requireArchive(_ name: String) throws(HubError) {
        guard hasArchive(name) else {
            throw HubError(.noSuchArchive, "this hub has no archive '\(name)'; check the name, or create it on the hub")
        }
    }

    func folder(_ name: String) -> String { "\(path)/\(name)" }

    /// Takes the store for one serving process, until the returned lock is dropped.
    ///
    /// Waits for a second: a hub that is being restarted may still hold it, and so may, for a moment, a process that was just
    /// forked from one.
    func lock() throws(HubError) -> HubFile {
        let file = try HubFile(path: path + "/.lock", flags: O_RDWR | O_CREAT)
        for _ in 0..<20 {
            if try file.lock(wait: false) { return file }
            usleep(50_000)
        }
        throw HubError(.storeInUse, "another hub serves \(path); stop it first, or serve another store")
    }

    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return (1...64).contains(bytes.count) && bytes[0] != UInt8(ascii: ".")
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    private static func taken(_ name: String) -> HubError {
        HubError(.nameTaken, "there is already an archive '\(name)'; nothing was changed")
    }
}

/// An archive on a hub as the hub's owner sees it.
public struct HubArchiveSummary: Sendable {
    public let name: String
    /// `nil` until the first segment binds it to an ID.
    public let archive: ArchiveID?
    /// What its segments take, in bytes.
    public let bytes: Int
    public let quota: Int?
    /// Files and folders among its segments that are none, which are passed by.
    public let foreign: [String]
}

/// `archive.json`.
struct ArchiveDescription: Sendable {
    let name: String
    let created: Timestamp
    /// `nil` until the first segment binds the archive to an ID.
    var archive: ArchiveID?

    init(name: String, created: Timestamp, archive: ArchiveID?) {
        self.name = name
        self.created = created
        self.archive = archive
    }

    init(folder: String) throws(HubError) {
        let path = folder + "/archive.json"
        do {
            let members = try MessageObject(
                line: try HubFiles.read(path, limit: HubStore.maximumDescription), of: "description")
            name = try members.text("name")
            created = try members.required("created") { Timestamp($0) }
            archive = try members.optional("archive") { ArchiveID(hex: $0) }
        } catch let error as MalformedMessage {
            throw HubError(
                .storage,
                "\(path) is damaged (\(error.description)): restore it from a backup of the store, or create the archive under another name, to which machines then send all that they hold"
            )
        } catch let error as HubError {
            throw error
        } catch {
            throw HubError(.storage, "\(path): \(error)")
        }
    }

    func write(folder: String) throws(HubError) {
        var fields: [ExactString: CanonicalValue] = ["created": .text(created.description), "name": .text(name)]
        fields["archive"] = archive.map { .text($0.hex) }
        try HubFiles.replace(
            folder + "/archive.json", with: CanonicalValue.object(fields).bytes + [UInt8(ascii: "\n")],
            temporary: folder + "/tmp/archive.json")
    }
}
