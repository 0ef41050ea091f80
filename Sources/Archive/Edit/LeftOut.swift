import History
import Prose

/// What of a conflict's sides is in no answer that a person gave: so that nobody loses a passage by deleting a line too
/// many.
///
/// All of it stays in the history.
extension MergeConflict {
    /// What one side has at a passage, and an answer neither has nor has anything like it.
    public struct LeftOut: Hashable, Sendable {
        /// The passage's place in `hunks`.
        public let hunk: Int
        /// The side's place in `sides`.
        public let side: Int
        public let text: [UInt8]
    }

    /// The passages at whose place an answer has nothing, though the base and each side have something there.
    public func emptied(in answer: [UInt8]) -> [Int] {
        let places = AnswerPlaces(self, answer)
        return hunks.indices.filter { index in
            ([hunks[index].base] + hunks[index].sides).allSatisfy { !Self.isBlank($0) }
                && places.text(at: index).allSatisfy(Self.isBlank)
        }
    }

    /// The passages at which an answer has two or more of the base and the sides whole, one after another: what a person leaves who
    /// deletes only the marks.
    public func keptTogether(in answer: [UInt8]) -> [Int] {
        let places = AnswerPlaces(self, answer)
        return hunks.indices.filter { index in
            var written = places.span(at: index)
            var kept: [ArraySlice<UInt8>] = []
            for text in [hunks[index].base] + hunks[index].sides {
                let words = Self.trimmed(text)
                guard !words.isEmpty, !kept.contains(words), let place = written.firstRange(of: words) else { continue }
                kept.append(words)
                written = written[place.upperBound...]
            }
            return kept.count > 1
        }
    }

    private static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
        text[text.withUnsafeBufferPointer { Lines.trim(0..<text.count, in: $0) }]
    }

    /// What sides have at passages and an answer leaves out. A sentence of which half or more stands at the passage
    /// counts as there.
    public func leftOut(of answer: [UInt8]) -> [LeftOut] {
        let places = AnswerPlaces(self, answer)
        return hunks.indices.flatMap { index -> [LeftOut] in
            let written = places.text(at: index).flatMap { text in Sentences.ranges(in: text).map { Array(text[$0]) } }
            return sides.indices.compactMap { side in
                let text = hunks[index].sides[side]
                let missing = Sentences.ranges(in: text).map { Array(text[Sentences.words($0, in: text)]) }.filter {
                    sentence in
                    !Self.isBlank(sentence) && !hunks[index].base.contains(sentence) && !answer.contains(sentence)
                        && !written.contains { Self.isMostly(sentence, in: $0) }
                }
                return missing.isEmpty ? nil : LeftOut(hunk: index, side: side, text: Array(missing.joined()))
            }
        }
    }

    /// Sentences of the merged text outside the passages that an answer leaves out, those that stand together in one.
    public func leftOutElsewhere(of answer: [UInt8]) -> [[UInt8]] {
        let places = AnswerPlaces(self, answer)
        return places.changes.compactMap { change in
            let (old, new) = (Array(places.hollow[change.baseRange]), Array(answer[change.newRange]))
            let written = Sentences.ranges(in: new).map { Array(new[$0]) }
            let missing = Sentences.ranges(in: old).map { Array(old[Sentences.words($0, in: old)]) }.filter {
                sentence in
                !Self.isBlank(sentence) && !answer.contains(sentence)
                    && !written.contains { Self.isMostly(sentence, in: $0) }
            }
            return missing.isEmpty ? nil : Array(missing.joined())
        }
    }

    private static func isBlank(_ text: [UInt8]) -> Bool {
        text.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    private static func isMostly(_ sentence: [UInt8], in other: [UInt8]) -> Bool {
        let removed = Diff.byCharacter(sentence, other).reduce(0) { $0 + $1.baseRange.count }
        return 2 * (sentence.count - removed) >= sentence.count
    }
}

/// Where an answer has what it has of each passage: what differs there from the merged text without any passage.
private struct AnswerPlaces {
    let hollow: [UInt8]
    let changes: [TextChange]
    private let answer: [UInt8]
    /// Where each passage would stand in `hollow`.
    private let places: [Int]

    init(_ conflict: MergeConflict, _ answer: [UInt8]) {
        self.answer = answer
        hollow = conflict.text { _ in [] } ?? []
        changes = Diff.bySentence(hollow, answer)
        var removed = 0
        places = conflict.hunks.map { hunk in
            defer { removed += hunk.resultRange.count }
            return hunk.resultRange.lowerBound - removed
        }
    }

    func text(at index: Int) -> [[UInt8]] { changes(at: index).map { Array(answer[$0.newRange]) } }

    /// From the first to the last byte of it.
    func span(at index: Int) -> ArraySlice<UInt8> {
        let changes = changes(at: index)
        guard let first = changes.first, let last = changes.last else { return [] }
        return answer[first.newRange.lowerBound..<last.newRange.upperBound]
    }

    private func changes(at index: Int) -> [TextChange] {
        changes.filter { $0.baseRange.lowerBound <= places[index] && places[index] <= $0.baseRange.upperBound }
    }
}
