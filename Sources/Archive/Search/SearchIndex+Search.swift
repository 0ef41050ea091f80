import Foundation
import GRDB
import History

/// What to look for, and how to show it.
public struct SearchOptions: Sendable {
    public enum Scope: Sendable { case essays, annotations }

    public enum Order: String, Sendable, CaseIterable {
        /// The best first.
        case relevance
        /// What was changed last first.
        case modified
        /// By the bytes of the title.
        case title
        /// The latest date first: that which an essay bears, else that of its last change.
        case date
    }

    public var scope = Scope.essays
    /// Where a query has no phrase that could be ranked, `relevance` is `modified`.
    public var order = Order.relevance
    /// At most so many hits.
    public var limit = 20
    /// A condition on top of the query's, as `in:` is.
    public var place: String?

    public init() {}
}

/// One essay, or one annotation, that a query found.
public struct SearchHit: Sendable {
    /// The essay; of an annotation, the one that it is on.
    public let essay: ItemID
    /// The annotation, if such was looked for.
    public let annotation: ItemID?
    /// The essay's title.
    public let title: String
    /// The path of the section that holds the shown match.
    public let section: String?
    public let snippet: Snippet
    /// The shown match, in Unicode code points of the essay's text; empty at 0 if only the title matches. Of an annotation,
    /// its passage; `nil` if that is not in the text any more.
    public let range: Range<Int>?
    /// Higher is better; comparable within one result only. Without phrases 0.
    public let score: Double
}

public struct SearchResult: Sendable {
    /// How many essays, or annotations, the query finds.
    public let total: Int
    /// The first of them in the order asked for.
    public let hits: [SearchHit]
    /// If nothing was found: queries near to this one that find something.
    public let suggestions: [SearchSuggestion]
    /// What could not be searched, or not be shown, since it is damaged or missing.
    public let damaged: [DamagedItem]
    /// What of the query was looked for as text, though it may have been meant otherwise.
    public internal(set) var nearMisses: [QueryNearMiss] = []
}

extension SearchIndex {
    /// Finds essays or annotations, after catching up with the archive.
    /// - Parameter progress: of catching up, as in `catchUp(progress:)`.
    /// - Throws: `QueryError` if the query cannot be understood.
    public func search(
        _ text: String, _ options: SearchOptions = SearchOptions(), progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> SearchResult {
        var found: [QueryNearMiss] = []
        var query = try QueryParser.parse(text) { found.append($0) }
        let nearMisses = found
        if let place = options.place { try query.require(.place(Self.placePhrase(place))) }
        return try withDatabase(orInMemory: true) { queue in
            try catchUp(queue, progress: progress)
            return try queue.read { db in
                try archive.readKeepingAnchors { reader in
                    var result = try SearchRun(db: db, reader: reader, query: query, options: options).run()
                    result.nearMisses = nearMisses
                    return result
                }
            }
        }
    }

    private static func placePhrase(_ place: String) throws -> Phrase {
        guard let phrase = Phrase(place) else {
            throw ArchiveError(
                .usage, "there is nothing in “\(place)” that a name could hold",
                subject: place, remedy: .nameFileOrFolder)
        }
        return phrase
    }
}
