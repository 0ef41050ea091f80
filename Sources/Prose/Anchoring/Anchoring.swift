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

    /// The number of the rules by which places are found, sections among them. It goes up with every change of a rule, so that
    /// places that were kept are found anew.
    package static let algorithm = 1

    /// Where `passage` of `old` is in `new`. For several passages make one `Map`.
    public static func resolve(_ passage: Passage, from old: [UInt8], to new: [UInt8]) -> Anchor {
        Map(from: old, to: new).resolve(passage)
    }

    /// Where passages are that were chosen in this very text, in Unicode code points: there, unless they hold nothing visible.
    package static func unchanged(_ passages: [Range<Int>], in text: [UInt8]) -> [Anchor] {
        bytes(of: passages, in: text).map { bytes in
            guard let bytes, AnchorFold(Array(text[bytes])).count > 0 else {
                return Anchor(state: .orphan, range: nil, coverage: 0)
            }
            return Anchor(state: .exact, range: bytes, coverage: 1)
        }
    }

    /// Where passages, in Unicode code points of an old text, are in a new one.
    package static func resolve(_ passages: [Range<Int>], from old: [UInt8], to target: Target) -> [Anchor] {
        let map = Map(from: old, to: target)
        return bytes(of: passages, in: old).map { bytes in
            bytes.map { map.resolve(Passage(range: $0)) } ?? Anchor(state: .orphan, range: nil, coverage: 0)
        }
    }

    /// `nil` for one beyond the text.
    private static func bytes(of passages: [Range<Int>], in text: [UInt8]) -> [Range<Int>?] {
        let offsets = CodePoints.byteOffsets(
            ofCodePoints: passages.flatMap { [$0.lowerBound, $0.upperBound] }, in: text)
        return passages.indices.map { index in
            guard let start = offsets[2 * index], let end = offsets[2 * index + 1] else { return nil }
            return start..<end
        }
    }

    /// A text that passages are looked for in.
    package struct Target {
        let text: [UInt8]
        let fold: AnchorFold

        package init(_ text: [UInt8]) {
            self.text = text
            fold = AnchorFold(text)
        }
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
        public init(from old: [UInt8], to new: [UInt8]) { self.init(from: old, to: Target(new)) }

        init(from old: [UInt8], to target: Target) {
            self.old = old
            new = target.text
            oldFold = AnchorFold(old)
            newFold = target.fold
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
