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
    /// Never by position.
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
        let candidates = pieces.indices.filter { result[$0] == nil }.flatMap { piece in
            free.filter { !byTitle || pieces[piece].isNamed && haveOneTitle(piece, $0) }.map { (piece: piece, cut: $0) }
        }
        // Where nothing is to be chosen, nothing is to be compared.
        if least == 0, candidates.count == 1 { return take(candidates[0].cut, for: candidates[0].piece) }
        let ranked = try candidates.map { (piece: $0.piece, cut: $0.cut, similarity: try similarity($0.piece, $0.cut)) }
        for (piece, cut, similarity) in ranked.sorted(by: { ($1.similarity, $0.piece, $0.cut) < ($0.similarity, $1.piece, $1.cut) })
        where similarity >= least && result[piece] == nil && free.contains(cut) { take(cut, for: piece) }
    }

    private mutating func take(_ cut: Int, for piece: Int) {
        result[piece] = cut
        free.remove(cut)
    }

    private mutating func similarity(_ piece: Int, _ cut: Int) throws -> Double {
        let new = try newShingles[piece] ?? Shingles(pieces[piece].text.bytes())
        let old = try oldShingles[cut] ?? Shingles(text(self.old[cut]!))
        (newShingles[piece], oldShingles[cut]) = (new, old)
        return new.similarity(to: old)
    }
}
