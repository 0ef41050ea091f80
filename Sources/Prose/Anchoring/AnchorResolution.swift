/// How one passage is resolved with the maps of its text pair.
final class AnchorResolution {
    private let map: Anchoring.Map
    /// Bytes of the old text.
    private let passage: Range<Int>
    /// The same in folded code points of the old text; not empty.
    private let folded: Range<Int>

    init(map: Anchoring.Map, passage: Range<Int>, folded: Range<Int>) {
        (self.map, self.passage, self.folded) = (map, passage, folded)
    }

    private struct Followed {
        let span: AnchorSpan
        let mapping: AnchorMapping
    }

    func anchor() -> Anchor {
        let inOrder = map.inOrder.span(of: folded)
        if let range = inOrder.flatMap(verbatim) { return Anchor(state: .exact, range: range, coverage: 1) }
        let byParagraph = map.byParagraph.span(of: folded)
        if let range = byParagraph.flatMap(verbatim) {
            return Anchor(state: keepsParagraph(range) ? .moved : .review, range: range, coverage: 1)
        }

        let followed = better(inOrder, byParagraph)
        let occurrences = occurrences(near: followed?.span)
        if let range = occurrences.first(where: { isCredible($0, followed) }) {
            return Anchor(state: overlaps(range, inOrder) ? .exact : .moved, range: range, coverage: 1)
        }
        if let followed, isAccepted(followed) { return anchor(followed, .changed) }
        if let found = searched() { return found }
        // What is left are copies that stood elsewhere before, and short words: for a person to say whether they will do.
        if let copy = occurrences.first, isWorthReview(copies: occurrences.count) {
            return Anchor(state: .review, range: copy, coverage: 1)
        }
        if let followed, followed.span.coverage >= Anchoring.reviewedCoverage { return anchor(followed, .review) }
        return Anchor(state: .orphan, range: nil, coverage: followed?.span.coverage ?? 0)
    }

    // MARK: Followed by a map

    private func better(_ inOrder: AnchorSpan?, _ byParagraph: AnchorSpan?) -> Followed? {
        if let byParagraph, byParagraph.coverage > inOrder?.coverage ?? 0 {
            return Followed(span: byParagraph, mapping: map.byParagraph)
        }
        return inOrder.map { Followed(span: $0, mapping: map.inOrder) }
    }

    /// A few characters can be mapped by chance: what is short must have kept a neighbour too.
    private func isAccepted(_ followed: Followed) -> Bool {
        guard followed.span.coverage >= Anchoring.acceptedCoverage else { return false }
        return folded.count >= Anchoring.distinctiveLength
            || followed.mapping.keepsNeighbour(of: folded, at: followed.span.range)
    }

    private func anchor(_ followed: Followed, _ state: AnchorState) -> Anchor {
        let range = followed.mapping.widened(followed.span, of: folded)
        return Anchor(state: state, range: map.newFold.byteRange(range), coverage: followed.span.coverage)
    }

    /// The bytes at a span if they are the passage's own, white space at its ends included.
    private func verbatim(_ span: AnchorSpan) -> Range<Int>? {
        guard span.isWhole else { return nil }
        let lead = map.oldFold.bytes[folded.lowerBound].lowerBound - passage.lowerBound
        let start = map.newFold.bytes[span.range.lowerBound].lowerBound - lead
        guard start >= 0, passage.count <= map.new.count - start else { return nil }
        let range = start..<start + passage.count
        return map.new[range].elementsEqual(map.old[passage]) ? range : nil
    }

    /// Whether the rest of the passage's paragraph stands around a verbatim place, too: two paragraphs that share little but a sum
    /// are not one that moved.
    private func keepsParagraph(_ range: Range<Int>) -> Bool {
        let lineEnd = UInt8(ascii: "\n")
        let start = map.old[..<passage.lowerBound].lastIndex(of: lineEnd).map { $0 + 1 } ?? 0
        let end = map.old[passage.upperBound...].firstIndex(of: lineEnd) ?? map.old.count
        let paragraph = map.oldFold.range(ofBytes: start..<end)
        let codes = map.oldFold.codes
        let search = AnchorSearch(
            pattern: Array(codes[folded]),
            prefix: Array(codes[min(paragraph.lowerBound, folded.lowerBound)..<folded.lowerBound]),
            suffix: Array(codes[folded.upperBound..<max(paragraph.upperBound, folded.upperBound)]))
        if search.prefix.isEmpty, search.suffix.isEmpty { return true }
        return search.match(map.newFold.range(ofBytes: range), distance: 0, in: map.newFold).hasContext
    }

