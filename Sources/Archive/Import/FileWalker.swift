import Foundation

/// Finds the files to import: those named, and those below folders and in ZIP archives whose ending is of a known format.
public struct FileWalker {
    /// In the order of the paths given, and by name below each.
    public private(set) var files: [FoundFile] = []
    /// What could not be looked at.
    public private(set) var failures: [ImportFailure] = []
    /// How many files were passed over because of their ending, by ending, such as `.png`; hidden files are not counted.
    public private(set) var skipped: [String: Int] = [:]
    /// The folders that were gone through.
    private(set) var folderPaths: [String] = []
    private var folders: Set<[Int64]> = []
    private let workingDirectory: String
    private let opensArchives: Bool

    /// Walks `paths`. Links are followed; a folder that was gone through already is not gone through again.
    /// - Parameter opensArchives: whether to list what is in ZIP archives, rather than these themselves.
    public init(_ paths: [String], workingDirectory: String, opensArchives: Bool = true) {
        self.workingDirectory = workingDirectory
        self.opensArchives = opensArchives
        for path in paths { add(path, isNamed: true) }
    }

    private mutating func fail(_ path: String, _ message: String) { failures.append(ImportFailure(source: path, message: message)) }

    private mutating func add(_ path: String, isNamed: Bool) {
        var info = stat()
        guard stat(path, &info) == 0 else { return fail(path, String(cString: strerror(errno))) }
        let stamp = FileStamp(info)
        switch info.st_mode & S_IFMT {
        case S_IFDIR: addFolder(path, stamp)
        case S_IFREG: addFile(path, stamp, isNamed: isNamed)
        default: if isNamed { fail(path, "neither a file nor a folder") }
        }
    }

    private mutating func addFile(_ path: String, _ stamp: FileStamp, isNamed: Bool) {
        let format = SourceFormat(name: path)
        let absolute = path.hasPrefix("/") ? path : workingDirectory + "/" + path
        if format == .zip, opensArchives {
            addMembers(of: path, absolute, stamp)
        } else if format != nil || isNamed {
            files.append(FoundFile(path: path, absolutePath: absolute, stamp: stamp))
        } else {
            skip(path)
        }
    }

    private mutating func addFolder(_ path: String, _ stamp: FileStamp) {
        guard folders.insert([stamp.device, stamp.inode]).inserted else { return }
        guard let stream = opendir(path) else { return fail(path, String(cString: strerror(errno))) }
        defer { closedir(stream) }
        folderPaths.append(path)
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
        for (name, isFile) in names {
            // A file of another kind need not even be looked at.
            if isFile, SourceFormat(name: name) == nil { skip(name) } else { add(prefix + name, isNamed: false) }
        }
    }

    private mutating func skip(_ path: String) {
        let ending = (path as NSString).pathExtension.lowercased()
        skipped[ending.isEmpty ? "no ending" : "." + ending, default: 0] += 1
    }

    private mutating func addMembers(of path: String, _ absolute: String, _ stamp: FileStamp) {
        let entries: [ZipEntry]
        do {
            entries = try ZipArchive(path: path).entries
        } catch {
            return fail(path, "\(error)")
        }
        var names: Set<[UInt8]> = []
        for entry in entries.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) where !entry.isFolder && !entry.isHidden {
            let name = path + "/" + entry.path
            guard let format = SourceFormat(name: entry.path), format != .zip else {
                skip(entry.path)
                continue
            }
            if let trouble = entry.trouble {
                fail(name, trouble)
            } else if !names.insert(Array(entry.path.utf8)).inserted {
                fail(name, "the ZIP archive holds two files of this name")
            } else {
                files.append(FoundFile(path: name, absolutePath: absolute + "/" + entry.path, stamp: stamp, archivePath: path, entry: entry))
            }
        }
    }
}
