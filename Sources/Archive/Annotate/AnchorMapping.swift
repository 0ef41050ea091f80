/// Which code point of a new text each code point of an old one became; both folded.
struct AnchorMapping: Sendable {
    /// For each old code point its new one, or -1.
    private(set) var targets: [Int32]
    /// For each new code point its old one, or -1.
    private(set) var origins: [Int32]

    private init(_ old: AnchorFold, _ new: AnchorFold) {
        targets = [Int32](repeating: -1, count: old.count)
        origins = [Int32](repeating: -1, count: new.count)
    }

    /// Steps for all code points of one text pair.
    private static let maxSteps = 8_000_000
    /// Steps for one pair of regions, so that one rewritten chapter does not use up what the rest needs.
    private static let maxRegionSteps = 2_000_000

    /// Follows the order of the text: equal sentences, then code points between them.
    static func inOrder(_ old: AnchorFold, _ new: AnchorFold) -> AnchorMapping {
        var mapping = AnchorMapping(old, new)
        var interner = DiffInterner(expecting: old.sentences.count + new.sentences.count)
        let a = interner.tokens(old.codes, old.sentences)
        let b = interner.tokens(new.codes, new.sentences)
        let script = Diff.script(interned: a, b, tokenCount: interner.count, maxSteps: Diff.defaultMaxSteps)
        Diff.forEachMatch(script.changes, aCount: a.count) { mapping.connectEqual(old.sentences[$0], new.sentences[$1]) }
        var steps = maxSteps
        for change in script.changes {
            let oldRange = Diff.byteRange(change.aRange, of: old.sentences, end: old.count)
            let newRange = Diff.byteRange(change.bRange, of: new.sentences, end: new.count)
            mapping.connectSimilar(old, oldRange, new, newRange, steps: &steps)
        }
        return mapping
    }

    /// Follows paragraphs wherever they went.
    static func byParagraph(_ old: AnchorFold, _ new: AnchorFold) -> AnchorMapping {
        var mapping = AnchorMapping(old, new)
        var steps = maxSteps
        for pair in AnchorParagraphs.pairs(old, new) {
            let (oldLine, newLine) = (old.lines[pair.old], new.lines[pair.new])
            if pair.isEqual {
                mapping.connectEqual(oldLine, newLine)
            } else {
                mapping.connectSimilar(old, oldLine, new, newLine, steps: &steps)
            }
        }
        return mapping
    }

    private mutating func connectEqual(_ old: Range<Int>, _ new: Range<Int>) {
        for step in 0..<old.count { connect(old.lowerBound + step, new.lowerBound + step) }
    }

    private mutating func connectSimilar(
        _ old: AnchorFold, _ oldRange: Range<Int>, _ new: AnchorFold, _ newRange: Range<Int>, steps: inout Int
    ) {
        guard !oldRange.isEmpty, !newRange.isEmpty else { return }
        let script = Diff.script(old.codes[oldRange], new.codes[newRange], maxSteps: min(steps, Self.maxRegionSteps))
        steps = max(0, steps - script.steps)
        // Chance matches would make a deleted passage look half alive.
        Diff.forEachMatch(Diff.cleaned(script.changes), aCount: oldRange.count) {
            connect(oldRange.lowerBound + $0, newRange.lowerBound + $1)
        }
    }

    private mutating func connect(_ old: Int, _ new: Int) {
        targets[old] = Int32(new)
        origins[new] = Int32(old)
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
        let positions = targets[passage].filter { $0 >= 0 }.map(Int.init).sorted()
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
        if targets[passage.lowerBound] < 0, passage.lowerBound > 0 {
            let before = Int(targets[passage.lowerBound - 1])
            if before >= 0, before < start, start - before - 1 <= widest { start = before + 1 }
        }
        if targets[passage.upperBound - 1] < 0, passage.upperBound < targets.count {
            let after = Int(targets[passage.upperBound])
            if after >= end, after - end <= widest { end = after }
        }
        return start..<end
    }

    /// Whether text next to the passage is still next to the span.
    func keepsNeighbour(of passage: Range<Int>, at span: Range<Int>) -> Bool {
        let before = max(0, passage.lowerBound - 4)..<passage.lowerBound
        let after = passage.upperBound..<min(targets.count, passage.upperBound + 4)
        return targets[before].contains { $0 >= 0 && $0 < span.lowerBound && $0 >= span.lowerBound - 8 }
            || targets[after].contains { $0 >= span.upperBound && $0 < span.upperBound + 8 }
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
