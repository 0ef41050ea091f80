import Archive
import Prose

/// Whether a clean merge of two texts holds what both sides wrote, judged by nothing but the texts.
struct MergeCheck {
    typealias Text = [UInt8]

    private let base: [Text: Int]
    private let sides: [[Text: Int]]
    private let merged: [Text: Int]
    private let mergedText: Text

    init(base: Text, sides: [Text], merged: Text) {
        self.base = Self.sentences(base)
        self.sides = sides.map(Self.sentences)
        self.merged = Self.sentences(merged)
        mergedText = merged
    }

    /// A sentence that one side made up since the base, and that is gone: it does not stand in the merge, nor does one that
    /// is made of a sentence of the base by the changes of both sides.
    func lost() -> Text? {
        for (side, other) in [(0, 1), (1, 0)] {
            for sentence in sides[side].keys.sorted(by: { $0.lexicographicallyPrecedes($1) })
            where base[sentence] == nil {
                if !contains(mergedText, sentence), !isMerged(sentence, with: other) { return sentence }
            }
        }
        return nil
    }

    /// A sentence that stands in the merge more often than in any side. Short ones repeat by themselves, and one that is merged
    /// of two may come out as another that is there.
    func doubled() -> Text? {
        merged.first { sentence, count in
            guard count > 1, sentence.count >= 12, sides.allSatisfy({ $0[sentence, default: 0] < count }) else {
                return false
            }
            return !new(0).contains { left in
                new(1).contains { right in gone.contains { Self.isMerge(sentence, of: left, and: right, base: $0) } }
            }
        }?.key
    }

    private func isMerged(_ sentence: Text, with other: Int) -> Bool {
        gone.contains { old in
            new(other).contains { theirs in
                merged.keys.contains { Self.isMerge($0, of: sentence, and: theirs, base: old) }
            }
        }
    }

    /// What both sides took out or changed.
    private var gone: [Text] {
        base.filter { sentence, count in sides.allSatisfy { $0[sentence, default: 0] < count } }.map(\.key)
    }

    /// What a side made up.
    private func new(_ side: Int) -> [Text] { sides[side].keys.filter { base[$0] == nil } }

    /// Whether every character came and went as often as both sides together say.
    private static func isMerge(_ merged: Text, of left: Text, and right: Text, base: Text) -> Bool {
        let counts = [base, left, right, merged].map(characters)
        return Set(counts.flatMap(\.keys)).allSatisfy { character in
            let count = counts.map { $0[character] ?? 0 }
            return count[0] + count[3] == count[1] + count[2]
        }
    }

    private static func characters(_ text: Text) -> [Unicode.Scalar: Int] {
        String(decoding: text, as: UTF8.self).unicodeScalars.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// How often each sentence stands in a text, by its words: blanks and line ends belong to its place.
    private static func sentences(_ text: Text) -> [Text: Int] {
        Sentences.ranges(in: text).reduce(into: [:]) { counts, range in
            let end = text[range].lastIndex { $0 != 0x20 && !(0x09...0x0D).contains($0) }
            if let end { counts[Array(text[range.lowerBound...end]), default: 0] += 1 }
        }
    }

    private func contains(_ text: Text, _ part: Text) -> Bool {
        part.count <= text.count
            && (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}
