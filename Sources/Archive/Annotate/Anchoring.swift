/// Finds a passage again in a text that has changed.
///
/// With the old text at hand it is followed rather than searched for: by a map that keeps the order of the text, and by
/// one that follows paragraphs wherever they went. The better of the two counts. Only what neither finds is searched,
/// strictly; and no place counts that is known to have been other text before.
public enum Anchoring {
    static let acceptedCoverage = 0.6
    static let reviewedCoverage = 0.5
    /// Below this many visible characters a passage is too common to be known by its wording alone.
    static let distinctiveLength = 8

    /// Where `passage` of `old` is in `new`. For several passages make one `Map`.
    public static func resolve(_ passage: Passage, from old: [UInt8], to new: [UInt8]) -> Anchor {
        Map(from: old, to: new).resolve(passage)
    }

    /// The two maps from one text to another, for any number of passages.
    public struct Map: Sendable {
        public let old: [UInt8]
        public let new: [UInt8]
        let oldFold: AnchorFold
        let newFold: AnchorFold
        let inOrder: AnchorMapping
        let byParagraph: AnchorMapping

        /// Costs a few milliseconds for texts of 100 kB.
        public init(from old: [UInt8], to new: [UInt8]) {
            self.old = old
            self.new = new
            oldFold = AnchorFold(old)
            newFold = AnchorFold(new)
            inOrder = .inOrder(oldFold, newFold)
            byParagraph = .byParagraph(oldFold, newFold)
        }

        /// Where `passage` is in the new text; an orphan if it has no visible character or lies outside the old text.
        public func resolve(_ passage: Passage) -> Anchor {
            guard passage.range.lowerBound >= 0, passage.range.upperBound <= old.count else {
                return Anchor(state: .orphan, range: nil, coverage: 0)
            }
            let folded = oldFold.range(ofBytes: passage.range)
            guard !folded.isEmpty else { return Anchor(state: .orphan, range: nil, coverage: 0) }
            return AnchorResolution(map: self, passage: passage.range, folded: folded).anchor()
        }
    }
}
