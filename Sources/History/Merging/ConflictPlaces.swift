import Prose

extension ItemState {
    /// Where a hunk of the conflict stands in the text that is shown, in bytes. If that is none of the sides, or a side's
    /// head but not its text, then about where.
    /// - Parameter shownText: the text of `shown`.
    public func place(of hunk: MergeHunk, in shownText: [UInt8]) -> Range<Int> {
        guard let conflict, let shown else { return hunk.resultRange }
        let side = conflict.side(of: shown) ?? 0
        let range = hunk.sideRanges[side]
        let text = conflict.sides[side].text ?? []
        if text == shownText { return range }
        var (start, end) = (range.lowerBound, range.upperBound)
        var shift = 0
        for change in Diff.byCharacter(text, shownText) {
            if change.baseRange.lowerBound > range.upperBound { break }
            shift = change.newRange.upperBound - change.baseRange.upperBound
            if change.baseRange.upperBound <= range.lowerBound { start = range.lowerBound + shift }
            if change.baseRange.contains(range.lowerBound) { start = change.newRange.lowerBound }
            end = change.baseRange.upperBound > range.upperBound ? change.newRange.upperBound : range.upperBound + shift
        }
        return min(start, end)..<max(start, end)
    }
}