    // MARK: Verbatim elsewhere

    /// Verbatim occurrences, the nearest to the expected place first.
    private func occurrences(near span: AnchorSpan?) -> [Range<Int>] {
        let starts = AnchorSearch.occurrences(of: map.old[passage], in: map.new)
        let expected = span.map { map.newFold.bytes[$0.range.lowerBound].lowerBound } ?? expectedByte()
        return starts.sorted { (abs($0 - expected), $0) < (abs($1 - expected), $1) }.map { $0..<$0 + passage.count }
    }

    /// Right behind what the nearest mapped code point before the passage became.
    private func expectedByte() -> Int {
        map.inOrder.lastTarget(before: folded.lowerBound).map { map.newFold.bytes[$0].upperBound } ?? 0
    }

    private func isCredible(_ range: Range<Int>, _ followed: Followed?) -> Bool {
        if let followed, isAccepted(followed), overlaps(range, followed.span) { return true }
        let place = map.newFold.range(ofBytes: range)
        guard AnchorSearch(folded, in: map.oldFold).match(place, distance: 0, in: map.newFold).hasContext else {
            return false
        }
        return folded.count >= Anchoring.distinctiveLength ? !isCopy(place) : isFree(place)
    }

    /// Whether a verbatim occurrence in the new text comes from another one in the old text: then the passage itself went.
    private func isCopy(_ place: Range<Int>) -> Bool {
        guard !isFree(place) else { return false }
        let copied = place.count {
            isInOtherOccurrence(map.inOrder.origin(of: $0)) || isInOtherOccurrence(map.byParagraph.origin(of: $0))
        }
        return 2 * copied > place.count
    }

    /// The passage's other verbatim occurrences in the old text, in folded code points, ascending.
    private lazy var otherOccurrences: [Range<Int>] =
        AnchorSearch.occurrences(of: map.old[passage], in: map.old).filter { $0 != passage.lowerBound }
        .map { map.oldFold.range(ofBytes: $0..<$0 + passage.count) }

    private func isInOtherOccurrence(_ origin: Int?) -> Bool {
        guard let origin else { return false }
        // All are of one length, so the last that begins at or before a place reaches furthest.
        let next = otherOccurrences.partitioningIndex { $0.lowerBound > origin }
        return next > 0 && otherOccurrences[next - 1].contains(origin)
    }

    /// A long passage always, a short one if it stood in the old text once and in the new one once.
    private func isWorthReview(copies: Int) -> Bool {
        if folded.count >= Anchoring.distinctiveLength { return true }
        return 2 * folded.count >= Anchoring.distinctiveLength && copies == 1 && otherOccurrences.isEmpty
    }

    private func overlaps(_ range: Range<Int>, _ span: AnchorSpan?) -> Bool {
        span.map { map.newFold.range(ofBytes: range).overlaps($0.range) } ?? false
    }

    /// Whether a place in the new text is not known to have been other text of the old one: at most 30 of 100 code points
    /// are mapped from outside the passage alone.
    private func isFree(_ place: Range<Int>) -> Bool {
        let taken = place.count { index in
            let origins = [map.inOrder.origin(of: index), map.byParagraph.origin(of: index)].compactMap { $0 }
            return !origins.isEmpty && !origins.contains { folded.contains($0) }
        }
        return 10 * taken <= 3 * place.count
    }

    // MARK: Searched

    private func searched() -> Anchor? {
        AnchorSearch(folded, in: map.oldFold).best(in: map.newFold, isFree: isFree).map {
            Anchor(state: .changed, range: map.newFold.byteRange($0.range), coverage: $0.similarity)
        }
    }
}
