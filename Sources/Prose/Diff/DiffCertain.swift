extension Diff {
    /// As `script(interned:…)`, but only what is beyond doubt counts as unchanged.
    ///
    /// Of `一。二。一。二。` that became `一。二。` nobody can say which half went. The search is run from both ends; what is
    /// matched alike by both stayed, the rest is changed, so that an edit covers all the places where it may have been
    /// made. A merge must not apply another side's edit inside such a place.
    ///
    /// - Parameter interchangeable: tokens of which it does not matter which one stayed.
    package static func certainScript(
        _ a: [UInt32], _ b: [UInt32], tokenCount: Int, interchangeable: Set<UInt32>, maxSteps: Int
    ) -> Script {
        let forward = script(interned: a, b, tokenCount: tokenCount, maxSteps: maxSteps)
        // Where the bound was met there is nothing more to learn.
        guard forward.isComplete, !forward.changes.isEmpty else { return forward }
        let backward = script(interned: a.reversed(), b.reversed(), tokenCount: tokenCount, maxSteps: maxSteps)

        var matchFromTheEnd = [Int](repeating: -1, count: a.count)
        forEachMatch(backward.changes, aCount: a.count) { matchFromTheEnd[a.count - 1 - $0] = b.count - 1 - $1 }
        var gaps = RegionsBetweenMatches()
        forEachMatch(forward.changes, aCount: a.count) { i, j in
            if matchFromTheEnd[i] == j || interchangeable.contains(a[i]) { gaps.match(i, j) }
        }
        gaps.finish(aCount: a.count, bCount: b.count)
        return Script(changes: gaps.regions, steps: forward.steps + backward.steps, isComplete: backward.isComplete)
    }
}
