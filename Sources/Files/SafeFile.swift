import Foundation
import History

/// Files that are there whole or not at all, and that replace nothing that nobody meant.
///
/// Everything that writes a file for a user, or beside an archive, does it here. A file is made under a name that nobody can
/// guess (`PartialFile`), brought to the disk, and renamed; the rename replaces only the very file that was looked at before.
package enum SafeFile {
    /// What a new file may take the place of.
    package enum Replaceable {
        /// Nothing: the name must be free.
        case nothing
        /// A plain file, for which this does not throw. Never a link, a folder, a device or a pipe.
        case file((FileStatus) throws -> Void)

        /// Any plain file, whoever made it last: for names in folders that are ours, where several processes may write one name.
        case ownFile
    }

    /// Makes `path` a file of these bytes, which is on the disk when it returns.
    /// - Parameter sweeping: whether to remove what killed processes left of this file, which takes a look through its folder.
    /// - Throws: `ArchiveError` if it cannot be written, or what has the name is not to be replaced.
    package static func write(
        _ bytes: [UInt8], to path: String, replacing replaceable: Replaceable = .nothing, sweeping: Bool = true
    ) throws {
        let existing = try look(at: path, replaceable)
        if sweeping { PartialFile.sweep(path) }
        let partial = try PartialFile(for: path, isDatabase: false)
        try partial.write(bytes)
        try partial.move(replacing: existing)
    }

    /// What the new file takes the place of.
    /// - Throws: `ArchiveError` if what has the name is not to be replaced.
    package static func look(at path: String, _ replaceable: Replaceable) throws -> PartialFile.Predecessor {
        guard let status = try FileStatus.of(path) else {
            return if case .ownFile = replaceable { .any } else { .none }
        }
        if case .nothing = replaceable {
            throw ArchiveError(.cannotWrite, "\(path) exists already", subject: path, remedy: .chooseAnotherName)
        }
        guard status.kind == .regular else {
            throw ArchiveError(
                .cannotWrite, "\(path) is \(status.kind.rawValue), which is not replaced", subject: path,
                remedy: status.kind == .link ? .nameTarget : .chooseAnotherName)
        }
        guard case .file(let check) = replaceable else { return .any }
        try check(status)
        return .only(status.identity)
    }

    /// - Throws: `ArchiveError` if a file could not be written there because of what has the name.
    package static func requireReplaceable(_ path: String, _ replaceable: Replaceable) throws {
        _ = try look(at: path, replaceable)
    }

    /// Makes a folder, and those above it, where they are missing.
    package static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o777) == 0 { return }
        let above = PathParts.folder(of: path)
        if errno == ENOENT, !above.isEmpty, above != path {
            try makeFolder(above)
            if mkdir(path, 0o777) == 0 { return }
        }
        let reason = String(cString: strerror(errno))
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw ArchiveError(
                .cannotWrite, "the folder \(path) cannot be made: \(reason)", subject: path,
                remedy: .checkFolderPermissions)
        }
    }

    /// Makes the folders between one that must be there and one below it: where a disk is not mounted, none is made.
    package static func makeFolder(_ name: String, below root: String) throws {
        var path = root
        for part in name.split(separator: "/") {
            path += "/\(part)"
            guard mkdir(path, 0o777) != 0, errno != EEXIST else { continue }
            throw ArchiveError(
                .cannotWrite, "the folder \(path) cannot be made: \(String(cString: strerror(errno)))", subject: path)
        }
    }
}
