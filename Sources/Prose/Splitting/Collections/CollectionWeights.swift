/// What each piece of evidence adds to the logarithm of the odds that a text is a collection with these titles.
///
/// Fitted by `Benchmarks/fit.py`.
enum CollectionWeights {
    static let all: [(CollectionEvidence, Double)] = [
        (.base, -6.00), (.few, -2.58), (.purity, 1.45), (.impurity, -0.30), (.length, 1.43), (.longPassages, -3.87),
        (.evenPassages, 3.47), (.chapters, -6.00), (.bareNumbers, -6.00), (.counted, -0.30), (.countsOn, -2.66),
        (.countsThroughout, -0.90), (.listed, 0.30), (.signed, 1.59), (.closed, 1.22), (.repeated, -2.63),
        (.innerParts, -4.31), (.crossed, -3.96), (.namedCollection, 1.97), (.headPart, -0.90),
        (.speaksOfChapters, -0.13), (.spread, -0.71), (.spreadUnknown, 0.82), (.gapOfOne, -0.72), (.gapOfTwo, -0.26),
        (.gapOfMore, -0.82), (.indented, -1.16), (.flushed, -1.26), (.topHeading, 2.26), (.lowerHeading, -0.60),
        (.byDates, -1.43), (.byContents, -1.46), (.byRules, -0.39), (.questions, -2.01), (.titleLength, -0.46),
        (.titleLike, 4.15), (.isMarkdown, 1.19), (.size, -0.54), (.small, -3.78), (.introduced, -0.51),
        (.titlesInside, -0.64), (.headingsInside, -0.17),
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
