import Foundation

/// The string literals of a Swift source. An interpolation stands in its literal as `…`; literals inside it are given for themselves.
struct SourceLiterals {
    struct Literal {
        let line: Int
        let text: String
    }

    /// A literal of one line that does not end there: this reader took something else for a string.
    struct Unterminated: Error { let line: Int }

    private let source: [Unicode.Scalar]
    private var place = 0
    private var line = 1
    private var found: [Literal] = []

    static func all(in source: String) throws -> [Literal] {
        var reader = SourceLiterals(source)
        while reader.place < reader.source.count { try reader.readCode(untilParenthesis: false) }
        return reader.found.sorted { $0.line < $1.line }
    }

    private init(_ text: String) { source = Array(text.unicodeScalars) }

    private func follows(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return source[place...].starts(with: scalars)
    }

    private mutating func skip(_ count: Int = 1) {
        for scalar in source[place..<min(place + count, source.count)] where scalar == "\n" { line += 1 }
        place = min(place + count, source.count)
    }

    /// - Parameter untilParenthesis: whether to stop after the parenthesis that ends an interpolation.
    private mutating func readCode(untilParenthesis: Bool) throws {
        var depth = 0
        while place < source.count {
            let hashes = source[place...].prefix { $0 == "#" }.count
            if place + hashes < source.count, source[place + hashes] == "\"" {
                skip(hashes)
                try readString(hashes)
            } else if follows("//") {
                while place < source.count, source[place] != "\n" { skip() }
            } else if follows("/*") {
                skipComment()
            } else if follows("(") {
                depth += 1
                skip()
            } else if follows(")") {
                skip()
                if untilParenthesis, depth == 0 { return }
                depth -= 1
            } else {
                skip()
            }
        }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if follows("/*") {
                depth += 1
                skip(2)
            } else if follows("*/") {
                depth -= 1
                skip(2)
            } else {
                skip()
            }
        } while depth > 0 && place < source.count
    }

    private mutating func readString(_ hashes: Int) throws {
        let start = line
        let isLong = follows("\"\"\"")
        let pounds = String(repeating: "#", count: hashes)
        let (end, escape) = ((isLong ? "\"\"\"" : "\"") + pounds, "\\" + pounds)
        skip(isLong ? 3 : 1)
        var text = String.UnicodeScalarView()
        while !follows(end) {
            guard place < source.count, isLong || source[place] != "\n" else { throw Unterminated(line: start) }
            if follows(escape + "(") {
                skip(escape.unicodeScalars.count + 1)
                try readCode(untilParenthesis: true)
                text.append("…")
            } else if follows(escape) {
                skip(escape.unicodeScalars.count + 1)
                text.append(" ")
            } else {
                text.append(source[place])
                skip()
            }
        }
        skip(end.unicodeScalars.count)
        found.append(Literal(line: start, text: String(text)))
    }
}
