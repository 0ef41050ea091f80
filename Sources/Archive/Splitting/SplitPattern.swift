extension SplitMode {
    /// Finds out whether the mode can be used: a pattern must be a regular expression that not every line matches.
    /// - Throws: `ArchiveError` that says what is wrong with the pattern and where.
    public func check() throws {
        guard case .pattern(let pattern) = self else { return }
        let regex: Regex<AnyRegexOutput>
        do {
            regex = try Regex(pattern)
        } catch {
            let place = Self.offset(of: error, in: pattern)
            let marked = place.map { " at character \($0 + 1):\n  \(pattern)\n  \(Self.blank(pattern, $0))^\n" } ?? ": \(pattern)\n"
            throw ArchiveError(
                .usage, "--split-at is not a regular expression: \(error)\(marked)",
                advice: "Write a \\ before characters that are meant as they stand: ( ) [ ] { } * + ? . | ^ $")
        }
        guard (try? regex.firstMatch(in: "")) == nil else {
            throw ArchiveError(
                .usage, "--split-at '\(pattern)' is found even in an empty line, so that each line would begin an essay",
                advice: "Give an expression that only the first line of an essay matches, such as '^第.+篇'")
        }
    }

    /// Where the expression breaks, in code points. Swift's parser keeps the place in its error and shows it to no one, so it
    /// is looked for there; `nil` should a later version keep it elsewhere.
    private static func offset(of error: any Error, in pattern: String) -> Int? {
        guard let location = Mirror(reflecting: error).descendant("location", "range") as? Range<String.Index> else { return nil }
        let offset = min(location.lowerBound.utf16Offset(in: pattern), pattern.utf16.count)
        let index = pattern.utf16.index(pattern.startIndex, offsetBy: offset)
        return pattern.unicodeScalars.distance(from: pattern.startIndex, to: index)
    }

    /// As wide as the first code points of the pattern: wide ones take two columns on a terminal.
    private static func blank(_ pattern: String, _ count: Int) -> String {
        pattern.unicodeScalars.prefix(count).map { $0.value >= 0x1100 ? "\u{3000}" : " " }.joined()
    }
}
