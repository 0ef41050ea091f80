#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What speaks for and against a text without markers being a compilation, where lines in it look like the titles of essays.
///
/// Each such line may well be a heading in a long work. A compilation has its essays throughout, of a length that essays have.
enum CompilationEvidence: Int, CaseIterable {
    case base
    /// How many lines there are, how likely each is, how many have what only essays have, how many name a kind of document.
    case count, score, strong, documents
    /// How long the passages are.
    case length, longPassages, longest, evenPassages
    /// Numbers of divisions besides those lines, and the size of the text.
    case divisions, size, perSize
    case latin, gap, official

    static let all: [(CompilationEvidence, Double)] = [
        (.base, -1.75), (.count, -0.05), (.score, 0.45), (.strong, 2.22), (.documents, 1.77), (.length, 0.01),
        (.longPassages, -2.34), (.longest, -0.58), (.evenPassages, 0.09), (.divisions, 0.02), (.size, -0.56),
        (.perSize, -0.73), (.latin, 4.01), (.gap, -0.77), (.official, 1.82),
    ]

    private static let table: [Double] = {
        var table = [Double](repeating: 0, count: allCases.count)
        for (evidence, weight) in all { table[evidence.rawValue] = weight }
        return table
    }()

    static func logOdds(_ values: [Double]) -> Double { zip(values, table).reduce(0) { $0 + $1.0 * $1.1 } }

    /// Whether the lines name kinds of documents, or stand above what only documents have, as a rule; poems and tales do not.
    static func isOfDocuments(_ values: [Double]) -> Bool {
        values[documents.rawValue] + values[official.rawValue] + values[latin.rawValue] + values[strong.rawValue] >= 0.5
    }

    /// The evidence for `taken`, the lines in `range` that may begin essays.
    static func values(_ document: SplitterDocument, _ taken: [SplitterCandidate], in range: Range<Int>) -> [Double] {
        var values = [Double](repeating: 0, count: allCases.count)
        func set(_ evidence: CompilationEvidence, _ value: Double) { values[evidence.rawValue] = value }
        func characters(_ rows: Range<Int>) -> Double {
            rows.reduce(0) { $0 + Double(max(document.rows[$1].length, document.rows[$1].content.count / 3)) }
        }
        let starts = [range.lowerBound] + taken.map(\.row)
        let lengths = starts.indices.map {
            characters(starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : range.upperBound))
        }
        let total = lengths.reduce(0, +)
        let median = max(1, lengths.sorted()[lengths.count / 2])
        func share(_ holds: (SplitterCandidate) -> Bool) -> Double {
            Double(taken.count(where: holds)) / Double(max(1, taken.count))
        }
        set(.base, 1)
        set(.count, log2(Double(starts.count)))
        set(.score, min(6, taken.reduce(0) { $0 + $1.score } / Double(max(1, taken.count))))
        set(.strong, share { $0.evidence.isOfEssays })
        set(.documents, share { $0.evidence.contains(.namesDocument) || $0.evidence.contains(.namesGenre) })
        set(
            .official,
            share {
                $0.evidence.contains(.isOfficial) || $0.evidence.contains(.beforeNumber)
                    || $0.evidence.contains(.beforeAddressee)
            })
        set(.latin, share { $0.evidence.contains(.isLatin) })
        set(.gap, share { $0.evidence.contains(.gapOfOne) || $0.evidence.contains(.gapOfMore) })
        set(.length, log10(median) - 3)
        set(.longPassages, Double(lengths.count { $0 > 15_000 }) / Double(lengths.count))
        set(.longest, log10(max(1, lengths.max() ?? 1)) - 3.5)
        set(.evenPassages, Double(lengths.count { $0 > median / 4 && $0 < median * 4 }) / Double(lengths.count))
        let divisions = range.count { row in
            switch document.rows[row].heading?.kind {
            case .chapter, .volume, .part, .lecture, .tale, .act, .episode: true
            default: false
            }
        }
        set(.divisions, log2(1 + Double(divisions)))
        set(.size, log10(max(10, total)) - 4)
        set(.perSize, log10(max(1, total / Double(starts.count))) - 3.5)
        return values
    }
}
