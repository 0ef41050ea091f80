import Foundation

/// What is known of the terminals that the command talks to.
enum Terminal {
    static let environment = ProcessInfo.processInfo.environment

    static let isOutputTerminal = isatty(1) == 1
    static let isErrorTerminal = isatty(2) == 1
    /// Whether somebody can be asked.
    static let isInteractive = isatty(0) == 1 && isOutputTerminal

    /// Colour on a terminal, unless the person asked for none (no-color.org).
    static let usesColour = isOutputTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"

    /// Whether the terminal cannot move its cursor, or is not said to be able to.
    static var isDumb: Bool { ["", "dumb"].contains(environment["TERM"] ?? "") }

    /// Has what somebody closed of the three streams fail, where the next file to be opened would else take its number.
    static func fillStandardStreams() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
        }
    }

    static func standardError(_ text: String) {
        if text.isEmpty || Output.deferNote(text) { return }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// A hint or a warning; not data, so on standard error.
    static func note(_ text: String) { standardError(Shown.clean(Advice.complete(text)) + "\n") }

    /// The same of a text that may be styled, for this stream.
    static func note(shown text: Shown) { standardError(text.text + "\n") }

    /// Whether notes may be coloured: results may go elsewhere than they.
    static let usesColourInNotes = usesColour && isErrorTerminal

    enum Style: String {
        case bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36"
        case removed = "9;31", inserted = "4;32", highlight = "1;33"
    }

    static func styled(_ text: String, _ style: Style) -> Shown { styled(Shown(text), style) }

    static func styled(_ text: Shown, _ style: Style) -> Shown {
        usesColour ? Shown(verbatim: "\u{1B}[\(style.rawValue)m\(text.text)\u{1B}[0m") : text
    }
}
