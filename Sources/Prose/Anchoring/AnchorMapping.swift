/// Which code point of a new text each code point of an old one became; both folded.
///
/// Kept as runs of code points that stayed together: most of a text stays, and one number for each code point of both texts would
/// take more memory than the texts.
struct AnchorMapping: Sendable {
    private struct Run {
        var old: Int32
        var new: Int32
        var count: Int32

        var oldRange: Range<Int> { Int(old)..<Int(old + count) }
        var newRange: Range<Int> { Int(new)..<Int(new + count) }
    }

    /// In the order of the old text; none overlap.
    private var runs: [Run] = []
    /// The same in the order of the new text, if that is another.
    private var runsByNew: [Run]?

    private init() {}

    /// Steps for all code points of one text pair.
    private static let maxSteps = 8_000_000
    /// Steps for one pair of regions, so that one rewritten chapter does not use up what the rest needs.
    private static let maxRegionSteps = 2_000_000

    /// Follows the order of the text: equal sentences, then code points between them.
    static func inOrder(_ old: AnchorFold, _ new: AnchorFold) -> AnchorMapping {
        var mapping = AnchorMapping()
        var interner = DiffInterner(expecting: old.sentences.count + new.sentences.count)
        let a = interner.tokens(old.codes, old.sentences)
        let b = interner.tokens(new.codes, new.sentences)
        let script = Diff.script(interned: a, b, tokenCount: interner.count, maxSteps: Diff.defaultMaxSteps)
        Diff.forEachMatch(script.changes, aCount: a.count) { mapping.connect(old.sentences[$0], new.sentences[$1]) }
        var steps = maxSteps
        for change in script.changes {
            let oldRange = Diff.byteRange(change.aRange, of: old.sentences, end: old.count)
            let newRange = Diff.byteRange(change.bRange, of: new.sentences, end: new.count)
            mapping.connectSimilar(old, oldRange, new, newRange, steps: &steps)
        }
        mapping.sort()
        return mapping
    }

    /// Follows paragraphs wherever they went.
    static func byParagraph(_ old: AnchorFold, _ new: AnchorFold) -> AnchorMapping {
        var mapping = AnchorMapping()
        var steps = maxSteps
        for pair in AnchorParagraphs.pairs(old, new) {
            let (oldLine, newLine) = (old.lines[pair.old], new.lines[pair.new])
            if pair.isEqual {
                mapping.connect(oldLine, newLine)
            } else {
                mapping.connectSimilar(old, oldLine, new, newLine, steps: &steps)
            }
        }
        mapping.sort()
        return mapping
    }

    private mutating func connectSimilar(
        _ old: AnchorFold, _ oldRange: Range<Int>, _ new: AnchorFold, _ newRange: Range<Int>, steps: inout Int
    ) {
        guard !oldRange.isEmpty, !newRange.isEmpty else { return }
        let script = Diff.script(old.codes[oldRange], new.codes[newRange], maxSteps: min(steps, Self.maxRegionSteps))
        steps = max(0, steps - script.steps)
        // Chance matches would make a deleted passage look half alive.
        Diff.forEachMatch(Diff.cleaned(script.changes), aCount: oldRange.count) {
            let (old, new) = (oldRange.lowerBound + $0, newRange.lowerBound + $1)
            connect(old..<old + 1, new..<new + 1)
        }
    }

    /// Connects two ranges of one length, of which nothing is connected yet.
    private mutating func connect(_ old: Range<Int>, _ new: Range<Int>) {
        if let last = runs.last, last.oldRange.upperBound == old.lowerBound, last.newRange.upperBound == new.lowerBound
        {
            runs[runs.count - 1].count += Int32(old.count)
        } else {
            runs.append(Run(old: Int32(old.lowerBound), new: Int32(new.lowerBound), count: Int32(old.count)))
        }
    }

    /// To be called once, when all is connected.
    private mutating func sort() {
        let connected = runs.sorted { $0.old < $1.old }
        runs.removeAll(keepingCapacity: true)
        for run in connected { connect(run.oldRange, run.newRange) }
        if zip(runs, runs.dropFirst()).contains(where: { $0.new > $1.new }) {
            runsByNew = runs.sorted { $0.new < $1.new }
        }
    }
}

