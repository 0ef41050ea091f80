import Foundation
import GRDB
import History

/// One query on the index and the archive, both as they are at one moment.
final class SearchRun {
    let db: Database
    let reader: ArchiveReader
    let query: Query
    let options: SearchOptions
    let segments: [IndexSegment]
    /// What was found of each phrase so far, by its tokens.
    private var known: [[[UInt8]]: PhraseHits] = [:]
    private var knownAnnotations: DocumentSet?
    private var knownStale: DocumentSet?

    init(db: Database, reader: ArchiveReader, query: Query, options: SearchOptions) throws {
        self.db = db
        self.reader = reader
        self.query = query
        self.options = options
        segments = try SegmentStore(db: db).all()
    }

    func run() throws -> SearchResult {
        let found = try documents(query)
        let redundant = try redundantSides(found)
        var hits: [SearchHit] = []
        var shown: Set<ItemID> = []
        // Of sides of one conflict the best is shown: the others come on top of the limit.
        let most = min(options.limit, found.count)
        for (document, score) in try ordered(found, limit: most + redundant) where hits.count < most {
            let hit = try HitMaker(run: self).hit(document, score)
            if shown.insert(hit.annotation ?? hit.essay).inserted { hits.append(hit) }
        }
        let total = found.count - redundant
        // What is counted can be shown, or the index is not what it was.
        guard hits.count >= min(total, options.limit) else { throw DamagedSegment() }
        let suggestions = total == 0 ? try Suggestions(run: self).make() : []
        return SearchResult(total: total, hits: hits, suggestions: suggestions, damaged: try damaged())
    }

    /// What the index has by its title alone, and what was met that cannot be read.
    private func damaged() throws -> [DamagedItem] {
        let unread = try Data.fetchAll(db.cachedStatement(sql: "SELECT DISTINCT item FROM unread")).compactMap {
            item -> DamagedItem? in
            guard let row = try reader.histories.row(of: ItemID(blob: item)) else { return nil }
            let shown = try Int64.fetchOne(reader.db, sql: "SELECT shown FROM item WHERE id = ?", arguments: [row])
            return reader.item(ofRevision: shown ?? row)
        }
        var seen: Set<DamagedItem> = []
        return (unread + reader.damage.flatMap { reader.items(damagedBy: $0) }).filter { seen.insert($0).inserted }
    }

    // MARK: Sets

    /// The documents that a query finds, of the scope's kind.
    func documents(_ query: Query) throws -> DocumentSet {
        var found = DocumentSet()
        for alternative in query.alternatives { found.formUnion(try documents(alternative)) }
        return found
    }

    private func documents(_ conjunction: Query.Conjunction) throws -> DocumentSet {
        var result: DocumentSet?
        for condition in conjunction.required {
            let set = try documents(condition)
            if result == nil { result = set } else { result!.formIntersection(set) }
        }
        var found = try inScope(result ?? DocumentScan(db).documents())
        for condition in conjunction.excluded { found.subtract(try documents(condition)) }
        return found
    }

    /// Without documents of another kind and those that were replaced.
    private func inScope(_ set: DocumentSet) throws -> DocumentSet {
        guard !set.isEmpty else { return set }
        var found = set
        if options.scope == .annotations {
            found.formIntersection(try annotations())
        } else {
            found.subtract(try annotations())
        }
        found.subtract(try stale())
        return found
    }

    private func annotations() throws -> DocumentSet {
        if knownAnnotations == nil {
            knownAnnotations = try documents(
                sql: "SELECT id FROM document WHERE kind = \(DocumentKind.annotation.rawValue)", all: .annotations)
        }
        return knownAnnotations!
    }

    private func stale() throws -> DocumentSet {
        if knownStale == nil { knownStale = try documents(sql: "SELECT id FROM stale", all: .stale) }
        return knownStale!
    }

    private func documents(_ condition: Query.Condition) throws -> DocumentSet {
        switch condition {
        case .text(let phrase): return try hits(phrase).documents
        case .title(let phrase): return try onEssays(hits(phrase).titled)
        case .before(let time): return try DocumentScan(db).documents { $0 < time.milliseconds }
        case .after(let time): return try DocumentScan(db).documents { $0 >= time.milliseconds }
        case .hasAnnotation:
            return try ofEssays(
                reader.db,
                sql: "SELECT DISTINCT target FROM item WHERE kind = 'annotation' AND target IS NOT NULL AND NOT deleted"
            )
        case .isConflict:
            return try ofEssays(
                reader.db,
                sql: "SELECT e.hash FROM item i JOIN entry e ON e.id = i.id WHERE i.kind = 'essay' AND i.conflict")
        case .tag(let phrase): return try attribute("tag") { phrase.equals($0.utf8) }
        case .author(let phrase): return try attribute("author") { phrase.occurs(in: $0.utf8) }
        case .place(let phrase): return try ofEssays(reader.essays(importedFrom: phrase).map(\.blob))
        }
    }

    /// Where a phrase stands.
    func hits(_ phrase: Phrase) throws -> PhraseHits {
        if let hits = known[phrase.tokens] { return hits }
        let hits = try PhraseHits(phrase, in: segments)
        known[phrase.tokens] = hits
        return hits
    }

