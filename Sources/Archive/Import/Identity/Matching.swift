import History
import Prose

/// Finds the pieces of a source again among those that an older form of it was cut into.
struct Matching {
    /// How similar two texts must be to be one essay under another title.
    static let leastSimilarity = 0.3
    /// The same where a file holds one essay and held one: that it is the same file is evidence too.
    static let leastSimilarityAlone = 0.12

    private let pieces: [PreparedSource.Piece]
    private let cuts: [SourceRecord.Cut]
    private let old: [Revision?]
    private let text: (Revision) throws -> [UInt8]
    private var newShingles: [Int: Shingles] = [:]
    private var oldShingles: [Int: Shingles] = [:]
    private var result: [Int?]
    private var free: Set<Int>

    /// - Parameters:
    ///   - revision: an imported revision; `nil` if it is not held.
    ///   - text: its text.
    init(
        _ pieces: [PreparedSource.Piece], _ cuts: [SourceRecord.Cut], revision: (RevisionID) throws -> Revision?,
        text: @escaping (Revision) throws -> [UInt8]
    ) throws {
        self.pieces = pieces
        self.cuts = cuts
        self.text = text
        let old = try cuts.map { try revision($0.revision) }
        self.old = old
        result = [Int?](repeating: nil, count: pieces.count)
        free = Set(cuts.indices.filter { old[$0] != nil })
    }

    /// For each piece the cut that it is the newer form of: by equal text, then by equal title, then by the most similar text.
    /// Never by position. Where several essays are one now, or one is several, it is continued only by what holds more than half of it.
    mutating func matches() throws -> [SourceRecord.Cut?] {
        let isAlone = pieces.count == 1 && cuts.count == 1
        pairEqual()
        try pair(atLeast: 0, byTitle: true)
        try pair(atLeast: isAlone ? Self.leastSimilarityAlone : Self.leastSimilarity, byTitle: false)
        return result.map { $0.map { cuts[$0] } }
    }

    private func haveOneTitle(_ piece: Int, _ cut: Int) -> Bool {
        pieces[piece].fields[FieldKey.title] == old[cut]!.fields[FieldKey.title]
    }

    /// Pairs what has the same text; if several have, what has the same title too.
    private mutating func pairEqual() {
        var byText: [TextHash: [Int]] = [:]
        for cut in free.sorted() { if let hash = old[cut]!.text { byText[hash, default: []].append(cut) } }
        for piece in pieces.indices {
            guard let equal = byText[pieces[piece].text.hash]?.filter(free.contains), !equal.isEmpty else { continue }
            take(equal.first { haveOneTitle(piece, $0) } ?? equal[0], for: piece)
        }
    }

    /// Pairs the candidates, the most similar first; of equals those that come first.
    /// - Parameter byTitle: only what has one title, which is not the file's name for want of another.
    private mutating func pair(atLeast least: Double, byTitle: Bool) throws {
        let rest = pieces.indices.filter { result[$0] == nil }
        let all = rest.flatMap { piece in free.map { (piece: piece, cut: $0) } }
        func isCandidate(_ piece: Int, _ cut: Int) -> Bool {
            !byTitle || pieces[piece].isNamed && haveOneTitle(piece, cut)
        }
        let candidates = all.filter(isCandidate)
        // Titles tell essays apart where there are several on both sides; a title over all of them tells nothing.
        let isMany = rest.count > 1 && free.count > 1
        // Where nothing is to be chosen, nothing is to be compared.
        if byTitle, candidates.count == 1, isMany || all.count == 1 {
            return take(candidates[0].cut, for: candidates[0].piece)
        }
        guard !candidates.isEmpty else { return }
        let pairs = try (byTitle && isMany ? candidates : all).map {
            (piece: $0.piece, cut: $0.cut, likeness: try likeness($0.piece, $0.cut))
        }
        // Essays that were joined, and one that was parted.
        let joined = Self.several(pairs.filter { $0.likeness.coverage >= Self.mostOf }.map(\.piece))
        let parted = Self.several(pairs.filter { $0.likeness.containment >= Self.mostOf }.map(\.cut))
        let ranked = pairs.filter { pair in
            guard isCandidate(pair.piece, pair.cut) else { return false }
            let isAll = !joined.contains(pair.piece) && !parted.contains(pair.cut)
            return pair.likeness.similarity >= least && (isAll || pair.likeness.resemblance > 0.5)
        }.map { (piece: $0.piece, cut: $0.cut, similarity: $0.likeness.similarity) }
        for (piece, cut, _) in ranked.sorted(by: {
            ($1.similarity, $0.piece, $0.cut) < ($0.similarity, $1.piece, $1.cut)
        })
        where result[piece] == nil && free.contains(cut) { take(cut, for: piece) }
    }

    /// So much of a text found in another is nearly all of it.
    private static let mostOf = 0.8

    /// The numbers that are there more than once.
    private static func several(_ numbers: [Int]) -> Set<Int> {
        var seen: Set<Int> = []
        return Set(numbers.filter { !seen.insert($0).inserted })
    }

    private mutating func take(_ cut: Int, for piece: Int) {
        result[piece] = cut
        free.remove(cut)
    }

    private mutating func likeness(_ piece: Int, _ cut: Int) throws -> Shingles.Likeness {
        let new = try newShingles[piece] ?? Shingles(pieces[piece].text.bytes())
        let old = try oldShingles[cut] ?? Shingles(text(self.old[cut]!))
        (newShingles[piece], oldShingles[cut]) = (new, old)
        return new.likeness(to: old)
    }
}