extension AnchorMapping {
    /// What a code point of the old text became.
    func target(of old: Int) -> Int? {
        guard let run = lastRun(startingBy: old), run.oldRange.contains(old) else { return nil }
        return Int(run.new) + old - Int(run.old)
    }

    /// What a code point of the new text was.
    func origin(of new: Int) -> Int? {
        let runs = runsByNew ?? runs
        let next = runs.partitioningIndex { $0.new > new }
        guard next > 0, runs[next - 1].newRange.contains(new) else { return nil }
        return Int(runs[next - 1].old) + new - Int(runs[next - 1].new)
    }

    /// What the code points of a range of the old text became, as far as they became anything, in the order of the old text.
    func targets(of range: Range<Int>) -> [Int] {
        var result: [Int] = []
        let first = runs.partitioningIndex { $0.oldRange.upperBound > range.lowerBound }
        for run in runs[first...] {
            let part = run.oldRange.clamped(to: range)
            if part.isEmpty { break }
            let start = Int(run.new) + part.lowerBound - Int(run.old)
            result += start..<start + part.count
        }
        return result
    }

    /// What the last code point before a place became, of those that became anything.
    func lastTarget(before old: Int) -> Int? {
        lastRun(startingBy: old - 1).map { Int($0.new) + min(old, $0.oldRange.upperBound) - 1 - Int($0.old) }
    }

    private func lastRun(startingBy old: Int) -> Run? {
        let next = runs.partitioningIndex { $0.old > old }
        return next > 0 ? runs[next - 1] : nil
    }
}

/// The part of a new text that a passage was mapped to.
struct AnchorSpan {
    /// Folded code points of the new text.
    var range: Range<Int>
    /// How many of the passage's code points are in it.
    var matched: Int
    /// `matched` by the passage's length.
    var coverage: Double

    /// Whether the span is the passage, code point by code point.
    var isWhole: Bool { coverage == 1 && range.count == matched }
}

extension AnchorMapping {
    /// The densest place that the passage was mapped to: gaps inside it are at most max(8, half the passage), and
    /// a third of it at least comes from the passage.
    func span(of passage: Range<Int>) -> AnchorSpan? {
        let positions = targets(of: passage).sorted()
        let widestGap = max(8, passage.count / 2)
        var best: Range<Int>?
        var start = 0
        for end in positions.indices.map({ $0 + 1 }) {
            guard end == positions.count || positions[end] - positions[end - 1] > widestGap + 1 else { continue }
            if end - start > best?.count ?? 0 { best = start..<end }
            start = end
        }
        guard let best else { return nil }
        let range = positions[best.lowerBound]..<positions[best.upperBound - 1] + 1
        guard 3 * best.count >= range.count else { return nil }
        return AnchorSpan(range: range, matched: best.count, coverage: Double(best.count) / Double(passage.count))
    }

    /// The span with the text that replaced the passage's ends, as far as the passage's neighbours still enclose it.
    func widened(_ span: AnchorSpan, of passage: Range<Int>) -> Range<Int> {
        var (start, end) = (span.range.lowerBound, span.range.upperBound)
        let widest = max(8, passage.count / 2)
        if target(of: passage.lowerBound) == nil, let before = target(of: passage.lowerBound - 1) {
            if before < start, start - before - 1 <= widest { start = before + 1 }
        }
        if target(of: passage.upperBound - 1) == nil, let after = target(of: passage.upperBound) {
            if after >= end, after - end <= widest { end = after }
        }
        return start..<end
    }

    /// Whether text next to the passage is still next to the span.
    func keepsNeighbour(of passage: Range<Int>, at span: Range<Int>) -> Bool {
        let before = max(0, passage.lowerBound - 4)..<passage.lowerBound
        let after = passage.upperBound..<passage.upperBound + 4
        return targets(of: before).contains { $0 < span.lowerBound && $0 >= span.lowerBound - 8 }
            || targets(of: after).contains { $0 >= span.upperBound && $0 < span.upperBound + 8 }
    }
}

extension DiffInterner {
    /// The numbers of the pieces `ranges` of some code points.
    mutating func tokens(_ codes: [UInt32], _ ranges: [Range<Int>]) -> [UInt32] {
        codes.withUnsafeBufferPointer { codes in
            ranges.map { token(for: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: codes[$0]))) }
        }
    }
}
