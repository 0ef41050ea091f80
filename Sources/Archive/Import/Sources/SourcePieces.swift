import Files
import Foundation
import History
import Prose

/// Cuts what was read of an original into essays.
struct SourcePieces {
    private let name: String
    private let format: SourceFormat
    private let split: SplitMode
    private let options: ImportOptions
    private let compression: TextCompression?

    /// The longest title and front matter, in bytes: what else a revision says fits beside them.
    private static let maximumDetails = Revision.maximumSize / 2
    /// The most essays out of one file: the source names each, in some 150 bytes.
    private static let maximumPieces = 3000

    /// - Parameter name: the original's.
    init(
        _ name: String, _ format: SourceFormat, _ split: SplitMode, _ options: ImportOptions,
        _ compression: TextCompression?
    ) {
        (self.name, self.format, self.split, self.options, self.compression) = (
            name, format, split, options, compression
        )
    }

    /// - Parameters:
    ///   - original: the bytes that the document was read from.
    ///   - size: how many these are.
    /// - Throws: `ArchiveError` if the text, what is said about it, or the number of its pieces is too large.
    func pieces(
        of document: DocumentText, original: PreparedText, size: Int
    ) throws -> (pieces: [PreparedSource.Piece], warnings: [String]) {
        let text = document.bytes
        guard text.count <= PreparedSource.maximumSize else {
            throw ArchiveError(
                .badInput, "its text of \(text.count) bytes is over the limit of \(PreparedSource.maximumSize)")
        }
        let (cuts, named) = try cuts(of: document)
        var warnings: [String] = []
        if case .pattern(let pattern) = split, cuts[0].reason == CompilationSplitter.unmatched {
            warnings.append("no line matches the pattern '\(pattern)', so that it is one essay")
        }
        // An original in UTF-8 that is one essay is one text, stored once.
        let isOneText =
            cuts.count == 1 && document.converter == nil && document.encoding == .utf8 && size == text.count
        let common = Fields(
            document.metadata, isMarkdown: format.isMarkdown, tags: options.tags,
            author: options.essayAuthor ?? named.author.map { ExactString($0) })
        try check(cuts, common)
        let pieces = cuts.indices.map { index in
            let cut = cuts[index]
            let bytes = cuts.count == 1 ? text : Array(text[cut.range])
            var fields = common
            fields[string: FieldKey.title] = cut.title
            return PreparedSource.Piece(
                fields: fields, text: isOneText ? original : PreparedText(bytes, compression),
                characters: CodePoints.count(bytes),
                sections: SectionParser.sections(in: bytes, isMarkdown: format.isMarkdown).count, range: cut.range,
                reason: cut.reason, confidence: cut.confidence, writtenAuthor: document.metadata?.author,
                isNamed: !cut.title.utf8.elementsEqual(named.title.utf8) || Self.begins(bytes, with: cut.title),
                comments: Self.comments(
                    document.comments, from: index == 0 ? 0 : cut.range.lowerBound,
                    to: index + 1 < cuts.count ? cuts[index + 1].range.lowerBound : .max, in: cut.range))
        }
        return (pieces, warnings)
    }

    private func cuts(of document: DocumentText) throws -> (cuts: [Cut], named: FileTitle) {
        var named = FileTitle(stem)
        var cuts = try CompilationSplitter.cuts(
            in: document.bytes, mode: split, isMarkdown: format.isMarkdown,
            fallbackTitle: document.fallbackTitle ?? named.title, until: options.isStopped)
        if cuts.count == 1, let title = document.title { cuts[0].title = title }
        if format.isMarkdown {
            for index in cuts.indices { cuts[index].title = Self.plain(cuts[index].title, else: named.title) }
        }
        // `《旧城》作者：某某` may stand in the first line as well.
        if cuts.count == 1, case let line = FileTitle(cuts[0].title), line.author != nil {
            named.author = line.author
            cuts[0].title = line.title
        }
        return (cuts, named)
    }

    private func check(_ cuts: [Cut], _ common: Fields) throws {
        let details = CanonicalValue.object(common).bytes.count + (cuts.map(\.title.utf8.count).max() ?? 0)
        guard details <= Self.maximumDetails else {
            throw ArchiveError(
                .badInput, "its title and front matter of \(details) bytes are over the limit of \(Self.maximumDetails)"
            )
        }
        guard cuts.count <= Self.maximumPieces else {
            throw ArchiveError(
                .badInput, "it would be cut into \(cuts.count) essays, and one file may hold \(Self.maximumPieces)",
                remedy: .importWhole)
        }
    }

    /// The comments whose passages begin in a piece or before the next one, with these as bytes of it.
    private static func comments(
        _ all: [DocumentComment], from start: Int, to end: Int, in range: Range<Int>
    ) -> [DocumentComment] {
        var places: [Int: Int] = [:]
        var result: [DocumentComment] = []
        for (number, comment) in all.enumerated() {
            // An answer is where the first comment is, whatever its own passage.
            let parent = comment.parent.map { places[$0] }
            let isHere = parent.map { $0 != nil } ?? (start..<end).contains(comment.passage.lowerBound)
            guard isHere else { continue }
            var comment = comment
            comment.parent = parent ?? nil
            let passage = comment.passage.clamped(to: range)
            comment.passage = passage.lowerBound - range.lowerBound..<passage.upperBound - range.lowerBound
            places[number] = result.count
            result.append(comment)
        }
        return result
    }

    /// Whether a title stands in the beginning of a text.
    private static func begins(_ text: [UInt8], with title: String) -> Bool {
        let beginning = text.prefix(1 << 10)
        let title = Array(title.utf8)
        guard let first = title.first, beginning.count >= title.count else { return false }
        return (0...beginning.count - title.count).contains {
            beginning[$0] == first && beginning[$0..<$0 + title.count].elementsEqual(title)
        }
    }

    /// The words of a title in Markdown; `name` if it holds none.
    private static func plain(_ title: String, else name: String) -> String {
        let plain = MarkdownTitle.plain(title)
        return plain.isEmpty ? name : plain
    }

    /// The file's name without its ending.
    private var stem: String {
        let stem = (PathParts.name(of: name) as NSString).deletingPathExtension
        return stem.isEmpty ? name : stem
    }
}

extension [PreparedSource.Piece] {
    /// Gives each piece what it was before the document's changes.
    /// - Returns: warnings of what is not in them any more.
    mutating func follow(_ older: [PreparedSource.Piece]) throws -> [String] {
        let roots = older.map { Revision(kind: .essay, fields: $0.fields, text: $0.text.hash) }
        let byID = Dictionary(zip(roots.map(\.id), older.indices)) { first, _ in first }
        let cuts = zip(roots, older).map {
            SourceRecord.Cut(essay: $0.id.asRoot, revision: $0.id, range: $1.range)
        }
        var matching = try Matching(
            self, cuts, revision: { byID[$0].map { roots[$0] } }, text: { try older[byID[$0.id]!].text.bytes() })
        let isAlone = count == 1 && older.count == 1
        var found: Set<Int> = []
        for (index, cut) in try matching.matches().enumerated() {
            guard let place = isAlone ? 0 : cut.flatMap({ byID[$0.revision] }) else { continue }
            found.insert(place)
            if older[place].text.hash != self[index].text.hash { self[index].former = [older[place]] }
        }
        let lost = older.count - found.count
        return lost > 0
            ? ["\(counted(lost, "essay")) that its changes take away \(lost == 1 ? "is" : "are") not kept"] : []
    }
}
