import Foundation

/// Code in the documentation that a test runs as well.
public enum DocumentedCode {
    /// The lines of the first block of Swift in an article.
    /// - Parameter article: its path, from the root of the project.
    public static func block(of article: String, from file: String = #filePath) throws -> [String] {
        let lines = try self.lines(root(file) + article)
        guard let start = lines.firstIndex(of: "```swift"), let end = lines[(start + 1)...].firstIndex(of: "```") else {
            return []
        }
        return Array(lines[(start + 1)..<end])
    }

    /// The lines of a source file between `// article` and `// end`.
    public static func marked(in source: String) throws -> [String] {
        let lines = try self.lines(source)
        func place(_ mark: String) -> Int? { lines.firstIndex { $0.trimmingCharacters(in: .whitespaces) == mark } }
        guard let start = place("// article"), let end = place("// end") else { return [] }
        return Array(lines[(start + 1)..<end])
    }

    /// Lines without blanks and line breaks, which the formatter sets.
    public static func compact(_ lines: [String]) -> String {
        lines.joined().filter { !$0.isWhitespace }
    }

    private static func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
    }

    private static func root(_ file: String) -> String {
        // Tests/TestSupport/DocumentedCode.swift
        let here = URL(fileURLWithPath: file)
        return here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path + "/"
    }
}
