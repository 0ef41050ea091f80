import Foundation

/// A file to import, as the file system shows it, or a member of a ZIP archive.
public struct FoundFile: Hashable, Sendable {
    /// The file, or the archive that holds it, as the person named it, or its folder.
    let location: SystemPath
    /// Its canonical path, under which it is known again however it was named, as `SystemPath.normalizedKey` gives it.
    let canonicalPath: ExactString
    /// Of the file, or of the archive that holds it.
    let stamp: FileStamp
    /// Of a member of a ZIP archive.
    let entry: ZipEntry?

    package init(path: String, canonicalPath: String, stamp: FileStamp) {
        self.init(location: SystemPath(path), canonicalPath: ExactString(canonicalPath), stamp: stamp)
    }

    init(location: SystemPath, canonicalPath: ExactString, stamp: FileStamp, entry: ZipEntry? = nil) {
        self.location = location
        self.canonicalPath = canonicalPath
        self.stamp = stamp
        self.entry = entry
    }

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
    var isText: Bool { SourceFormat(name: path)?.converter == nil }

    func read() throws -> [UInt8] {
        guard let entry else { return try readFile(location, expected: Int(stamp.size)) }
        return try ZipArchive.content(of: entry, in: OpenFile(location))
    }
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
            size: Int64(info.st_size), modified: Self.nanoseconds(info.st_mtim), changed: Self.nanoseconds(info.st_ctim))
    }

    /// Of a file as it is now; `nil` if there is none.
    init?(of path: SystemPath) {
        var info = stat()
        guard path.withCString({ stat($0, &info) }) == 0 else { return nil }
        self.init(info)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
}

/// Something that was to be imported and could not be.
public struct ImportFailure: Hashable, Sendable {
    public let source: String
    public let message: String
}
