/// Why a query cannot be understood, and where.
public struct QueryError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What is wrong.
    public let message: String
    /// One sentence that says what to do.
    public let advice: String
    /// Where: code points from the beginning of the query.
    public let position: Int

    public init(_ message: String, at position: Int, advice: String) {
        self.message = message
        self.advice = advice
        self.position = position
    }

    public var description: String { "\(message), at character \(position + 1) of the query. \(advice)" }

    /// The query in one line and, below it, a caret at the place that is meant, for a terminal.
    public func caret(under query: String) -> String {
        var line = ""
        var pad = ""
        for (index, scalar) in query.unicodeScalars.enumerated() {
            let isControl = scalar.properties.generalCategory == .control
            line.unicodeScalars.append(isControl ? " " : scalar)
            if index < position { pad += Self.isWide(scalar) ? "  " : " " }
        }
        return line + "\n" + pad + "^"
    }

    /// Takes two columns in a terminal (the wide and full-width blocks of Unicode Standard Annex #11).
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return true
        default:
            return false
        }
    }
}
