import Foundation
import History
import Prose

/// An e-book (EPUB 2 and 3): what it says of itself, and its texts in the order in which they are read.
struct BookPackage {
    private(set) var title: String?
    /// Everybody who wrote it, in its order.
    private(set) var authors: [String] = []
    private(set) var date: String?
    private(set) var language: String?
    /// The texts' paths.
    private(set) var spine: [String] = []

    private let bytes: [UInt8]
    private let entries: [String: ZipEntry]

    /// The largest text, in bytes unpacked.
    private static let maximumText = 32 << 20
    /// All texts together.
    private static let maximumBook = 128 << 20

    /// - Throws: `ArchiveError` if it is no e-book.
    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        do {
            entries = Dictionary(try ZipArchive(bytes).entries.map { ($0.path, $0) }) { first, _ in first }
        } catch let error as ArchiveError {
            throw ArchiveError(.badInput, "this is no e-book, or a damaged one: \(error.message)", remedy: .getAgain)
        }
        let container = try MarkupReader(xml: content("META-INF/container.xml") ?? [])
        guard let path = try Self.package(container), let package = try content(path) else {
            throw ArchiveError(.badInput, "this is no e-book: what says what is in it is missing", remedy: .getAgain)
        }
        if try content("META-INF/encryption.xml").map({ String(decoding: $0, as: UTF8.self) })?.contains("aes") == true
        {
            throw ArchiveError(.badInput, "its texts are encrypted (DRM)", remedy: .openInItsProgram)
        }
        try read(MarkupReader(xml: package, names: Self.names, refusesTypes: false), at: path)
    }

    private static var names: MarkupNames {
        MarkupNames(["http://purl.org/dc/elements/1.1/": "dc", "http://www.idpf.org/2007/opf": "opf"])
    }

    private static func package(_ container: MarkupReader) throws -> String? {
        while let event = try container.next() {
            if case .start(let tag) = event, tag.name.hasSuffix("rootfile"), let path = tag["full-path"] { return path }
        }
        return nil
    }

    private mutating func read(_ reader: MarkupReader, at path: String) throws {
        var items: [String: String] = [:]
        var order: [String] = []
        var dates: [String] = []
        while let event = try reader.next() {
            guard case .start(let tag) = event else { continue }
            switch tag.name.replacing("opf:", with: "") {
            case "dc:title": title = try title ?? Self.words(reader.element(tag).text)
            case "dc:creator": authors += [Self.words(try reader.element(tag).text)].compactMap { $0 }
            case "dc:date": dates.append(try reader.element(tag).text)
            case "dc:language": language = try language ?? Self.words(reader.element(tag).text)
            case "item":
                let isText = tag["media-type"].map { $0.contains("html") || $0 == "text/x-oeb1-document" } ?? false
                let isNavigation = tag["properties"]?.split(separator: " ").contains("nav") == true
                if let id = tag["id"], let address = tag["href"], isText, !isNavigation {
                    items[id] = BookPath.resolved(address.removingPercentEncoding ?? address, from: path)
                }
            case "itemref": order += [tag["idref"]].compactMap { $0 }
            default: break
            }
        }
        date = dates.lazy.compactMap { PageMetadata.day($0) ?? Self.year($0) }.first
        spine = order.compactMap { items[$0] }
    }

    private static func year(_ text: String) -> String? {
        (text.trimmingCharacters(in: .whitespacesAndNewlines).wholeMatch(of: /[0-9]{4}(?:-[0-9]{2})?/)?.output).map(
            String.init)
    }

    private static func words(_ text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    private func content(_ path: String) throws -> [UInt8]? {
        try entries[path].map { try ZipArchive.content(of: $0, in: bytes, limit: Self.maximumText) }
    }

    /// The texts, and how many that the book names are not in it.
    /// - Throws: `ArchiveError` if they are too large together.
    func texts() throws -> (all: [(path: String, text: [UInt8])], missing: Int) {
        var all: [(path: String, text: [UInt8])] = []
        var total = 0
        for path in spine {
            guard let text = try content(path) else { continue }
            total += text.count
            guard total <= Self.maximumBook else {
                throw ArchiveError(.badInput, "its texts are larger than \(Self.maximumBook) bytes together")
            }
            all.append((path, try HTMLDecoder.decode(text, as: nil).bytes))
        }
        return (all, spine.count - all.count)
    }
}

/// Paths within an e-book.
enum BookPath {
    /// A path as it stands in the file at another one.
    static func resolved(_ path: String, from other: String) -> String {
        var parts = path.hasPrefix("/") ? [] : other.split(separator: "/").dropLast().map(String.init)
        for part in path.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
