/// Text for people to read on a terminal. What is put into it loses its control characters, which could otherwise change colours,
/// move the cursor or rename the window: titles, names and passages come from files. Only `Terminal.styled` adds some.
struct Shown: ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }
    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }
    /// - Parameter text: with control characters that are meant.
    init(verbatim text: String) { self.text = text }
    init(_ text: String) { self.text = Self.clean(text) }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ shown: Shown) { text += shown.text }
        mutating func appendInterpolation(_ value: some Any) { text += Shown.clean("\(value)") }
    }

    static func + (left: Shown, right: Shown) -> Shown { Shown(verbatim: left.text + right.text) }
    static func += (left: inout Shown, right: Shown) { left.text += right.text }

    /// `text` without control characters other than line ends and tabs, and without those that turn the direction of writing.
    static func clean(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            $0 >= 0x20 && $0 != 0x7F && $0 != 0xC2 && $0 != 0xE2 || $0 == 0x0A || $0 == 0x09
        }
        if isPlain { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { scalar in
                    if scalar == "\n" || scalar == "\t" { return true }
                    return scalar.properties.generalCategory != .control && !(0x202A...0x202E).contains(scalar.value)
                        && !(0x2066...0x2069).contains(scalar.value)
                }))
    }

    /// A title or another name, on one line.
    init(line text: String) { self.text = Self.clean(text.replacing("\n", with: " ").replacing("\r", with: " ")) }
}

extension Sequence<Shown> {
    func joined(separator: String = "") -> Shown { Shown(verbatim: map(\.text).joined(separator: separator)) }
}

extension DefaultStringInterpolation {
    @available(*, unavailable, message: "A string would lose what tells text that is safe to show.")
    mutating func appendInterpolation(_ shown: Shown) {}
}
