import Files
import Foundation
import Prose

/// Finds the files to import: those named, and those below folders and in ZIP archives whose ending is of a known format.
public struct FileWalker {
    /// In the order of the paths given, and by name below each.
    public private(set) var files: [FoundFile] = []
    /// What could not be looked at.
    public private(set) var failures: [ImportFailure] = []
    /// How many files were passed over because of their ending, by ending, such as `.png`; hidden files are not counted.
    public private(set) var skipped: [String: Int] = [:]
    /// How many files and folders were passed over because systems and editors leave such: locks, backups, previews.
    public private(set) var ignored = 0
    /// What was found in folders and is neither a file nor a folder, nor leads to one: pipes, sockets, devices. They are counted
    /// in `skipped` by their kind.
    public private(set) var special: [SpecialFile] = []
    /// The folders that were gone through.
    private(set) var folderPaths: [SystemPath] = []
    private var folders: Set<[Int64]> = []
    private let opensArchives: Bool

    /// Walks `paths`. Links are followed; a folder that was gone through already is not gone through again.
    /// - Parameter opensArchives: whether to list what is in ZIP archives, rather than these themselves.
    public init(_ paths: [SystemPath], workingDirectory: SystemPath, opensArchives: Bool = true) {
        self.opensArchives = opensArchives
        for path in paths { add(path, at: path.absolute(in: workingDirectory).canonical) }
    }

    private mutating func fail(_ path: String, _ message: String) {
        failures.append(ImportFailure(source: path, message: message))
    }

    private mutating func fail(_ path: String, _ error: any Error) {
        failures.append(ImportFailure(source: path, UnreadableSource(error).reason))
    }

    /// - Parameters:
    ///   - place: its canonical path.
    ///   - found: its own name and the folder in which it was found; `nil` if the person named it.
    private mutating func add(
        _ path: SystemPath, at place: SystemPath, found: (name: SystemPath, folder: FoundFolder)? = nil
    ) {
        let isNamed = found == nil
        var info = stat()
        guard path.withCString({ stat($0, &info) }) == 0 else {
            return fail(path.text, String(cString: strerror(errno)))
        }
        let stamp = FileStamp(info)
        switch info.st_mode & S_IFMT {
        case S_IFDIR: addFolder(path, at: place, stamp)
        case S_IFREG: addFile(path, at: place, stamp, found: found)
        default:
            let file = SpecialFile(source: path.text, kind: SpecialFile.Kind(info))
            guard !isNamed else { return fail(path.text, "a \(file.kind.rawValue), not a file or folder") }
            skipped[file.kind.rawValue, default: 0] += 1
            special.append(file)
        }
    }

    private mutating func addFile(
        _ path: SystemPath, at place: SystemPath, _ stamp: FileStamp, found: (name: SystemPath, folder: FoundFolder)?
    ) {
        if SystemDebris.contains(PathParts.name(of: path.text)) {
            ignored += 1
            return
        }
        let format = SourceFormat(name: path.text)
        if format == .zip, opensArchives {
            addMembers(of: path, at: place, stamp)
        } else if let found, format != nil {
            files.append(
                FoundFile(found.name, in: found.folder, canonicalPath: ExactString(place.normalizedKey), stamp: stamp))
        } else if found == nil {
            files.append(FoundFile(location: path, canonicalPath: ExactString(place.normalizedKey), stamp: stamp))
        } else {
            skip(path.text)
        }
    }

    private mutating func addFolder(_ path: SystemPath, at place: SystemPath, _ stamp: FileStamp) {
        guard folders.insert([stamp.device, stamp.inode]).inserted else { return }
        let entries: [FolderEntry]
        do {
            entries = try FolderEntry.all(in: path)
        } catch {
            return fail(path.text, error)
        }
        folderPaths.append(path)
        let place = path.resolved ?? place
        let folder = FoundFolder(path, at: place)
        for (entry, name) in zip(entries, SystemPath.names(entries.map(\.name))) {
            if SystemDebris.contains(name.text) {
                ignored += 1
                continue
            }
            if entry.name.first == UInt8(ascii: ".") { continue }
            // A file of another kind need not even be looked at.
            if entry.isFile, SourceFormat(name: name.text) == nil {
                skip(name.text)
            } else {
                add(path.appending(name), at: place.appending(name), found: (name, folder))
            }
        }
    }

    private mutating func skip(_ path: String) {
        let ending = (path as NSString).pathExtension.lowercased()
        skipped[ending.isEmpty ? "no ending" : "." + ending, default: 0] += 1
    }

    private mutating func addMembers(of archive: SystemPath, at place: SystemPath, _ stamp: FileStamp) {
        let entries: [ZipEntry]
        do {
            entries = try ZipArchive(path: archive).entries
        } catch {
            return fail(archive.text, error)
        }
        var names: Set<[UInt8]> = []
        let composed = Set(entries.map { Array(UnicodeForm.composed($0.path).utf8) })
        // Members that differ in the form of their characters only are two.
        let key = composed.count == entries.count ? place.normalizedKey : nil
        for entry in entries.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) where !entry.isFolder
        {
            if SystemDebris.contains(path: entry.path) {
                ignored += 1
                continue
            }
            if entry.isHidden { continue }
            let name = archive.text + "/" + entry.path
            guard let format = SourceFormat(name: entry.path), format != .zip else {
                skip(entry.path)
                continue
            }
            if let trouble = entry.trouble {
                fail(name, trouble)
            } else if !names.insert(Array(entry.path.utf8)).inserted {
                fail(name, "the ZIP archive holds two files of this name")
            } else {
                files.append(
                    FoundFile(
                        location: archive,
                        canonicalPath: ExactString(
                            key.map { $0 + "/" + UnicodeForm.composed(entry.path) }
                                ?? place.appending(SystemPath(entry.path)).key),
                        stamp: stamp, entry: entry))
            }
        }
    }
}
