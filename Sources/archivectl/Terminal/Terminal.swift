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

    static func standardError(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// A hint or a warning; not data, so on standard error.
    static func note(_ text: String) { standardError(Shown.clean(text) + "\n") }

    enum Style: String {
        case bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36"
        case removed = "9;31", inserted = "4;32", highlight = "1;33"
    }

    static func styled(_ text: String, _ style: Style) -> Shown { styled(Shown(text), style) }

    static func styled(_ text: Shown, _ style: Style) -> Shown {
        usesColour ? Shown(verbatim: "\u{1B}[\(style.rawValue)m\(text.text)\u{1B}[0m") : text
    }
}

/// Standard output, in large writes. A closed pipe ends the process as success: whoever reads has seen enough.
enum Output {
    nonisolated(unsafe) private static var buffer: [UInt8] = []  // Only the main thread prints.

    static func write(bytes: [UInt8]) {
        buffer += bytes
        if buffer.count > 1 << 16 { flush() }
    }

    static func write(_ shown: Shown) { write(bytes: Array(shown.text.utf8)) }

    static func line(_ shown: Shown = "") { write(shown + "\n") }

    static func flush() {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(1, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { exit(errno == EPIPE ? 0 : 73) }
            rest = rest.dropFirst(count)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
