import Foundation

/// A file to import, as the file system shows it.
public struct FoundFile: Hashable, Sendable {
    /// As the person named it, or its folder.
    public let path: String
    /// Its own name.
    public var name: String { (path as NSString).lastPathComponent }
    /// Its absolute path, under which it is known again.
    let absolutePath: String
    let stamp: FileStamp

    package init(path: String, absolutePath: String, stamp: FileStamp) {
        self.path = path
        self.absolutePath = absolutePath
        self.stamp = stamp
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

/// Finds the files below folders.
public struct FileWalker {
    /// The endings that are imported from folders; a file that is named itself may have any.
    public static let endings: Set<String> = ["txt", "text", "md", "markdown"]

    public private(set) var files: [FoundFile] = []
    public private(set) var failures: [ImportFailure] = []
    /// Folders seen, so that symbolic links do not lead round in circles.
    private var folders: Set<[Int64]> = []

    private let workingDirectory: String

    /// - Parameter workingDirectory: what relative paths are relative to.
    public init(_ paths: [String], workingDirectory: String) {
        self.workingDirectory = workingDirectory
        for path in paths { add(path, isNamed: true) }
    }

    private mutating func add(_ path: String, isNamed: Bool) {
        var info = stat()
        guard stat(path, &info) == 0 else {
            failures.append(ImportFailure(source: path, message: String(cString: strerror(errno))))
            return
        }
        let stamp = FileStamp(info)
        switch info.st_mode & S_IFMT {
        case S_IFDIR: addFolder(path, stamp)
        case S_IFREG where isNamed || Self.isImportable(path):
            let absolute = path.hasPrefix("/") ? path : workingDirectory + "/" + path
            files.append(FoundFile(path: path, absolutePath: absolute, stamp: stamp))
        case S_IFREG: break
        default:
            if isNamed { failures.append(ImportFailure(source: path, message: "neither a file nor a folder")) }
        }
    }

    private mutating func addFolder(_ path: String, _ stamp: FileStamp) {
        guard folders.insert([stamp.device, stamp.inode]).inserted else { return }
        guard let stream = opendir(path) else {
            failures.append(ImportFailure(source: path, message: String(cString: strerror(errno))))
            return
        }
        defer { closedir(stream) }
        var names: [(name: String, isFile: Bool)] = []
        while let entry = readdir(stream) {
            let type = entry.pointee.d_type
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append((name, type == UInt8(DT_REG))) }
        }
        names.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let prefix = path.hasSuffix("/") ? path : path + "/"
        for (name, isFile) in names where !isFile || Self.isImportable(name) { add(prefix + name, isNamed: false) }
    }

    private static func isImportable(_ path: String) -> Bool {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return endings.contains(path[path.index(after: dot)...].lowercased())
    }
}
