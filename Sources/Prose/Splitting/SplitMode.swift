/// How a file is cut into essays. Its string form is what a source remembers.
public enum SplitMode: Sendable, Equatable, CustomStringConvertible {
    /// The whole file is one essay.
    case none
    /// At explicit markers only: `第一篇`, `范文1`, `演讲稿一` of a series, top headings of Markdown, …
    case markers
    /// At markers and, where these are missing, where an essay is seen to begin.
    case auto
    /// At every line that a regular expression matches.
    case pattern(String)

    /// `none`, `markers`, `auto`, or `pattern:` and the expression.
    public var description: String {
        switch self {
        case .none: "none"
        case .markers: "markers"
        case .auto: "auto"
        case .pattern(let expression): "pattern:" + expression
        }
    }

    /// Reads what `description` writes; nil for anything else.
    public init?(_ description: String) {
        switch description {
        case "none": self = .none
        case "markers": self = .markers
        case "auto": self = .auto
        default:
            let prefix = "pattern:"
            guard description.utf8.starts(with: prefix.utf8) else { return nil }
            self = .pattern(String(description.unicodeScalars.dropFirst(prefix.count)))
        }
    }
}
