import Archive
import Prose

/// Differences between two texts, for people and for programs.
enum DiffPrinter {
    /// Prints changed passages, each with the sentence before it. Without colour, marks what went `[-…-]` and what came `{+…+}`.
    static func print(_ hunks: [DiffHunk]) {
        for (index, hunk) in hunks.enumerated() where hunk.kind == .changed {
            let before: Shown = index > 0 ? lastSentence(hunks[index - 1]) : ""
            if index > 1 { Output.line(Terminal.styled("  …", .dim)) }
            Output.line(before + hunk.pieces.map { render($0) }.joined())
        }
    }

    /// - Parameter inColour: whether what went and what came is told by colours, rather than by marks.
    static func render(_ piece: DiffHunk.Piece, inColour: Bool = Terminal.usesColour) -> Shown {
        switch piece {
        case .same(let bytes): Shown(string(bytes[...]))
        case .removed(let bytes): inColour ? Terminal.styled(string(bytes[...]), .removed) : "[-\(string(bytes[...]))-]"
        case .inserted(let bytes):
            inColour ? Terminal.styled(string(bytes[...]), .inserted) : "{+\(string(bytes[...]))+}"
        }
    }

    private static func lastSentence(_ hunk: DiffHunk) -> Shown {
        guard case .same(let bytes)? = hunk.pieces.last, let range = Sentences.ranges(in: bytes).last else { return "" }
        return Terminal.styled(string(bytes[range]), .dim)
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
