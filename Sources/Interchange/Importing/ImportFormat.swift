import Archive

/// A format that can be imported, perhaps with the help of another program.
package struct ImportFormat: Codable, Sendable {
    /// The format's name.
    package let format: SourceFormat
    /// The endings of its files, without the dot.
    package let endings: [String]
    /// Its media type.
    package let mediaType: String
    /// Whether it can be imported on this machine.
    package let available: Bool
    /// The program that it takes; `null` if it takes none.
    package let converter: String?
    /// Debian's packages to install for that, with blanks between them; `null` if it takes no program.
    package let `package`: String?
    /// The version of the program that was found; `null` if none was.
    package let version: String?
    /// The path of the program that was found; `null` if none was.
    package let path: String?

    package init(_ format: SourceFormat, _ converters: Converters) {
        // The one to install first; of several that are there, the one that reads the file.
        let missing = format.converters.first { converters.installed($0) == nil }
        let converter = missing ?? format.converters.first
        let installed = converter.flatMap { converters.installed($0) }
        self.format = format
        endings = format.endings
        mediaType = format.mediaType
        available = missing == nil
        self.converter = converter?.rawValue
        self.package = converter?.package
        version = installed?.version
        path = installed?.path
    }
}
