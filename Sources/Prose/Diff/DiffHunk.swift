/// A run of sentences that stayed, or of sentences that changed with what changed inside them: for a colour terminal or JSON.
public struct DiffHunk: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case equal, changed
    }

    /// A stretch of text inside a hunk.
    public enum Piece: Sendable, Hashable {
        case same([UInt8])
        case removed([UInt8])
        case inserted([UInt8])
    }

    public var kind: Kind
    /// Bytes of the base that the hunk covers.
    public var baseRange: Range<Int>
    /// Bytes of the new text that the hunk covers.
    public var newRange: Range<Int>
    /// `same` and `removed` concatenate to the base's bytes of the hunk, `same` and `inserted` to the new text's.
    public var pieces: [Piece]

    public init(kind: Kind, baseRange: Range<Int>, newRange: Range<Int>, pieces: [Piece]) {
        self.kind = kind
        self.baseRange = baseRange
        self.newRange = newRange
        self.pieces = pieces
    }
}

extension Diff {
    /// The two texts as alternating equal and changed hunks, in order and without gaps. Inside a changed one the pieces are whole
    /// words and numbers, and characters of scripts that put no blanks between words.
    public static func hunks(_ base: [UInt8], _ new: [UInt8]) -> [DiffHunk] {
        var hunks: [DiffHunk] = []
        var basePosition = 0
        var newPosition = 0
        var steps = characterSteps
        func appendEqual(upTo baseEnd: Int) {
            guard basePosition < baseEnd else { return }
            let newEnd = newPosition + baseEnd - basePosition
            let text = Array(base[basePosition..<baseEnd])
            hunks.append(
                DiffHunk(
                    kind: .equal, baseRange: basePosition..<baseEnd, newRange: newPosition..<newEnd,
                    pieces: [.same(text)]))
        }
        for change in bySentence(base, new) {
            appendEqual(upTo: change.baseRange.lowerBound)
            let pieces = pieces(of: change, base, new, steps: &steps)
            hunks.append(
                DiffHunk(kind: .changed, baseRange: change.baseRange, newRange: change.newRange, pieces: pieces))
            basePosition = change.baseRange.upperBound
            newPosition = change.newRange.upperBound
        }
        appendEqual(upTo: base.count)
        return hunks
    }

    private static func pieces(
        of hunk: TextChange, _ base: [UInt8], _ new: [UInt8], steps: inout Int
    ) -> [DiffHunk.Piece] {
        var changes = byWord(hunk, base, new, steps: &steps)
        // Two sentences that share less than a third of the longer one read better as one out and one in.
        let kept = hunk.baseRange.count - changes.reduce(0) { $0 + $1.baseRange.count }
        if 3 * kept < max(hunk.baseRange.count, hunk.newRange.count) { changes = [hunk] }
        changes = keepingNumbersWhole(changes, in: hunk, base, new)

        var pieces: [DiffHunk.Piece] = []
        var position = hunk.baseRange.lowerBound
        for change in changes {
            if position < change.baseRange.lowerBound {
                pieces.append(.same(Array(base[position..<change.baseRange.lowerBound])))
            }
            if !change.baseRange.isEmpty { pieces.append(.removed(Array(base[change.baseRange]))) }
            if !change.newRange.isEmpty { pieces.append(.inserted(Array(new[change.newRange]))) }
            position = change.baseRange.upperBound
        }
        if position < hunk.baseRange.upperBound {
            pieces.append(.same(Array(base[position..<hunk.baseRange.upperBound])))
        }
        return pieces
    }
}
