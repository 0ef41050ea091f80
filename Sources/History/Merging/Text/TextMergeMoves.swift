import Prose

/// Passages that one side moved and another side touched.
///
/// To diff3 a move is a deletion here and an insertion there: another side's edit would stay behind, and two sides that
/// move one passage to two places would double it. So a contested move is either followed (the base and all other sides
/// are put into the new order first, and merged then), or one conflict from where the passage was to where it went.
struct TextMergeMoves {
    private struct Move {
        let side: Int
        /// Sentences of the base that went.
        let from: Range<Int>
        /// The border between sentences of the base to which they went.
        let to: Int
        /// The same sentences where they now stand in the side.
        let own: Range<Int>

        /// What it shares with the same move on another side.
        var path: [Int] { [from.lowerBound, from.upperBound, to] }
        var hull: Range<Int> { min(from.lowerBound, to)..<max(from.upperBound, to) }
    }

    private let texts: TextMergeSides
    private let moves: [Move]
    /// Whether every move can be followed.
    private let isFollowable: Bool

    init(_ texts: TextMergeSides) {
        self.texts = texts
        let all = texts.sides.indices.flatMap { Self.moves(of: $0, texts) }
        let movers = all.reduce(into: [[Int]: Set<Int>]()) { $0[$1.path, default: []].insert($1.side) }
        moves = all.filter { move in
            texts.sides.indices.contains { side in
                side != move.side && !movers[move.path]!.contains(side)
                    && Self.touches(texts.sides[side].edits, move.from)
            }
        }
        isFollowable = moves.count <= Self.mostFollowed && Self.isFollowable(moves, texts)
    }

    /// Following looks at all pairs of moves.
    private static let mostFollowed = 100

    /// Whether one of some ascending edits changes a passage, or puts something in at its borders.
    private static func touches(_ edits: [DiffRange], _ passage: Range<Int>) -> Bool {
        let first = edits.partitioningIndex { $0.aRange.upperBound >= passage.lowerBound }
        for edit in edits[first...] {
            if edit.aRange.lowerBound > passage.upperBound { return false }
            if edit.aRange.isEmpty || edit.aRange.overlaps(passage) { return true }
        }
        return false
    }

    var isEmpty: Bool { moves.isEmpty }

    /// The moves as conflicts.
    var contested: [SentenceMerge.Contested] { moves.map { .init(range: $0.hull, mayAgree: false) } }

    // MARK: Finding

    /// Runs of sentences that a side took out in one place and put in at another: at least twelve Han characters in
    /// sentences that stand nowhere else, and half of the passage as it was.
    private static func moves(of index: Int, _ texts: TextMergeSides) -> [Move] {
        let (base, side) = (texts.base, texts.sides[index])
        guard side.edits.contains(where: { !$0.aRange.isEmpty }), side.edits.contains(where: { !$0.bRange.isEmpty })
        else { return [] }
        return runs(base, side, tokenCount: texts.tokenCount).compactMap { $0.grown(base, side) }.map { run in
            let destination = side.edits[run.edits.into]
            let isAtStart = run.own.lowerBound == destination.bRange.lowerBound
            return Move(
                side: index, from: run.base,
                to: isAtStart ? destination.aRange.lowerBound : destination.aRange.upperBound, own: run.own)
        }.filter { !$0.from.contains($0.to) && $0.to != $0.from.upperBound }
    }

    /// The sentences that stand once in the base and once in a side, taken out by one edit and put in by another; those that
    /// follow each other are one run.
    private static func runs(_ base: TextMergeSides.Side, _ side: TextMergeSides.Side, tokenCount: Int) -> [Run] {
        let inBase = SinglePlaces(of: base.tokens, tokenCount: tokenCount)
        let inSide = SinglePlaces(of: side.tokens, tokenCount: tokenCount)
        var insertions = [Int?](repeating: nil, count: side.tokens.count)
        for (edit, change) in side.edits.enumerated() { for place in change.bRange { insertions[place] = edit } }

        var runs: [Run] = []
        for (edit, change) in side.edits.enumerated() {
            for place in change.aRange where inBase[base.tokens[place]] != nil {
                guard let own = inSide[base.tokens[place]], let insertion = insertions[own] else { continue }
                let match = Run(
                    base: place..<place + 1, own: own..<own + 1, edits: (edit, insertion),
                    bytes: base.sentences[place].count)
                if runs.last?.isFollowed(by: match) == true {
                    runs[runs.count - 1].add(match)
                } else {
                    runs.append(match)
                }
            }
        }
        return runs
    }

