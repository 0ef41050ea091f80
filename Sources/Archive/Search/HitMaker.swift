import Foundation
import GRDB

/// Makes hits of documents: reads what they were made from and cuts out what is shown.
struct HitMaker {
    let run: SearchRun

    /// `nil` if the document is not there any more.
    func hit(_ document: Int64, _ score: Double) throws -> SearchHit? {
        let statement = try run.db.cachedStatement(sql: "SELECT item, revision, kind FROM document WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [document]) else { return nil }
        let item = ItemID(blob: row[0])
        if row[2] == DocumentKind.annotation.rawValue { return try annotation(item, score) }
        return try essay(item, side: (row[1] as Data?).map { RevisionID(blob: $0) }, score)
    }

    private func essay(_ item: ItemID, side: RevisionID?, _ score: Double) throws -> SearchHit {
        let shown = try shown(item, side)
        let snippet = Snippet.make(text: shown.text, phrases: run.query.highlights)
        let match = snippet.match ?? 0..<0
        let start = CodePoints.codePointOffset(ofByte: match.lowerBound, in: shown.text)
        return SearchHit(
            essay: item, annotation: nil, title: shown.title,
            section: snippet.match.flatMap { Passages.section(holding: $0, in: shown.text, isMarkdown: shown.isMarkdown)?.path },
            snippet: snippet, range: start..<start + CodePoints.count(shown.text, in: match), score: score)
    }

    private func annotation(_ id: ItemID, _ score: Double) throws -> SearchHit {
        let placed = try run.reader.annotation(id)
        let text = placed.annotation.searchedParts.joined(separator: "\n")
        let isHere = try run.reader.contains(placed.annotation.essay)
        return SearchHit(
            essay: placed.annotation.essay, annotation: id, title: isHere ? try run.reader.summary(placed.annotation.essay).title : "",
            section: placed.section, snippet: Snippet.make(text: Array(text.utf8), phrases: run.query.highlights), range: placed.range,
            score: score)
    }

    /// What a document of an essay was made from.
    private func shown(_ item: ItemID, _ side: RevisionID?) throws -> (title: String, text: [UInt8], isMarkdown: Bool) {
        let reader = run.reader
        guard side == nil else { return try shown(reader.state(item), side) }
        let statement = try reader.db.cachedStatement(
            sql: """
                SELECT i.title, i.text, instr(x.bytes, CAST('markdown' AS BLOB)) FROM entry e JOIN item i ON i.id = e.id
                JOIN entry x ON x.id = i.shown WHERE e.hash = ? AND i.text IS NOT NULL
                """)
        guard let row = try Row.fetchOne(statement, arguments: [item.blob]), row[2] == 0 else { return try shown(reader.state(item), nil) }
        return (row[0] ?? "", try reader.texts.bytes(id: row[1]), false)
    }

    private func shown(_ state: ItemState, _ side: RevisionID?) throws -> (title: String, text: [UInt8], isMarkdown: Bool) {
        let revision = side.flatMap { state.history[$0] }
        let fields = revision?.fields ?? state.fields
        let text = try revision.map { try run.reader.text(of: $0) } ?? run.reader.text(of: state)
        return (fields[string: FieldKey.title] ?? "", text, fields[string: FieldKey.mediaType] == "text/markdown")
    }
}
