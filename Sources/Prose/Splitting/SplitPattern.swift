/// Why text cannot be cut at a pattern.
public struct SplitError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// It is no regular expression: what the parser of expressions says, and where it breaks, in code points from its start, if that is known.
        case invalid(String, offset: Int?)
        /// It matches an empty line, so that each line would begin an essay.
        case matchesEmptyLine
        /// To find it, or that it is not there, took too long in this line, counted from 1.
        case takesTooLong(line: Int)
    }

    public let pattern: String
    public let reason: Reason

    public init(pattern: String, reason: Reason) {
        self.pattern = pattern
        self.reason = reason
    }

    public var description: String {
        switch reason {
        case .invalid(let reason, _): "not a regular expression: \(pattern): \(reason)"
        case .takesTooLong(let line): "the regular expression \(pattern) takes too long to match in line \(line)"
        case .matchesEmptyLine: "the regular expression \(pattern) matches an empty line"
        }
    }
}

/// A regular expression that the first line of each essay matches.
struct SplitPattern {
    let regex: Regex<AnyRegexOutput>

    /// - Throws: `SplitError` if it is no regular expression.
    init(_ pattern: String) throws(SplitError) {
        do {
            regex = try Regex(pattern)
        } catch {
            throw SplitError(
                pattern: pattern, reason: .invalid("\(error)", offset: Self.offset(of: error, in: pattern)))
        }
    }

    /// Where the expression breaks, in code points. Swift's parser keeps the place in its error and shows it to no one, so it
    /// is looked for there; `nil` should a later version keep it elsewhere.
    private static func offset(of error: any Error, in pattern: String) -> Int? {
        guard let location = Mirror(reflecting: error).descendant("location", "range") as? Range<String.Index> else {
            return nil
        }
        let offset = min(location.lowerBound.utf16Offset(in: pattern), pattern.utf16.count)
        let index = pattern.utf16.index(pattern.startIndex, offsetBy: offset)
        return pattern.unicodeScalars.distance(from: pattern.startIndex, to: index)
    }
}

extension SplitMode {
    /// Whether the mode can be used: a pattern must be a regular expression that an empty line does not match.
    /// - Throws: `SplitError` if it cannot.
    public func check() throws(SplitError) {
        guard case .pattern(let pattern) = self else { return }
        let expression = try SplitPattern(pattern)
        guard (try? expression.regex.firstMatch(in: "")) == nil else {
            throw SplitError(pattern: pattern, reason: .matchesEmptyLine)
        }
    }
}
