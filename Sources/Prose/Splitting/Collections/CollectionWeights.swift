/// What each piece of evidence adds to the logarithm of the odds that a text is a collection with these titles.
///
/// Fitted by `Benchmarks/fit.py`.
enum CollectionWeights {
    static let all: [(CollectionEvidence, Double)] = [
        (.base, -6.00), (.count, 0.13), (.few, -2.79), (.purity, 1.18), (.impurity, -0.27), (.length, 1.42),
        (.longPassages, -3.74), (.evenPassages, 3.14), (.chapters, -4.54), (.bareNumbers, -6.00), (.counted, -0.49),
        (.countsOn, -2.63), (.countsThroughout, -4.00), (.listed, 1.19), (.signed, 1.73), (.closed, 0.62),
        (.repeated, -3.34), (.innerParts, -5.52), (.crossed, -3.80), (.namedCollection, 2.18), (.namedWork, -1.04),
        (.headPart, -0.53), (.spread, -0.68), (.spreadUnknown, 1.09), (.gapOfOne, -0.27),
        (.gapOfTwo, 0.06), (.gapOfMore, -0.17), (.indented, -0.30), (.flushed, -0.98), (.topHeading, 2.49),
        (.lowerHeading, -0.20), (.byDates, -0.51), (.byContents, -1.29), (.byRules, 0.38), (.questions, -3.74),
        (.titleLength, -0.70), (.titleLike, 3.96), (.isMarkdown, 1.59), (.size, -0.73), (.small, -3.54),
        (.introduced, -0.51), (.titlesInside, -0.64), (.headingsInside, 0.35),
    ]

    private static let table: [Double] = {
        var table = [Double](repeating: 0, count: CollectionEvidence.allCases.count)
        for (evidence, weight) in all { table[evidence.rawValue] = weight }
        return table
    }()

    /// What the spread of words adds at most.
    private static let mostOfSpread = max(
        table[CollectionEvidence.spreadUnknown.rawValue],
        CollectionCandidate.spreadRange.map { table[CollectionEvidence.spread.rawValue] * $0 }.max() ?? 0)

    /// Whether the odds may be more than `least` once the spread of words is known, too.
    static func mayReach(_ least: Double, _ candidate: CollectionCandidate) -> Bool {
        logOdds(candidate) + mostOfSpread > least
    }

    static func logOdds(_ candidate: CollectionCandidate) -> Double {
        zip(candidate.values, table).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
