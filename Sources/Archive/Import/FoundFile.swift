import Foundation

/// A file to import, as the file system shows it, or a member of a ZIP archive.
public struct FoundFile: Hashable, Sendable {
    /// The file, or the archive that holds it, as the person named it, or its folder.
    let location: SystemPath
    /// Its canonical path, under which it is known again however it was named, as `SystemPath.key` gives it.
    let canonicalPath: String
    /// Of the file, or of the archive that holds it.
    let stamp: FileStamp
    /// Of a member of a ZIP archive.
    let entry: ZipEntry?

    package init(path: String, canonicalPath: String, stamp: FileStamp) {
        self.init(location: SystemPath(path), canonicalPath: canonicalPath, stamp: stamp)
    }

    init(location: SystemPath, canonicalPath: String, stamp: FileStamp, entry: ZipEntry? = nil) {
        self.location = location
        self.canonicalPath = canonicalPath
        self.stamp = stamp
        self.entry = entry
    }

    /// How people are told of it.
    public var path: String { entry.map { location.text + "/" + $0.path } ?? location.text }

    /// Its own name; of a member the archive's, `/` and the path within.
    public var name: String {
        let name = PathParts.name(of: location.text)
        return entry.map { name + "/" + $0.path } ?? name
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
    /// Nanoseconds since 1970.
    let modified: Int64

    package init(device: Int64, inode: Int64, size: Int64, modified: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
    }

    init(_ info: stat) {
        self.init(
            device: Int64(bitPattern: UInt64(info.st_dev)), inode: Int64(bitPattern: UInt64(info.st_ino)),
            size: Int64(info.st_size), modified: Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec))
    }
}

/// Something that was to be imported and could not be.
public struct ImportFailure: Hashable, Sendable {
    public let source: String
    public let message: String
}
