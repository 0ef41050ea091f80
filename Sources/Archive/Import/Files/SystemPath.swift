import Foundation
import History
import Prose

/// A path as the system has it, whose bytes need not be UTF-8, and as people read it: unpacking a ZIP archive from China often
/// leaves names in GBK.
public struct SystemPath: Hashable, Sendable {
    /// As people read it.
    public let text: String
    /// The bytes, if they are not those of `text`.
    private let raw: [UInt8]?

    private static let slash = UInt8(ascii: "/")
    private static let scheme = "file://"

    /// A path in UTF-8.
    public init(_ text: String) { self.init(text: text, raw: nil) }

    /// A path whose bytes are these. A name in it that is not UTF-8 is read as what it and those beside it look like.
    public init(bytes: [UInt8]) {
        var path = SystemPath(bytes.first == Self.slash ? "/" : "")
        if let text = Self.utf8(bytes) {
            path = SystemPath(text)
        } else {
            for name in bytes.split(separator: Self.slash) { path = path.appending(name: Array(name)) }
        }
        self = path
    }

    private init(text: String, raw: [UInt8]?) {
        self.text = text
        self.raw = raw
    }

    private static func utf8(_ bytes: [UInt8]) -> String? {
        UTF8Validation.firstInvalidByte(in: bytes) == nil ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// The folder that relative paths are in.
    public static var workingDirectory: SystemPath {
        guard let path = getcwd(nil, 0) else { return SystemPath("/") }
        defer { free(path) }
        return SystemPath(bytes: Array(UnsafeRawBufferPointer(start: path, count: strlen(path))))
    }

    var bytes: [UInt8] { raw ?? Array(text.utf8) }

    /// Calls `body` with the path as the system's functions take it.
    func withCString<Value>(_ body: (UnsafePointer<CChar>) throws -> Value) rethrows -> Value {
        guard let raw else { return try text.withCString(body) }
        return try (raw + [0]).map(CChar.init(bitPattern:)).withUnsafeBufferPointer { try body($0.baseAddress!) }
    }

    // MARK: Names

    /// The path of something in this folder.
    func appending(_ name: SystemPath) -> SystemPath {
        let separator = text.isEmpty || text.utf8.last == Self.slash ? "" : "/"
        let path = text + separator + name.text
        return SystemPath(
            text: path, raw: raw == nil && name.raw == nil ? nil : bytes + Array(separator.utf8) + name.bytes)
    }

    func appending(name: [UInt8]) -> SystemPath {
        if let text = Self.utf8(name) { return appending(SystemPath(text)) }
        let beside = ((try? FolderEntry.all(in: text.isEmpty ? SystemPath(".") : self)) ?? []).map(\.name).filter {
            $0 != name
        }
        return appending(Self.names([name] + beside)[0])
    }

    /// Names out of one folder. Those that are not UTF-8 are taken to be in one encoding, which they tell together.
    static func names(_ names: [[UInt8]]) -> [SystemPath] {
        var paths = names.map { utf8($0).map { SystemPath(text: $0, raw: nil) } }
        let foreign = names.indices.filter { paths[$0] == nil }
        let decoded =
            foreign.isEmpty
            ? [] : ZipName.decode(foreign.map { ZipName(raw: names[$0], isUTF8: false, extra: nil, isFromDOS: false) })
        for (index, text) in zip(foreign, decoded) { paths[index] = SystemPath(text: text, raw: names[index]) }
        return paths.compactMap { $0 }
    }

    /// Itself if it is absolute, else what it is in a folder.
    func absolute(in folder: SystemPath) -> SystemPath { text.utf8.first == Self.slash ? self : folder.appending(self) }

    /// The same of something that is there, without links, `.` and `..`; `nil` if it cannot be looked up.
    var resolved: SystemPath? {
        guard let path = withCString({ realpath($0, nil) }) else { return nil }
        defer { free(path) }
        return SystemPath(bytes: Array(UnsafeRawBufferPointer(start: path, count: strlen(path))))
    }

    /// An absolute path with its folder's path resolved. Its own name stays: a link to a file is a file of its own.
    var canonical: SystemPath {
        let bytes = bytes
        guard let end = bytes.lastIndex(of: Self.slash), end + 1 < bytes.count else { return self }
        return SystemPath(bytes: Array(bytes[...end])).resolved?.appending(name: Array(bytes[(end + 1)...])) ?? self
    }

    // MARK: In an archive

    /// What an absolute path is kept as: itself or, as the archive holds UTF-8 only, a URI (RFC 8089), which begins with no `/`. In
    /// it only names that are not UTF-8, and percent signs, are escaped.
    var key: String {
        guard let raw else { return text }
        let names = raw.split(separator: Self.slash, omittingEmptySubsequences: false).map { name in
            let isUTF8 = Self.utf8(Array(name)) != nil
            let escaped = name.flatMap {
                $0 != UInt8(ascii: "%") && ($0 < 0x80 || isUTF8) ? [$0] : Array("%\(Hex.encode([$0]))".utf8)
            }
            return String(decoding: escaped, as: UTF8.self)
        }
        return Self.scheme + names.joined(separator: "/")
    }

    /// The same under which a file is known again: with names in composed characters (NFC), as systems and those who copy files change them
    /// into decomposed ones and back. A name beside which there is its composed form stays as it is: these are two files.
    var normalizedKey: String {
        guard raw == nil, !UnicodeForm.isComposed(text) else { return key }
        var (path, known) = (
            SystemPath(text.utf8.first == Self.slash ? "/" : ""), SystemPath(text.utf8.first == Self.slash ? "/" : "")
        )
        for name in text.split(separator: "/") {
            let composed = SystemPath(UnicodeForm.composed(String(name)))
            // By bytes: to Swift both forms are one string.
            let isTwo = !composed.text.utf8.elementsEqual(name.utf8) && path.appending(composed).isThere
            known = known.appending(isTwo ? SystemPath(String(name)) : composed)
            path = path.appending(SystemPath(String(name)))
        }
        return known.text
    }

    /// Where the file is that is known as `key`: there, or under a name of other forms of the same characters.
    init(located key: String) {
        self.init(key: key)
        guard raw == nil, key.utf8.contains(where: { $0 >= 0x80 }), !isThere else { return }
        var path = SystemPath(text.utf8.first == Self.slash ? "/" : "")
        for name in text.split(separator: "/").map({ SystemPath(String($0)) }) {
            var next = path.appending(name)
            if !next.isThere,
                let other = ((try? FolderEntry.all(in: path)) ?? []).first(where: { entry in
                    Self.utf8(entry.name).map {
                        UnicodeForm.composed($0).utf8.elementsEqual(UnicodeForm.composed(name.text).utf8)
                    } ?? false
                })
            {
                next = path.appending(name: other.name)
            }
            path = next
        }
        if path.isThere { self = path }
    }

    private var isThere: Bool {
        var info = stat()
        return withCString { lstat($0, &info) } == 0 || errno != ENOENT
    }

    /// The path that is kept as `key`.
    init(key: String) {
        guard key.utf8.starts(with: Self.scheme.utf8) else {
            self.init(key)
            return
        }
        let parts = key.dropFirst(Self.scheme.count).utf8.split(
            separator: UInt8(ascii: "%"), omittingEmptySubsequences: false
        ).map(Array.init)
        let bytes = parts.dropFirst().reduce(parts[0]) { bytes, part in
            bytes + (Hex.decode(String(decoding: part.prefix(2), as: UTF8.self)) ?? []) + part.dropFirst(2)
        }
        let names = Self.names(bytes.split(separator: Self.slash, omittingEmptySubsequences: false).map(Array.init))
        self.init(text: names.map(\.text).joined(separator: "/"), raw: bytes)
    }
}

/// What a folder holds, also what is hidden.
struct FolderEntry {
    let name: [UInt8]
    /// Whether it is known to be a plain file.
    let isFile: Bool

    /// In the order of their bytes.
    /// - Throws: `ArchiveError` if the folder cannot be read.
    static func all(in folder: SystemPath) throws -> [FolderEntry] {
        guard let stream = folder.withCString({ opendir($0) }) else {
            throw ArchiveError(errno == ENOENT ? .notFound : .badInput, String(cString: strerror(errno)))
        }
        defer { closedir(stream) }
        var entries: [FolderEntry] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [0x2E], name != [0x2E, 0x2E] {
                entries.append(FolderEntry(name: name, isFile: entry.pointee.d_type == UInt8(DT_REG)))
            }
        }
        return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }
}