    /// Where the tokens of a text stand that stand in it once.
    private struct SinglePlaces {
        private enum Occurrence {
            case none
            case one(Int)
            case several
        }
        private var occurrences: [Occurrence]

        init(of tokens: [UInt32], tokenCount: Int) {
            occurrences = [Occurrence](repeating: .none, count: tokenCount)
            for (place, token) in tokens.enumerated() {
                if case .none = occurrences[Int(token)] {
                    occurrences[Int(token)] = .one(place)
                } else {
                    occurrences[Int(token)] = .several
                }
            }
        }

        subscript(token: UInt32) -> Int? { if case .one(let place) = occurrences[Int(token)] { place } else { nil } }
    }

    /// Sentences that went and came in the same order.
    private struct Run {
        var base: Range<Int>
        var own: Range<Int>
        /// Which edit took them out, and which put them in.
        let edits: (out: Int, into: Int)
        /// How many bytes of them stayed as they were.
        var bytes: Int

        func isFollowed(by next: Run) -> Bool { edits == next.edits && own.upperBound <= next.own.lowerBound }

        mutating func add(_ next: Run) {
            base = base.lowerBound..<next.base.upperBound
            own = own.lowerBound..<next.own.upperBound
            bytes += next.bytes
        }

        /// With what stands around it on both sides alike; nothing if too little stayed for a move.
        func grown(_ baseText: TextMergeSides.Side, _ side: TextMergeSides.Side) -> Run? {
            let (out, into) = (side.edits[edits.out].aRange, side.edits[edits.into].bRange)
            var run = self
            // All that was taken out here and put in there, if it did nothing else and half of it stayed.
            if side.edits[edits.0].bRange.isEmpty, side.edits[edits.1].aRange.isEmpty,
                isHalf(of: baseText.bytes(out).count), isHalf(of: side.bytes(into).count)
            {
                (run.base, run.own) = (out, into)
            }
            while run.base.lowerBound > out.lowerBound, run.own.lowerBound > into.lowerBound,
                baseText.tokens[run.base.lowerBound - 1] == side.tokens[run.own.lowerBound - 1]
            {
                run.base = run.base.lowerBound - 1..<run.base.upperBound
                run.own = run.own.lowerBound - 1..<run.own.upperBound
            }
            while run.base.upperBound < out.upperBound, run.own.upperBound < into.upperBound,
                baseText.tokens[run.base.upperBound] == side.tokens[run.own.upperBound]
            {
                run.base = run.base.lowerBound..<run.base.upperBound + 1
                run.own = run.own.lowerBound..<run.own.upperBound + 1
            }
            let isMove =
                bytes >= 36 && isHalf(of: baseText.bytes(run.base).count) && isHalf(of: side.bytes(run.own).count)
            return isMove ? run : nil
        }

        private func isHalf(of length: Int) -> Bool { 2 * bytes >= length }
    }

    // MARK: Following

    private static func isFollowable(_ moves: [Move], _ texts: TextMergeSides) -> Bool {
        for (index, move) in moves.enumerated() {
            for other in moves[(index + 1)...] {
                if move.from.overlaps(other.from) || (move.to == other.to && move.side != other.side) { return false }
            }
            let isInsideAnother = moves.contains { $0.from.lowerBound < move.to && move.to < $0.from.upperBound }
            if isInsideAnother { return false }
            for (index, side) in texts.sides.enumerated() where index != move.side {
                guard let start = side.place(of: move.from.lowerBound), let end = side.place(of: move.from.upperBound),
                    let to = side.place(of: move.to), keepsHalf(start..<end, of: move.from, side, texts.base)
                else { return false }
                // What stands on one line with its neighbours on one side only would carry that into other places.
                let borders = [(move.from.lowerBound, start), (move.from.upperBound, end), (move.to, to)]
                guard borders.allSatisfy({ texts.base.startsLine($0) == side.startsLine($1) }) else { return false }
            }
        }
        return true
    }

