/// What became of an annotation's passage in another version of the text.
public enum AnchorState: String, Sendable, Hashable {
    /// Verbatim, where the old text's surroundings lead; it may stand at another offset.
    case exact
    /// Verbatim, but in another place than its surroundings.
    case moved
    /// Found, with a different wording.
    case changed
    /// Something like it stands at the range; a person should say whether that is it.
    case review
    /// Gone: to be shown with its quote in the version that it was made on.
    case orphan
}

/// Where a passage is in a text.
public struct Anchor: Sendable, Hashable {
    public var state: AnchorState
    /// Bytes of the text, on code point boundaries; `nil` for an orphan only.
    public var range: Range<Int>?
    /// The share of the passage's visible characters that are still there, 0 to 1. For an orphan, the best that was seen.
    public var coverage: Double

    public init(state: AnchorState, range: Range<Int>?, coverage: Double) {
        self.state = state
        self.range = range
        self.coverage = coverage
    }
}

/// A passage of a text that is at hand.
public struct Passage: Sendable, Hashable {
    /// Bytes of that text, on code point boundaries.
    public var range: Range<Int>

    public init(range: Range<Int>) { self.range = range }
}

/// A passage of a text that is not at hand: the selector of that name in the W3C Web Annotation Data Model, section 4.2.4.
public struct TextQuoteSelector: Sendable {
    public var exact: String
    /// Text just before the passage, of any length.
    public var prefix: String
    /// Text just after it.
    public var suffix: String

    public init(exact: String, prefix: String = "", suffix: String = "") {
        self.exact = exact
        self.prefix = prefix
        self.suffix = suffix
    }
}
