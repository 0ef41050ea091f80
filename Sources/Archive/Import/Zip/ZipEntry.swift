/// One file within a ZIP archive, as its central directory describes it (APPNOTE 6.3.10, 4.3.12).
struct ZipEntry: Hashable, Sendable {
    /// The path within, with `/`.
    var path: String
    let method: UInt16
    let isEncrypted: Bool
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    /// Where its local header begins.
    let offset: Int

    var isFolder: Bool { path.hasSuffix("/") }

    /// Files that a system adds by itself, or hides.
    var isHidden: Bool { path.split(separator: "/").contains { $0.hasPrefix(".") && $0 != "." && $0 != ".." } }

    /// Why the path is refused, if it is: nothing is unpacked to disk here, but such a name is only ever made to lead astray.
    var trouble: String? {
        if isEncrypted { return "it is encrypted; unpack it and import what it holds" }
        if path.isEmpty || path.utf8.contains(0) { return "its name is not one" }
        let first = Array(path.utf8.prefix(2))
        if first[0] == UInt8(ascii: "/") || first.count > 1 && first[1] == UInt8(ascii: ":") {
            return "its name is an absolute path"
        }
        if path.split(separator: "/").contains("..") { return "its name leads out of the archive (..)" }
        return nil
    }

    /// Largest share of its size that compression may have taken away, above `bombSize` bytes.
    private static let greatestRatio = 200
    private static let bombSize = 1 << 20

    /// Whether it swells as no text does.
    var isBomb: Bool { size > Self.bombSize && size / Self.greatestRatio > compressedSize }
}
