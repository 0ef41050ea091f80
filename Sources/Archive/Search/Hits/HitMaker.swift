import Foundation
import GRDB
import History
import Prose

/// Makes hits of documents: reads what they were made from and cuts out what is shown.
struct HitMaker {
    let run: SearchRun

    /// - Throws: `DamagedSegment` if the index has no such document, or the archive no such essay.
    func hit(_ document: Int64, _ score: Double) throws -> SearchHit {
        let statement = try run.db.cachedStatement(
            sql: "SELECT \(DocumentRow.columns), checksum FROM document WHERE id = ?")
        guard let found = try Row.fetchOne(statement, arguments: [document]),
            case let row = try DocumentRow(found, from: 0),
            try found[8] == Int64(bitPattern: row.checksum(id: document))
        else { throw DamagedSegment() }
        let item = try ItemID(blob: row.item)
        // Of another archive's file: the index is then made again.
        guard try run.reader.contains(item) else { throw DamagedSegment() }
        if row.kind == DocumentKind.annotation.rawValue { return try annotation(item, score) }
        let side = try row.revision.map { try RevisionID(blob: $0) }
        let text = try run.reader.passingOver([] as [UInt8]) { try self.text(of: item, side: side) }
        let snippet = Snippet.make(text: text, phrases: run.query.highlights)
        let match = snippet.match ?? 0..<0
        let start = CodePoints.codePointOffset(ofByte: match.lowerBound, in: text)
        return try SearchHit(
            // The side of a conflict may have another title than the essay is listed under.
            essay: item, annotation: nil,
            title: row.kind == DocumentKind.side.rawValue ? run.reader.summary(item).title : row.title,
            section: snippet.match.flatMap {
                Passages.section(holding: $0, in: text, isMarkdown: row.isMarkdown)?.path
            },
            snippet: snippet, range: start..<start + CodePoints.count(text, in: match), score: score)
    }

    /// The text that a document of an essay was made from.
    private func text(of item: ItemID, side: RevisionID?) throws -> [UInt8] {
        let reader = run.reader
        if side == nil, let row = try reader.entries.row(of: item.root.entry) {
            let shown = try Int64.fetchOne(
                reader.db.cachedStatement(sql: "SELECT shown FROM item WHERE id = ?"), arguments: [row])
            // By the hash that the revision names: nothing checks the number that the derived table has.
            if let shown { return try reader.text(of: reader.entries.revision(row: shown)) }
        }
        let state = try reader.state(item)
        guard let side, let revision = state.history[side] else { return try reader.text(of: state) }
        return try reader.text(of: revision)
    }

    private func annotation(_ id: ItemID, _ score: Double) throws -> SearchHit {
        let placed = try run.reader.annotation(id)
        let text = placed.annotation.searchedParts.joined(separator: "\n")
        let isHere = try run.reader.contains(placed.annotation.essay)
        return SearchHit(
            essay: placed.annotation.essay, annotation: id,
            title: isHere ? try run.reader.summary(placed.annotation.essay).title : "",
            section: placed.section, snippet: Snippet.make(text: Array(text.utf8), phrases: run.query.highlights),
            range: placed.range,
            score: score)
    }
}
