import History

/// The parts of a Word document (Office Open XML, ISO/IEC 29500-2), found by what they are to each other.
struct WordPackage {
    enum Part: String {
        case comments, commentsExtended, endnotes, footnotes, numbering, styles
    }

    /// The largest part, in bytes unpacked.
    private static let maximumPart = 64 << 20

    private let bytes: [UInt8]
    private let entries: [ZipEntry]
    /// The path of the main part.
    let document: String
    private let paths: [Part: String]

    /// - Throws: `ArchiveError` if it is no Word document.
    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        do {
            entries = try ZipArchive(bytes).entries
        } catch let error as ArchiveError {
            throw ArchiveError(
                .badInput, "this is no Word document, or a damaged one: \(error.message)", remedy: .getAgain)
        }
        let main = try Self.relations("_rels/.rels", entries, bytes).first { $0.type == "officeDocument" }
        let document = main?.target ?? "word/document.xml"
        self.document = document
        guard entries.contains(where: { $0.path == document }) else {
            throw ArchiveError(.badInput, "this is no Word document: its text is missing", remedy: .getAgain)
        }
        let folder = document.lastIndex(of: "/").map { String(document[...$0]) } ?? ""
        let related = try Self.relations(
            "\(folder)_rels/\(document.dropFirst(folder.count)).rels", entries, bytes, folder: folder)
        paths = Dictionary(
            related.compactMap { relation in Part(rawValue: relation.type).map { ($0, relation.target) } }
        ) {
            first, _ in first
        }
    }

    /// How files begin that hold Word's older format, or a document with a password ([MS-CFB]).
    static let compoundFile: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0]

    func path(_ part: Part) -> String? { paths[part] }

    /// A reader of a part; `nil` if it is not there.
    func reader(_ part: Part) throws -> MarkupReader? {
        try paths[part].flatMap { try content($0) }.map { try MarkupReader(xml: $0, names: Self.names) }
    }

    func documentReader() throws -> MarkupReader {
        try MarkupReader(xml: content(document) ?? [], names: Self.names)
    }

    private func content(_ path: String) throws -> [UInt8]? {
        try Self.content(path, entries, bytes)
    }

    /// The document with other contents for some of its parts.
    func replacing(_ parts: [String: [UInt8]]) throws -> [UInt8] {
        var zip = ZipWriter()
        for entry in entries where !entry.isFolder && parts[entry.path] == nil { try zip.copy(entry, from: bytes) }
        for (path, content) in parts.sorted(by: { $0.key < $1.key }) { zip.add(path, content) }
        return zip.finished()
    }

    // MARK: Relations

    private struct Relation {
        /// The last part of its type's address.
        let type: String
        /// The path of the other part.
        let target: String
    }

    private static func relations(
        _ path: String, _ entries: [ZipEntry], _ bytes: [UInt8], folder: String = ""
    ) throws -> [Relation] {
        guard let content = try content(path, entries, bytes) else { return [] }
        let reader = try MarkupReader(xml: content, names: names)
        var relations: [Relation] = []
        while let event = try reader.next() {
            guard case .start(let tag) = event, tag.name == "rel:Relationship", tag["TargetMode"] != "External",
                let type = tag["Type"]?.split(separator: "/").last, let target = tag["Target"]
            else { continue }
            relations.append(
                Relation(
                    type: String(type), target: target.hasPrefix("/") ? String(target.dropFirst()) : folder + target))
        }
        return relations
    }

    private static func content(_ path: String, _ entries: [ZipEntry], _ bytes: [UInt8]) throws -> [UInt8]? {
        try entries.first { $0.path == path }.map {
            try ZipArchive.content(of: $0, in: bytes, limit: maximumPart)
        }
    }

    static var names: MarkupNames { MarkupNames(prefixes) }

    /// The prefixes that everybody writes; those of ISO's strict form are the same.
    private static let prefixes = [
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
        "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
        "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
        "http://schemas.microsoft.com/office/word/2012/wordml": "w15",
        "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
        "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
        "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
        "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
        "http://purl.oclc.org/ooxml/drawingml/main": "a",
        "http://schemas.openxmlformats.org/drawingml/2006/chart": "c",
        "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
        "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "wp",
        "http://schemas.openxmlformats.org/drawingml/2006/picture": "pic",
        "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
        "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
        "urn:schemas-microsoft-com:vml": "v",
        "urn:schemas-microsoft-com:office:office": "o",
    ]

    /// Declarations of these prefixes, for the first element of a part that was written anew.
    static let declarations: [MarkupAttribute] = prefixes.filter { !$0.key.contains("purl") }.sorted {
        $0.value < $1.value
    }
    .map { MarkupAttribute(name: "xmlns:\($0.value)", value: $0.key) }
}
