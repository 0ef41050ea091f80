import Foundation

/// Puts documents in order: those with the phrases in their title first, then by their best section.
///
/// A section's score is Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009), with the units of
/// the index for documents and phrases for terms. That of a document is the score of its best unit, a small part of the
/// others' sum, so that of two equal sections the one in an essay that says more wins, and a bonus for each phrase in its title.
struct Ranking {
    let segments: [IndexSegment]

    private static let saturation = 1.2
    private static let lengthNormalization = 0.75
    private static let othersShare: Float = 0.05
    /// More than any sum of weights.
    static let titleBonus: Float = 1000

    /// The best of the documents that were found, the best first; of equals the one entered last.
    func best(of found: DocumentSet, _ hits: [PhraseHits], limit: Int) throws -> [(document: Int64, score: Double)] {
        let units = segments.reduce(0) { $0 + $1.unitCount }
        let places = segments.reduce(0) { $0 + $1.size }
        let average = Double(places) / Double(max(units, 1))
        let weights = hits.map { hits in log(1 + (Double(units - hits.count) + 0.5) / (Double(hits.count) + 0.5)) }
        var top = TopDocuments(limit: limit)
        for (index, segment) in segments.enumerated() where hits.contains(where: { !$0.units[index].isEmpty }) {
            let tables = try segment.tables()
            let scores = scores(in: segment, tables, zip(hits.map { $0.units[index] }, weights), average: average)
            for (position, document) in tables.documents.enumerated() where found.contains(Int64(document.id)) {
                var best: Float = 0
                var sum: Float = 0
                for unit in tables.unitRange(position) {
                    best = max(best, scores[unit])
                    sum += scores[unit]
                }
                top.insert(Int64(document.id), Double(best + Self.othersShare * (sum - best)))
            }
        }
        return top.sorted
    }

    private func scores(
        in segment: IndexSegment, _ tables: IndexSegment.Tables, _ hits: some Sequence<([PhraseHits.Unit], Double)>,
        average: Double
    ) -> [Float] {
        var scores = [Float](repeating: 0, count: segment.unitCount)
        for (units, weight) in hits {
            for hit in units {
                let length = Double(segment.places(ofUnit: Int(hit.unit), in: tables).count)
                let count = Double(hit.count)
                let damping =
                    Self.saturation * (1 - Self.lengthNormalization + Self.lengthNormalization * length / average)
                scores[Int(hit.unit)] +=
                    Float(weight * count * (Self.saturation + 1) / (count + damping))
                    + (hit.isTitle ? Self.titleBonus : 0)
            }
        }
        return scores
    }
}

/// The best of many documents, of which few are asked for.
private struct TopDocuments {
    private let limit: Int
    private var kept: [(document: Int64, score: Double)] = []
    private var threshold = -Double.infinity

    init(limit: Int) { self.limit = limit }

    mutating func insert(_ document: Int64, _ score: Double) {
        // Documents come in ascending order; of equals the last is kept, so that it counts as better.
        guard limit > 0, score >= threshold else { return }
        kept.append((document, score))
        if kept.count >= 2 * max(limit, 128) {
            kept = sorted
            threshold = kept.last!.score
        }
    }

    var sorted: [(document: Int64, score: Double)] {
        Array(kept.sorted { ($0.score, $0.document) > ($1.score, $1.document) }.prefix(limit))
    }
}
