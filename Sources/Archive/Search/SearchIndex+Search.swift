import Foundation
import GRDB

/// One essay that a query found.
public struct SearchHit: Sendable {
    public let item: ItemID
    public let title: String
    /// The path of the section that holds the shown match.
    public let section: String?
    public let snippet: Snippet
    /// The shown match, in Unicode code points of the text; empty at 0 if only the title matches.
    public let range: Range<Int>
    /// Higher is better; comparable within one result only.
    public let score: Double
}

public struct SearchResult: Sendable {
    /// How many essays the query finds.
    public let total: Int
    /// The best of them.
    public let hits: [SearchHit]
}

extension SearchIndex {
    /// Finds essays, after catching up with the archive.
    /// - Throws: `QueryError` if the query cannot be understood.
    public func search(_ text: String, limit: Int) throws -> SearchResult {
        let query = try QueryParser.parse(text)
        try catchUp()
        return try withDatabase { queue in
            try queue.read { db in
                try archive.read { reader in try SearchRun(db: db, reader: reader, query: query).run(limit: limit) }
            }
        }
    }
}

/// One query on the index and the archive, both as they are at one moment.
private struct SearchRun {
    let db: Database
    let reader: ArchiveReader
    let query: Query

    /// Up to so many documents are ranked by BM25; of more, those whose title matches and the latest stand for the rest:
    /// a term that so many essays have tells them apart no more.
    private static let rankedDocuments = 1000
    /// Up to so many are ranked by counting the matches in their texts: BM25 in FTS5 goes through the whole index twice more.
    private static let countedDocuments = 20

    func run(limit: Int) throws -> SearchResult {
        var found = DocumentSet()
        for alternative in query.alternatives { found.formUnion(try documents(alternative)) }
        found.subtract(try stale())
        let redundant = try redundantSides(found)
        let total = found.count - redundant
        var hits: [SearchHit] = []
        var items: Set<ItemID> = []
        for (document, score) in try ranked(found, limit: limit + redundant) where hits.count < limit {
            guard let hit = try hit(document, score), items.insert(hit.item).inserted else { continue }
            hits.append(hit)
        }
        return SearchResult(total: total, hits: hits)
    }

    // MARK: Sets

    private func documents(_ conjunction: Query.Conjunction) throws -> DocumentSet {
        var result: DocumentSet?
        for condition in conjunction.required {
            let set = try documents(condition)
            if result == nil { result = set } else { result!.formIntersection(set) }
        }
        var found = try result ?? all()
        for condition in conjunction.excluded { found.subtract(try documents(condition)) }
        return found
    }

    private func documents(_ condition: Query.Condition) throws -> DocumentSet {
        switch condition {
        case .text(let phrase): return try matching(phrase.matchExpression())
        case .title(let phrase): return try matching(phrase.matchExpression(column: "title"))
        case .before(let time): return try documents(sql: "SELECT id FROM document WHERE modified < ?", [time.milliseconds])
        case .after(let time): return try documents(sql: "SELECT id FROM document WHERE modified >= ?", [time.milliseconds])
        case .hasAnnotation:
            return try items(sql: "SELECT DISTINCT target FROM item WHERE kind = 'annotation' AND target IS NOT NULL AND NOT deleted")
        case .isConflict:
            return try items(sql: "SELECT e.hash FROM item i JOIN entry e ON e.id = i.id WHERE i.kind = 'essay' AND i.conflict")
        case .tag(let phrase): return try essays { state in state.fields.tags.contains { phrase.equals($0.utf8) } }
        case .author(let phrase):
            return try essays { state in
                let authors = [state.fields[string: FieldKey.author]] + state.history.nodes.values.map { $0.revision.author?.string }
                return authors.contains { $0.map { phrase.occurs(in: $0.utf8) } ?? false }
            }
        case .place(let phrase): return try imported(from: phrase)
        }
    }

    private func matching(_ expression: String) throws -> DocumentSet {
        var set = DocumentSet()
        let statement = try db.cachedStatement(sql: "SELECT rowid FROM passage WHERE passage MATCH ?")
        let rows = try Int64.fetchCursor(statement, arguments: [expression])
        while let document = try rows.next() { set.insert(document) }
        return set
    }

    private func documents(sql: String, _ arguments: StatementArguments = []) throws -> DocumentSet {
        try Int64.fetchAll(db, sql: sql, arguments: arguments).reduce(into: DocumentSet()) { $0.insert($1) }
    }

    private func all() throws -> DocumentSet { try documents(sql: "SELECT id FROM document") }

    private func stale() throws -> DocumentSet { try documents(sql: "SELECT id FROM stale") }

    /// The documents of the items that a query on the archive gives the IDs of.
    private func items(sql: String, _ arguments: StatementArguments = []) throws -> DocumentSet {
        try documents(of: Data.fetchAll(reader.db, sql: sql, arguments: arguments))
    }

    private func documents(of items: [Data]) throws -> DocumentSet {
        try items.reduce(into: DocumentSet()) { set, item in
            let ids = try db.cachedStatement(sql: "SELECT id FROM document WHERE item = ?")
            for id in try Int64.fetchAll(ids, arguments: [item]) { set.insert(id) }
        }
    }

