import Files
import Foundation
import History
import Prose

/// A file to import, as the file system shows it, or a member of a ZIP archive.
///
/// There may be a million of them, in several lists: each is one small object, and those of a folder share its path.
public struct FoundFile: Sendable {
    private let record: Record

    private final class Record: Sendable {
        let folder: FoundFolder?
        /// Its name in the folder; without a folder its path as the person named it.
        let name: SystemPath
        /// `nil` if it is the folder's with the name.
        let canonicalPath: ExactString?
        let stamp: FileStamp
        let member: Member?

        init(
            _ folder: FoundFolder?, _ name: SystemPath, _ canonicalPath: ExactString?, _ stamp: FileStamp,
            _ entry: ZipEntry?
        ) {
            (self.folder, self.name, self.canonicalPath, self.stamp, member) = (
                folder, name, canonicalPath, stamp, entry.map(Member.init)
            )
        }
    }

    private final class Member: Sendable {
        let entry: ZipEntry

        init(_ entry: ZipEntry) { self.entry = entry }
    }

    package init(path: String, canonicalPath: String, stamp: FileStamp) {
        self.init(location: SystemPath(path), canonicalPath: ExactString(canonicalPath), stamp: stamp)
    }

    init(location: SystemPath, canonicalPath: ExactString, stamp: FileStamp, entry: ZipEntry? = nil) {
        record = Record(nil, location, canonicalPath, stamp, entry)
    }

    /// A file that was found in a folder.
    init(_ name: SystemPath, in folder: FoundFolder, canonicalPath: ExactString, stamp: FileStamp) {
        record = Record(folder, name, canonicalPath == folder.canonicalPath(of: name) ? nil : canonicalPath, stamp, nil)
    }

    /// The file, or the archive that holds it, as the person named it, or its folder.
    var location: SystemPath { record.folder?.location.appending(record.name) ?? record.name }

    /// Its canonical path, under which it is known again however it was named, as `SystemPath.normalizedKey` gives it.
    var canonicalPath: ExactString { record.canonicalPath ?? record.folder!.canonicalPath(of: record.name) }

    /// Of the file, or of the archive that holds it.
    var stamp: FileStamp { record.stamp }

    /// Of a member of a ZIP archive.
    var entry: ZipEntry? { record.member?.entry }

    /// How people are told of it.
    public var path: String { entry.map { location.text + "/" + $0.path } ?? location.text }

    /// Its own name in composed characters (NFC), whichever the system has; of a member the archive's, `/` and the path within.
    public var name: String {
        let name = PathParts.name(of: location.text)
        return UnicodeForm.composed(entry.map { name + "/" + $0.path } ?? name)
    }

    /// Bytes.
    public var size: Int64 { entry.map { Int64($0.size) } ?? stamp.size }

    /// Whether its bytes are text, rather than a document that a converter reads.
    var isText: Bool { SourceFormat(name: path)?.converters.isEmpty ?? true }

    func read() throws -> [UInt8] {
        guard let entry else { return try readFile(location, expected: Int(stamp.size)) }
        return try ZipArchive.content(of: entry, in: OpenFile(location))
    }
}

/// A folder in which files were found.
final class FoundFolder: Sendable {
    /// As the person named it, or what it is in.
    let location: SystemPath
    private let key: String

    /// - Parameter place: its canonical path.
    init(_ location: SystemPath, at place: SystemPath) {
        self.location = location
        let key = place.normalizedKey
        self.key = key.utf8.last == UInt8(ascii: "/") ? key : key + "/"
    }

    /// The canonical path of most of its files: of those whose names are in UTF-8 and in composed characters.
    func canonicalPath(of name: SystemPath) -> ExactString { ExactString(key + name.text) }
}

/// What tells a changed file from an unchanged one without reading it.
package struct FileStamp: Hashable, Sendable {
    let device: Int64
    let inode: Int64
    let size: Int64
    /// Nanoseconds since 1970. Programs can set it, and so write other bytes under the old time.
    let modified: Int64
    /// The same of the inode, which programs cannot set.
    let changed: Int64

    package init(device: Int64, inode: Int64, size: Int64, modified: Int64, changed: Int64 = 0) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }

    init(_ info: stat) {
        self.init(
            device: Int64(bitPattern: UInt64(info.st_dev)), inode: Int64(bitPattern: UInt64(info.st_ino)),
            size: Int64(info.st_size), modified: Self.nanoseconds(info.st_mtim), changed: Self.nanoseconds(info.st_ctim)
        )
    }

    /// Of a file as it is now; `nil` if there is none.
    init?(of path: SystemPath) {
        var info = stat()
        guard path.withCString({ stat($0, &info) }) == 0 else { return nil }
        self.init(info)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Something that was to be imported and could not be.
public struct ImportFailure: Hashable, Sendable {
    /// The path of the file, as it is shown.
    public let source: String
    /// What is wrong with it.
    public let message: String
    /// What helps, if anything is known to.
    public let remedy: Remedy?

    init(source: String, message: String, remedy: Remedy? = nil) {
        self.source = source
        self.message = message
        self.remedy = remedy
    }

    init(source: String, _ error: ArchiveError) {
        self.init(source: source, message: error.message, remedy: error.remedy)
    }
}
