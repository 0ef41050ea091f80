/// What each piece of evidence adds to the logarithm of the odds that a text is a collection with these titles.
///
/// Fitted by `Benchmarks/fit.py`.
enum CollectionWeights {
    static let all: [(CollectionEvidence, Double)] = [
        (.base, -6.00), (.count, -0.05), (.few, -1.83), (.purity, 1.70), (.impurity, -0.19), (.length, 1.23),
        (.shortPassages, -2.94), (.longPassages, -5.36), (.evenPassages, 2.97), (.chapters, -5.05),
        (.bareNumbers, -5.75), (.counted, -1.72), (.countsOn, -2.33), (.listed, 0.22), (.signed, 2.21),
        (.closed, 1.33), (.repeated, -2.99), (.innerParts, -0.97), (.crossed, -3.83), (.namedCollection, 1.83),
        (.headPart, -0.31), (.speaksOfChapters, -0.80), (.spread, -0.68), (.spreadUnknown, -0.19),
        (.gapOfOne, -0.94), (.gapOfTwo, -0.28), (.gapOfMore, -1.39), (.indented, -1.17), (.flushed, -1.23),
        (.topHeading, 2.47), (.lowerHeading, -1.76), (.byDates, -2.44), (.byContents, -1.94), (.byRules, -0.12),
        (.questions, -4.05), (.titleLength, 0.02), (.titleLike, 3.52), (.isMarkdown, 0.71), (.quoted, -6.00),
        (.size, -0.44),
    ]

    private static let table: [Double] = {
        var table = [Double](repeating: 0, count: CollectionEvidence.allCases.count)
        for (evidence, weight) in all { table[evidence.rawValue] = weight }
        return table
    }()

    static func logOdds(_ candidate: CollectionCandidate) -> Double {
        zip(candidate.values, table).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
