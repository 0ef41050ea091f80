extension Anchoring {
    /// Where a quotation is in a text, for annotations whose own text is not at hand.
    ///
    /// A single verbatim occurrence is `exact`; of several, the one whose context leads. Without a leader the best is
    /// to be reviewed. What is nowhere verbatim is searched as strictly as a passage that no map leads to.
    public static func resolve(_ selector: TextQuoteSelector, in text: [UInt8]) -> Anchor {
        let quote = Array(selector.exact.utf8)
        let fold = AnchorFold(text)
        let search = AnchorSearch(
            pattern: AnchorFold(quote).codes, prefix: AnchorFold(Array(selector.prefix.utf8)).codes,
            suffix: AnchorFold(Array(selector.suffix.utf8)).codes)
        guard !search.pattern.isEmpty else { return Anchor(state: .orphan, range: nil, coverage: 0) }

        let starts = AnchorSearch.occurrences(of: quote[...], in: text)
        if !starts.isEmpty { return chosen(starts.map { $0..<$0 + quote.count }, search, fold) }
        if let match = search.best(in: fold, isFree: { _ in true }) {
            return Anchor(state: .changed, range: fold.byteRange(match.range), coverage: match.similarity)
        }
        return Anchor(state: .orphan, range: nil, coverage: 0)
    }

    private static func chosen(_ ranges: [Range<Int>], _ search: AnchorSearch, _ fold: AnchorFold) -> Anchor {
        guard ranges.count > 1 else { return Anchor(state: .exact, range: ranges[0], coverage: 1) }
        if search.prefix.isEmpty, search.suffix.isEmpty { return Anchor(state: .review, range: ranges[0], coverage: 1) }
        var best = (range: ranges[0], score: -1.0)
        var runnerUp = -1.0
        for range in ranges {
            let score = search.match(fold.range(ofBytes: range), distance: 0, in: fold).score
            if score > best.score {
                runnerUp = best.score
                best = (range, score)
            } else {
                runnerUp = max(runnerUp, score)
            }
        }
        return Anchor(state: best.score - runnerUp >= 0.1 ? .exact : .review, range: best.range, coverage: 1)
    }
}
