import Archive
import History

/// What a search found.
package struct SearchAnswer: Codable, Sendable {
    /// How many essays, or annotations, are found.
    package let total: Int
    /// The first of them, in the order that was asked for.
    package let hits: [SearchMatch]
    /// If nothing is found: other queries that find something.
    package let suggestions: [SuggestedQuery]
    /// What could not be searched or shown, since it is damaged or missing.
    package let damaged: [Subject]
    /// Parts of the query that were searched for as text and may have been meant otherwise, for people.
    package let notes: [String]

    package init(_ result: SearchResult, notes: [String]) {
        total = result.total
        hits = result.hits.map(SearchMatch.init)
        suggestions = result.suggestions.map { SuggestedQuery(query: $0.query, total: $0.total) }
        damaged = result.damaged.map(Subject.init)
        self.notes = notes
    }
}

/// An essay, or an annotation, that a search found.
package struct SearchMatch: Codable, Sendable {
    /// The ID of the essay; of an annotation, of the essay that it is on.
    package let id: ItemID
    /// The essay's title.
    package let title: String
    /// The path of the section that the match is in; `null` if it is in none.
    package let section: String?
    /// A part of the text around the match, in one line.
    package let snippet: String
    /// Where the match begins, in code points of the text; 0 if none is in the text. Of an annotation, its passage; `null`
    /// if that is gone.
    package let start: Int?
    /// Where the match ends, in code points of the text; 0 if none is in the text. Of an annotation, its passage; `null` if that
    /// is gone.
    package let end: Int?
    /// How well it fits: higher is better, comparable in one answer only; 0 without phrases.
    package let score: Double
    /// Where terms stand in the snippet: pairs of a beginning and an end, in code points.
    package let highlights: [[Int]]
    /// The ID of the annotation; `null` if essays were searched for.
    package let annotation: ItemID?

    init(_ hit: SearchHit) {
        id = hit.essay
        title = hit.title
        section = hit.section
        snippet = hit.snippet.text
        start = hit.range?.lowerBound
        end = hit.range?.upperBound
        score = hit.score
        highlights = hit.snippet.highlights.map { [$0.lowerBound, $0.upperBound] }
        annotation = hit.annotation
    }
}

/// A query that finds something.
package struct SuggestedQuery: Codable, Sendable {
    /// The query.
    package let query: String
    /// How many essays, or annotations, it finds.
    package let total: Int
}
