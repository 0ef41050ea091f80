/// A changed region: the tokens `aRange` of one sequence became the tokens `bRange` of the other. Either may be empty,
/// never both.
public struct DiffRange: Sendable, Hashable {
    public var aRange: Range<Int>
    public var bRange: Range<Int>

    public init(aRange: Range<Int>, bRange: Range<Int>) {
        self.aRange = aRange
        self.bRange = bRange
    }

    /// The length of the longer side.
    var extent: Int { max(aRange.count, bRange.count) }
}

/// Differences between two sequences of tokens or two texts.
///
/// Everything here is a pure function of its arguments; work is bounded by counted steps, so two machines always agree.
public enum Diff {
    /// Steps after which a search gives up and calls what is left changed: about ten milliseconds.
    public static let defaultMaxSteps = 4_000_000

    /// The changed regions between `a` and `b`, ascending, with at least one equal token between any two.
    ///
    /// The script is a shortest one unless `maxSteps` ran out; then some regions are coarser than they need be, and
    /// still right. A pure insertion or deletion stands as far right as it can, so that the same edit always has the
    /// same place.
    public static func edits(_ a: [UInt32], _ b: [UInt32], maxSteps: Int = defaultMaxSteps) -> [DiffRange] {
        script(a[...], b[...], maxSteps: maxSteps).changes
    }

    package struct Script {
        package var changes: [DiffRange]
        /// Steps spent.
        var steps: Int
        /// Whether the search ended before its bound, so that `changes` is a shortest script.
        var isComplete: Bool
    }

    /// As `edits`, over slices; positions count from the start of each slice.
    static func script(_ a: ArraySlice<UInt32>, _ b: ArraySlice<UInt32>, maxSteps: Int) -> Script {
        a.withUnsafeBufferPointer { aTokens in
            b.withUnsafeBufferPointer { bTokens in
                var search = MyersSearch(aTokens, bTokens, maxSteps: maxSteps)
                search.run()
                let changes = slidRight(search.changes, aTokens, bTokens)
                return Script(changes: changes, steps: search.steps, isComplete: search.isComplete)
            }
        }
    }

    /// As `script`, for interned tokens below `tokenCount`: what occurs on one side only is certainly changed, so it is
    /// set aside before the search (the idea of GNU diff's `discard_confusing_lines`, here without its heuristics).
    static func script(interned a: [UInt32], _ b: [UInt32], tokenCount: Int, maxSteps: Int) -> Script {
        var sidesOfToken = [UInt8](repeating: 0, count: tokenCount)
        for token in a { sidesOfToken[Int(token)] |= 1 }
        for token in b { sidesOfToken[Int(token)] |= 2 }
        let aKept = a.indices.filter { sidesOfToken[Int(a[$0])] == 3 }
        let bKept = b.indices.filter { sidesOfToken[Int(b[$0])] == 3 }
        if aKept.count == a.count, bKept.count == b.count { return script(a[...], b[...], maxSteps: maxSteps) }

        var result = script(aKept.map { a[$0] }[...], bKept.map { b[$0] }[...], maxSteps: maxSteps)
        var gaps = RegionsBetweenMatches()
        forEachMatch(result.changes, aCount: aKept.count) { gaps.match(aKept[$0], bKept[$1]) }
        gaps.finish(aCount: a.count, bCount: b.count)
        result.changes = a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in slidRight(gaps.regions, a, b) }
        }
        return result
    }

    /// Calls `body` with each pair of positions that stayed equal.
    static func forEachMatch(_ changes: [DiffRange], aCount: Int, _ body: (Int, Int) -> Void) {
        var aPosition = 0
        var bPosition = 0
        for change in changes {
            for step in 0..<change.aRange.lowerBound - aPosition { body(aPosition + step, bPosition + step) }
            aPosition = change.aRange.upperBound
            bPosition = change.bRange.upperBound
        }
        for step in 0..<aCount - aPosition { body(aPosition + step, bPosition + step) }
    }

    /// Collects what lies between matches that are named in ascending order.
    struct RegionsBetweenMatches {
        private(set) var regions: [DiffRange] = []
        private var aEnd = 0
        private var bEnd = 0

        mutating func match(_ a: Int, _ b: Int) {
            finish(aCount: a, bCount: b)
            aEnd = a + 1
            bEnd = b + 1
        }

        mutating func finish(aCount: Int, bCount: Int) {
            guard aEnd < aCount || bEnd < bCount else { return }
            regions.append(DiffRange(aRange: aEnd..<aCount, bRange: bEnd..<bCount))
        }
    }

    /// Moves each pure insertion or deletion right while the text allows, and joins regions that come to touch.
    private static func slidRight(
        _ changes: [DiffRange], _ a: UnsafeBufferPointer<UInt32>, _ b: UnsafeBufferPointer<UInt32>
    ) -> [DiffRange] {
        var reversed: [DiffRange] = []
        for change in changes.reversed() {
            var slid = change
            while slid.aRange.isEmpty || slid.bRange.isEmpty {
                if let next = reversed.last, next.aRange.lowerBound == slid.aRange.upperBound {
                    slid = DiffRange(
                        aRange: slid.aRange.lowerBound..<next.aRange.upperBound,
                        bRange: slid.bRange.lowerBound..<next.bRange.upperBound)
                    reversed.removeLast()
                } else if !slideByOne(&slid, a, b) {
                    break
                }
            }
            reversed.append(slid)
        }
        return reversed.reversed()
    }

    private static func slideByOne(
        _ change: inout DiffRange, _ a: UnsafeBufferPointer<UInt32>, _ b: UnsafeBufferPointer<UInt32>
    ) -> Bool {
        let (aRange, bRange) = (change.aRange, change.bRange)
        guard aRange.upperBound < a.count, bRange.upperBound < b.count else { return false }
        let first = aRange.isEmpty ? b[bRange.lowerBound] : a[aRange.lowerBound]
        guard first == a[aRange.upperBound] else { return false }
        change.aRange = aRange.lowerBound + 1..<aRange.upperBound + 1
        change.bRange = bRange.lowerBound + 1..<bRange.upperBound + 1
        return true
    }
}
