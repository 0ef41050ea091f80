/// The line end at the end of texts, which is merged by itself: whether there is one is a word of nobody's.
///
/// Where a merge conflicts, and its texts differ in that, it is done again with all of them ended. The last sentences are then the same for
/// whoever added a line end only. The result is ended if the sides that changed that ended it.
struct FinalLineEnd {
    let base: [UInt8]
    let sides: [[UInt8]]
    private let end: [UInt8]
    private let isEnded: Bool
    private let counts: [Int]

    /// `nil` if the texts do not differ in their final line ends, or one is empty.
    init?(base: [UInt8], sides: [[UInt8]]) {
        let texts = [base] + sides
        let ends = texts.map { $0.last == 0x0A || $0.last == 0x0D }
        guard Set(ends).count > 1, texts.allSatisfy({ !$0.isEmpty }) else { return nil }
        let isWindows = texts.contains { $0.count > 1 && $0.last == 0x0A && $0[$0.count - 2] == 0x0D }
        end = isWindows ? [0x0D, 0x0A] : [0x0A]
        let ended = zip(texts, ends).map { [end] text, isEnded in isEnded ? text : text + end }
        self.base = ended[0]
        self.sides = Array(ended.dropFirst())
        // What some side changed of it.
        isEnded = ends.dropFirst().contains { $0 != ends[0] } ? !ends[0] : ends[0]
        counts = texts.map(\.count)
    }

    /// The result for the texts as they were; `nil` if one of its conflicts has to do with a line end that was added.
    func settled(_ result: TextMergeResult) -> TextMergeResult? {
        guard result.text.suffix(end.count).elementsEqual(end) else { return nil }
        let length = result.text.count - end.count
        for hunk in result.conflicts {
            guard hunk.resultRange.upperBound <= length, hunk.baseRange.upperBound <= counts[0],
                zip(hunk.sideRanges, counts.dropFirst()).allSatisfy({ $0.upperBound <= $1 })
            else { return nil }
        }
        return TextMergeResult(text: isEnded ? result.text : Array(result.text[..<length]), conflicts: result.conflicts)
    }
}
