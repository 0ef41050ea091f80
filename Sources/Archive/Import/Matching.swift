/// Finds the pieces of a source again among those that an older form of it was cut into.
enum Matching {
    /// How much two texts must have in common to be one essay under another title.
    static let leastSimilarity = 0.3

    /// For each piece the cut that it is the newer form of: by equal text, then by equal title (the first not yet taken),
    /// then by the most similar text. Never by position alone.
    /// - Parameter acceptsSingle: where both forms are one single piece, they are the same essay.
    static func match(
        _ pieces: [PreparedSource.Piece], _ cuts: [SourceRecord.Cut], acceptsSingle: Bool = true,
        load: (SourceRecord.Cut) throws -> (Revision, [UInt8])?
    ) throws -> [SourceRecord.Cut?] {
        if acceptsSingle, pieces.count == 1, cuts.count == 1 { return [cuts[0]] }
        let old = try cuts.map(load)
        var result = [Int?](repeating: nil, count: pieces.count)
        var free = Set(cuts.indices.filter { old[$0] != nil })
        func pair(_ isSame: (PreparedSource.Piece, (Revision, [UInt8])) -> Bool) {
            for index in pieces.indices where result[index] == nil {
                if let found = free.sorted().first(where: { isSame(pieces[index], old[$0]!) }) {
                    result[index] = found
                    free.remove(found)
                }
            }
        }
        pair { $0.text.hash == $1.0.text }
        pair { piece, old in
            guard let title = piece.fields[FieldKey.title] else { return false }
            return title == old.0.fields[FieldKey.title]
        }
        var sketches: [Int: Set<UInt64>] = [:]
        for index in pieces.indices where result[index] == nil && !free.isEmpty {
            let ranked = free.sorted().map { candidate -> (Double, Int) in
                let sketch = sketches[candidate] ?? Sketch.of(old[candidate]!.1)
                sketches[candidate] = sketch
                return (Sketch.similarity(pieces[index].sketch, sketch), candidate)
            }
            guard let best = ranked.max(by: { $0.0 < $1.0 }), best.0 >= leastSimilarity else { continue }
            result[index] = best.1
            free.remove(best.1)
        }
        return result.map { $0.map { cuts[$0] } }
    }
}