    private func essays(where holds: (ItemState) -> Bool) throws -> DocumentSet {
        let ids = try Data.fetchAll(reader.db, sql: "SELECT e.hash FROM item i JOIN entry e ON e.id = i.id WHERE i.kind = 'essay' AND NOT i.deleted")
        return try documents(of: ids.filter { holds(try reader.state(ItemID(blob: $0))) })
    }

    /// The essays that came from files whose name has the phrase in it.
    private func imported(from phrase: Phrase) throws -> DocumentSet {
        let sources = try Row.fetchAll(reader.db, sql: "SELECT id, title FROM item WHERE kind = 'source' AND title IS NOT NULL")
        let essays = try sources.filter { phrase.occurs(in: ($0[1] as String).utf8) }.flatMap { try reader.source(row: $0[0]).cuts.map(\.essay.blob) }
        return try documents(of: essays)
    }

    /// How many of the documents found are further sides of an essay in conflict that was found already.
    private func redundantSides(_ found: DocumentSet) throws -> Int {
        let items = try Data.fetchAll(db, sql: "SELECT DISTINCT item FROM document WHERE is_side")
        return try items.reduce(0) { count, item in
            let ids = try Int64.fetchAll(db, sql: "SELECT id FROM document WHERE item = ?", arguments: [item])
            return count + max(0, ids.count { found.contains($0) } - 1)
        }
    }

    // MARK: Ranking

    /// The best documents: those whose title matches first, then by BM25.
    private func ranked(_ found: DocumentSet, limit: Int) throws -> [(document: Int64, score: Double)] {
        let phrases = query.highlights
        guard !phrases.isEmpty else { return found.descending(limit: limit).map { ($0, 0) } }
        guard found.count > Self.countedDocuments else { return try counted(found, phrases, limit: limit) }
        guard found.count <= Self.rankedDocuments else { return try common(found, phrases, limit: limit) }
        var scores: [Int64: Double] = [:]
        let expression = phrases.map { $0.matchExpression() }.joined(separator: " OR ")
        let statement = try db.cachedStatement(sql: "SELECT rowid, bm25(passage, 1.0, 10.0) FROM passage WHERE passage MATCH ?")
        let rows = try Row.fetchCursor(statement, arguments: [expression])
        while let row = try rows.next() {
            let document: Int64 = row[0]
            // SQLite's is negative, the best the lowest.
            if found.contains(document) { scores[document] = -(row[1] as Double) }
        }
        for document in try titled(phrases).descending(limit: .max) where scores[document] != nil { scores[document]! += 1000 }
        return scores.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(limit).map { ($0.key, $0.value) }
    }

    /// Ranks few documents: title matches first, then by the matches for the length, damped as BM25 does it.
    private func counted(_ found: DocumentSet, _ phrases: [Phrase], limit: Int) throws -> [(document: Int64, score: Double)] {
        let documents = found.descending(limit: Self.countedDocuments)
        guard documents.count > 1 else { return documents.map { ($0, 1) } }
        let scores = try documents.compactMap { document -> (document: Int64, score: Double)? in
            guard let shown = try shown(document) else { return nil }
            let matches = Double(Matches.find(in: shown.text, phrases.map(\.tokens)).count)
            let isTitled = phrases.contains { $0.occurs(in: shown.title.utf8) }
            return (document, matches / (matches + 1 + Double(shown.text.count) / 10_000) + (isTitled ? 1000 : 0))
        }
        return Array(scores.sorted { ($0.score, $0.document) > ($1.score, $1.document) }.prefix(limit))
    }

    private func titled(_ phrases: [Phrase]) throws -> DocumentSet {
        try matching(phrases.map { $0.matchExpression(column: "title") }.joined(separator: " OR "))
    }

    private func common(_ found: DocumentSet, _ phrases: [Phrase], limit: Int) throws -> [(document: Int64, score: Double)] {
        var best = found
        best.formIntersection(try titled(phrases))
        var result = best.descending(limit: limit).map { ($0, 2.0) }
        var rest = found
        rest.subtract(best)
        result += rest.descending(limit: limit - result.count).map { ($0, 1.0) }
        return result
    }

    // MARK: Hits

    /// What a document was made from.
    private func shown(_ document: Int64) throws -> (state: ItemState, title: String, text: [UInt8])? {
        let statement = try db.cachedStatement(sql: "SELECT item, revision FROM document WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [document]) else { return nil }
        let state = try reader.state(ItemID(blob: row[0]))
        let revision = (row[1] as Data?).flatMap { state.history[RevisionID(blob: $0)] }
        let text = try revision.map { try reader.text(of: $0) } ?? reader.text(of: state)
        return (state, (revision?.fields ?? state.fields)[string: FieldKey.title] ?? "", text)
    }

    private func hit(_ document: Int64, _ score: Double) throws -> SearchHit? {
        guard let (state, title, text) = try shown(document) else { return nil }
        let snippet = Snippet.make(text: text, terms: query.highlights.map(\.tokens))
        let match = snippet.match ?? 0..<0
        let start = CodePoints.codePointOffset(ofByte: match.lowerBound, in: text)
        return SearchHit(
            item: state.item, title: title,
            section: snippet.match.flatMap { Passages.section(holding: $0, in: text, isMarkdown: state.isMarkdown)?.path },
            snippet: snippet, range: start..<start + CodePoints.count(text, in: match), score: score)
    }
}
