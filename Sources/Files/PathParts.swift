/// The parts of a path, told apart as POSIX's `dirname` and `basename` do. Foundation's `deletingLastPathComponent` ends the process
/// where all of a path is one character, such as `.`.
package enum PathParts {
    private static let slash = UInt8(ascii: "/")

    /// The folder that a path is in; empty if the path names none.
    package static func folder(of path: String) -> String {
        let path = trimmed(path[...])
        return path.utf8.lastIndex(of: slash).map { String(trimmed(path[...$0])) } ?? ""
    }

    /// What a path names in its folder; empty for the root.
    package static func name(of path: String) -> String {
        let path = trimmed(path[...])
        return path.utf8.lastIndex(of: slash).map { String(path[path.utf8.index(after: $0)...]) } ?? String(path)
    }

    /// A path without slashes at its end, but for the root's.
    private static func trimmed(_ path: Substring) -> Substring {
        var bytes = path.utf8
        while bytes.last == slash, bytes.count > 1 { bytes.removeLast() }
        return Substring(bytes)
    }
}
