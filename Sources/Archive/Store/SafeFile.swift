import Foundation

/// Files that are there whole or not at all.
package enum SafeFile {
    /// Makes `path` a file of these bytes, which is on the disk when it returns.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        try replace(path) { temporary in
            guard FileManager.default.createFile(atPath: temporary, contents: Data(bytes)) else { throw failure(path) }
        }
    }

    /// Lets `body` make a file under a temporary name beside `path`, brings it to the disk and renames it.
    static func replace<Value>(_ path: String, _ body: (String) throws -> Value) throws -> Value {
        let (folder, name) = (PathParts.folder(of: path), PathParts.name(of: path))
        let temporary = (folder.isEmpty ? "." : folder) + "/.\(name).\(ProcessInfo.processInfo.processIdentifier).partial"
        if !folder.isEmpty { try makeFolder(folder) }
        func remove() { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(temporary + suffix) } }
        remove()
        do {
            let value = try DatabaseFile.translatingErrors(path) { try body(temporary) }
            try synchronize(temporary)
            guard rename(temporary, path) == 0 else { throw failure(path) }
            try synchronize(folder.isEmpty ? "." : folder)
            return value
        } catch {
            remove()
            throw error
        }
    }

    /// Makes a folder, and those above it, where they are missing.
    static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o777) == 0 { return }
        let above = PathParts.folder(of: path)
        if errno == ENOENT, !above.isEmpty, above != path {
            try makeFolder(above)
            if mkdir(path, 0o777) == 0 { return }
        }
        let reason = String(cString: strerror(errno))
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw ArchiveError(.cannotWrite, "the folder \(path) cannot be made: \(reason)", advice: "Check who may write in the folder above it")
        }
    }

    /// Brings a file, or a folder's list of names, to the disk.
    private static func synchronize(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> ArchiveError {
        ArchiveError(.cannotWrite, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