    /// Whether what a side has for a passage is still that passage: by how much of it the characters tell apart.
    private static func keepsHalf(
        _ own: Range<Int>, of passage: Range<Int>, _ side: TextMergeSides.Side, _ base: TextMergeSides.Side
    ) -> Bool {
        let change = TextChange(baseRange: base.bytes(passage), newRange: side.bytes(own))
        var steps = Diff.characterSteps
        let changed = Diff.refined(change, base.text, side.text, steps: &steps).reduce(0) { $0 + $1.baseRange.count }
        return !own.isEmpty && 2 * changed <= change.baseRange.count
    }

    /// The merge with all moves followed; nothing if one cannot be, or if a hunk of it is not in one piece in some text.
    func followed(maxSteps: Int, indexOfSide: [Int]) -> TextMergeResult? {
        guard isFollowable else { return nil }
        let base = Reordered(texts.base, by: moves)
        let sides = texts.sides.indices.map { index in
            Reordered(texts.sides[index], by: moves.filter { $0.side != index })
        }
        let reordered = TextMergeSides(base: base.text, sides: sides.map(\.text), maxSteps: maxSteps)
        var merge = SentenceMerge(reordered, contested: [], indexOfSide: indexOfSide)
        var result = merge.run()
        guard !texts.displacesAny(in: result.outcomes) else { return nil }
        for index in result.conflicts.indices {
            guard let baseRange = base.original(result.conflicts[index].baseRange) else { return nil }
            var sideRanges: [Range<Int>] = []
            for (range, side) in zip(result.conflicts[index].sideRanges, indexOfSide) {
                guard let original = (side < sides.count ? sides[side] : base).original(range) else { return nil }
                sideRanges.append(original)
            }
            result.conflicts[index].baseRange = baseRange
            result.conflicts[index].sideRanges = sideRanges
        }
        return result
    }

    /// A text with passages in their new places, and where all of it came from.
    private struct Reordered {
        private(set) var text: [UInt8] = []
        private var pieces: [(start: Int, original: Range<Int>)] = []

        init(_ side: TextMergeSides.Side, by moves: [Move]) {
            let borders = Set(moves.flatMap { [$0.from.lowerBound, $0.from.upperBound, $0.to] }).sorted()
            var start = 0
            for border in borders {
                // Every border has a place: `isFollowable` looked.
                let place = side.place(of: border) ?? side.sentences.count
                if start < place, !moves.contains(where: { $0.from.upperBound == border }) {
                    append(start..<place, of: side)
                }
                for move in moves.filter({ $0.to == border }).sorted(by: { $0.own.lowerBound < $1.own.lowerBound }) {
                    guard let from = side.place(of: move.from.lowerBound),
                        let end = side.place(of: move.from.upperBound)
                    else { continue }
                    append(from..<end, of: side)
                }
                start = place
            }
            append(start..<side.sentences.count, of: side)
        }

        private mutating func append(_ range: Range<Int>, of side: TextMergeSides.Side) {
            let bytes = side.bytes(range)
            guard !bytes.isEmpty else { return }
            pieces.append((text.count, bytes))
            text += side.text[bytes]
        }

        /// Where a range of the new order stood; nothing if it was not in one piece.
        func original(_ range: Range<Int>) -> Range<Int>? {
            guard let piece = pieces.last(where: { $0.start <= range.lowerBound }) else {
                return range.isEmpty ? range : nil
            }
            let offset = piece.original.lowerBound - piece.start
            guard range.upperBound + offset <= piece.original.upperBound else { return nil }
            return range.lowerBound + offset..<range.upperBound + offset
        }
    }
}
