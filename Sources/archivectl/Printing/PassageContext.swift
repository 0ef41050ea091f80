import Archive
import History
import Prose

/// The sentences around the passages of a conflict.
struct PassageContext {
    private let text: [UInt8]
    /// Without empty lines.
    private let sentences: [Range<Int>]

    init(_ conflict: MergeConflict) {
        let text = conflict.text ?? []
        self.text = text
        sentences = Sentences.ranges(in: text).filter { sentence in text[sentence].contains { $0 != 0x0A && $0 != 0x0D }
        }
    }

    /// The sentence before a passage.
    func before(_ hunk: MergeHunk) -> [UInt8]? {
        sentences.last { $0.upperBound <= hunk.resultRange.lowerBound }.map { Array(text[$0]) }
    }

    /// The sentence behind a passage.
    func behind(_ hunk: MergeHunk) -> [UInt8]? {
        sentences.first { $0.lowerBound >= hunk.resultRange.upperBound }.map { Array(text[$0]) }
    }
}