    /// Whether a phrase stands somewhere in the scope. Reads no further than to the first place.
    func occurs(_ phrase: Phrase) throws -> Bool {
        if let hits = known[phrase.tokens] { return try !inScope(hits.documents).isEmpty }
        return try segments.reversed().contains { try !inScope(PhraseHits(phrase, in: [$0]).documents).isEmpty }
    }

    /// How many places are read to find a phrase.
    func cost(of phrase: Phrase) throws -> Int {
        try segments.reduce(0) { try $0 + PhraseMatcher(segment: $1).cost(of: phrase) }
    }

    /// - Parameter part: what they are all of, whose sum they must come to.
    private func documents(sql: String, _ arguments: StatementArguments = [], all part: TableSums.Part? = nil) throws
        -> DocumentSet
    {
        var (set, sum) = (DocumentSet(), RowSum())
        let ids = try Int64.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while let id = try ids.next() {
            guard DocumentSet.numbers ~= id else { throw DamagedSegment() }
            set.insert(id)
            if part != nil { sum.add(RowSum.checksum(ofDocument: id)) }
        }
        if let part, try TableSums.kept(part, db) != sum { throw DamagedSegment() }
        return set
    }

    /// The documents with an attribute, of which few have different values.
    private func attribute(_ field: String, where holds: (String) -> Bool) throws -> DocumentSet {
        let values = try String.fetchAll(
            db, sql: "SELECT DISTINCT value FROM attribute WHERE field = ?", arguments: [field])
        return try values.filter(holds).reduce(into: DocumentSet()) { set, value in
            set.formUnion(
                try documents(sql: "SELECT document FROM attribute WHERE field = ? AND value = ?", [field, value]))
        }
    }

    /// Of essays' documents, those that the scope shows: themselves, or their annotations.
    private func onEssays(_ documents: DocumentSet) throws -> DocumentSet {
        guard options.scope == .annotations else { return documents }
        return try ofEssays(
            documents.descending(limit: .max).compactMap { document in
                try Row.fetchOne(
                    db.cachedStatement(sql: "SELECT item FROM document WHERE id = ?"), arguments: [document]
                ).map { try $0[0] }
            })
    }

    private func ofEssays(_ db: Database, sql: String) throws -> DocumentSet {
        try ofEssays(Row.fetchAll(db, sql: sql).map { try $0[0] })
    }

    /// The documents of essays, given by their IDs, or those of annotations on them.
    private func ofEssays(_ essays: [Data]) throws -> DocumentSet {
        let column = options.scope == .annotations ? "target" : "item"
        return try essays.reduce(into: DocumentSet()) { set, essay in
            set.formUnion(try documents(sql: "SELECT id FROM document WHERE \(column) = ?", [essay]))
        }
    }

    /// How many of the documents found are further sides of an essay in conflict that was found already.
    private func redundantSides(_ found: DocumentSet) throws -> Int {
        let items = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT item FROM document WHERE kind = \(DocumentKind.side.rawValue)"))
        return try items.reduce(0) { count, item in
            let ids = try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT id FROM document WHERE item = ?"), arguments: [try item[0] as Data])
            return count + max(0, ids.count { found.contains($0) } - 1)
        }
    }

    // MARK: Order

    private func ordered(_ found: DocumentSet, limit: Int) throws -> [(document: Int64, score: Double)] {
        let phrases = query.highlights
        switch options.order {
        case .relevance where !phrases.isEmpty:
            return try Ranking(segments: segments).best(of: found, try phrases.map(hits), limit: limit)
        case .relevance, .modified: return try ordered(found, by: "modified DESC, id DESC", limit: limit)
        case .date: return try ordered(found, by: "dated DESC, id DESC", limit: limit)
        case .title: return try ordered(found, by: "title, id", limit: limit)
        }
    }

    private func ordered(_ found: DocumentSet, by order: String, limit: Int) throws -> [(
        document: Int64, score: Double
    )] {
        var result: [(document: Int64, score: Double)] = []
        let ids = try Int64.fetchCursor(db.cachedStatement(sql: "SELECT id FROM document ORDER BY \(order)"))
        while result.count < limit, let id = try ids.next() {
            if found.contains(id) { result.append((id, 0)) }
        }
        return result
    }
}

extension ArchiveReader {
    /// The essays that came from files whose name, or whose path on this machine, has the phrase in it.
    fileprivate func essays(importedFrom phrase: Phrase) throws -> [ItemID] {
        let sources = try Row.fetchCursor(
            db,
            sql:
                "SELECT i.id, i.title, m.path FROM item i LEFT JOIN imported m ON m.source = i.id WHERE i.kind = 'source'"
        )
        var rows: Set<Int64> = []
        while let source = try sources.next() {
            let names: [String] = try [source[1], (source[2] as String?).map { SystemPath(key: $0).text }].compactMap {
                $0
            }
            if names.contains(where: { phrase.occurs(in: $0.utf8) }) { rows.insert(try source[0]) }
        }
        return try rows.sorted().flatMap { try source(row: $0).cuts.map(\.essay) }
    }
}
