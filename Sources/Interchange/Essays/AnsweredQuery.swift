/// The answer to one query of several.
package typealias AnsweredQuery = Joined<TimedQuery, SearchAnswer>

/// One query of several that cannot be understood.
package typealias RefusedQuery = Joined<TimedQuery, QueryProblem>

/// One query of several.
package struct TimedQuery: Codable, Sendable {
    /// The query.
    package let query: String
    /// How long the answer took, in milliseconds.
    package let milliseconds: Double

    package init(query: String, milliseconds: Double) {
        self.query = query
        self.milliseconds = milliseconds
    }
}

/// Why a query cannot be understood.
package struct QueryProblem: Codable, Sendable {
    /// What is wrong, for people.
    package let error: String
    /// Where, in code points of the query.
    package let position: Int

    package init(error: String, position: Int) {
        self.error = error
        self.position = position
    }
}
