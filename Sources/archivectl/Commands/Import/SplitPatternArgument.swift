import History
import Prose

/// The regular expression that `--split-at` takes.
enum SplitPatternArgument {
    /// - Throws: `CommandError` that says what is wrong with the expression, where, and how to write it.
    static func check(_ pattern: String) throws {
        do {
            try SplitMode.pattern(pattern).check()
        } catch let error {
            switch error.reason {
            case .invalid(let reason, let offset):
                let marked =
                    offset.map { " at character \($0 + 1):\n  \(pattern)\n  \(blank(pattern, $0))^\n" }
                    ?? ": \(pattern)\n"
                throw CommandError(
                    .usage, "--split-at is not a regular expression: \(reason)\(marked)",
                    advice: "Write a \\ before characters that are meant as they stand: ( ) [ ] { } * + ? . | ^ $")
            case .takesTooLong:
                throw CommandError(.usage, "\(error)")
            case .matchesEmptyLine:
                throw CommandError(
                    .usage,
                    "--split-at '\(pattern)' matches even an empty line, so that each line would begin an essay",
                    advice: "Give an expression that only the first line of an essay matches, such as '^第.+篇'")
            }
        }
    }

    /// As wide as the first code points of the pattern: wide ones take two columns on a terminal.
    private static func blank(_ pattern: String, _ count: Int) -> String {
        pattern.unicodeScalars.prefix(count).map { $0.value >= 0x1100 ? "\u{3000}" : " " }.joined()
    }
}
