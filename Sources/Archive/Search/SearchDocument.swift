import GRDB
import History
import Prose

/// What of an item can be found: the text of an essay, of one side of its conflict, or of an annotation.
struct SearchDocument {
    let item: ItemID
    /// The side of a conflict that this is.
    var revision: RevisionID?
    let kind: DocumentKind
    /// The essay of an annotation.
    var target: ItemID?
    let title: String
    /// What is searched in beside the title, apart from each other.
    let parts: [[UInt8]]
    var isMarkdown = false
    /// Milliseconds since 1970, UTC.
    let modified: Int64
    let dated: Int64
    /// Tags and authors.
    let attributes: [(field: String, value: String)]
}

extension SegmentBuilder {
    /// Enters a document: its title, then its parts, an essay's cut into sections.
    mutating func enter(_ document: SearchDocument, id: Int64) {
        begin(id)
        // An annotation has no title of its own.
        if document.kind != .annotation { enter(Array(document.title.utf8)) }
        for text in document.parts {
            part()
            beginUnit()
            let sections =
                document.kind == .annotation ? [] : SectionParser.sections(in: text, isMarkdown: document.isMarkdown)
            enter(text, cuts: sections.map(\.range.lowerBound))
        }
        part()
    }
}

/// An item as the archive has it, as far as the index needs to know.
struct DocumentSource {
    let item: ItemID
    private let row: Int64
    private let kind: String
    private let title: String
    private let text: Int64?
    private let isShown: Bool
    private let isConflict: Bool
    private let isDeleted: Bool
    private let modified: Int64
    private let versions: Int
    /// The shown revision.
    private let revision: [UInt8]

    init(row: Int64, _ reader: ArchiveReader) throws {
        let statement = try reader.db.cachedStatement(
            sql: """
                SELECT e.hash, i.kind, i.title, i.text, i.shown IS NOT NULL, i.conflict, i.deleted, i.modified, i.versions, i.shown
                FROM item i JOIN entry e ON e.id = i.id WHERE i.id = ?
                """)
        guard let found = try Row.fetchOne(statement, arguments: [row]) else {
            throw ArchiveError(.corrupt, "item number \(row) is not in the archive", remedy: .rebuild)
        }
        self.row = row
        item = try ItemID(blob: found[0])
        kind = try found[1]
        title = try found[2] ?? ""
        text = try found[3]
        isShown = try found[4]
        isConflict = try found[5]
        isDeleted = try found[6]
        modified = try found[7]
        versions = try found[8]
        let shown: Int64? = try found[9]
        revision = try shown.map { try reader.entries.bytes(row: $0) } ?? []
    }

    /// None of a deleted item; of an essay in conflict one for every side.
    func documents(_ reader: ArchiveReader) throws -> [SearchDocument] {
        guard !isDeleted else { return [] }
        if kind == ItemKind.annotation.rawValue { return try annotation(reader) }
        if isConflict { return try sides(reader) }
        // The common case needs no history: one head, its text stored.
        guard isShown, let text else {
            let state = try reader.state(item)
            return [essay(state.fields, try reader.text(of: state), authors(of: state.history))]
        }
        return [try essay(shownFields(), try reader.texts.bytes(id: text), authors(reader))]
    }

    /// The item by its title alone: its text, or what it says otherwise, is damaged or not here.
    var titleOnly: SearchDocument {
        SearchDocument(
            item: item, kind: kind == ItemKind.annotation.rawValue ? .annotation : .essay, title: title, parts: [],
            modified: modified, dated: modified,
            attributes: [])
    }

    /// The fields of the shown revision; of none of interest, without reading it.
    private func shownFields() throws -> Fields {
        let holdsMore = ["\"tags\":", "\"author\":", "\"date\":", "markdown"].contains { revision.contains($0.utf8) }
        return holdsMore ? try Revision(canonicalBytes: revision).fields : [:]
    }

    private func authors(_ reader: ArchiveReader) throws -> [String] {
        if versions > 1 { return authors(of: try reader.histories.history(row: row)) }
        guard revision.contains("\"author\":".utf8) else { return [] }
        return try [Revision(canonicalBytes: revision).author?.string].compactMap { $0 }
    }

    private func authors(of history: History) -> [String] {
        history.nodes.values.compactMap { $0.revision.author?.string }
    }

    private func essay(
        _ fields: Fields, _ text: [UInt8], _ authors: [String], side: RevisionID? = nil, kind: DocumentKind = .essay,
        title: String? = nil
    ) -> SearchDocument {
        let named = authors + [fields[string: FieldKey.author]].compactMap { $0 }
        return SearchDocument(
            item: item, revision: side, kind: kind, title: title ?? self.title, parts: [text],
            isMarkdown: fields[string: FieldKey.mediaType] == "text/markdown", modified: modified,
            dated: fields[string: FieldKey.date].flatMap(WrittenDate.milliseconds) ?? modified,
            attributes: fields.tags.map { ("tag", $0.string) } + named.map { ("author", $0) })
    }

    private func sides(_ reader: ArchiveReader) throws -> [SearchDocument] {
        let state = try reader.state(item)
        let authors = authors(of: state.history)
        return try state.sides.map { head in
            let revision = state.history[head]!
            return essay(
                revision.fields, try reader.text(of: revision), authors, side: head,
                kind: head == state.shown ? .essay : .side,
                title: revision.fields[string: FieldKey.title] ?? "")
        }
    }

    /// None if the item's fields are not those of an annotation: listing it says so.
    private func annotation(_ reader: ArchiveReader) throws -> [SearchDocument] {
        let state = try reader.state(item)
        guard let annotation = try? Annotation(state) else { return [] }
        return [
            SearchDocument(
                item: item, kind: .annotation, target: annotation.essay, title: "",
                parts: annotation.searchedParts.map { Array($0.utf8) },
                modified: modified, dated: modified,
                attributes: annotation.tags.map { ("tag", $0.string) }
                    + authors(of: state.history).map { ("author", $0) })
        ]
    }
}

extension Annotation {
    /// What search looks at, and shows: the note, the passage, the tags.
    var searchedParts: [String] { [body, quote, tags.map(\.string).joined(separator: "\n")].filter { !$0.isEmpty } }
}

extension [UInt8] {
    fileprivate func contains(_ part: String.UTF8View) -> Bool {
        let part = Array(part)
        return !Passages.occurrences(of: part, in: self).isEmpty
    }
}
