import Archive

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
    /// is made of a sentence of the base by the changes of both sides. Only its words count: it has other line ends behind it
    /// when what followed has gone.
    func lost() -> Text? {
        let old = Set(base.keys.map(Self.words))
        for (side, other) in [(0, 1), (1, 0)] {
            for sentence in Set(new(side).map(Self.words)).subtracting(old).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                if !contains(mergedText, sentence), !isMerged(sentence, with: other) { return sentence }
            }
        }
        return nil
    }

    /// A sentence that stands in the merge more often than in any side. Short ones repeat by themselves, and one that is merged
    /// of two may come out as another that is there.
    func doubled() -> Text? {
        merged.first { sentence, count in
            guard count > 1, sentence.count >= 12, sides.allSatisfy({ $0[sentence, default: 0] < count }) else { return false }
            return !new(0).contains { left in new(1).contains { right in gone.contains { Self.isMerge(sentence, of: left, and: right, base: $0) } } }
        }?.key
    }

    private func isMerged(_ sentence: Text, with other: Int) -> Bool {
        let (gone, theirs, merged) = (Set(gone.map(Self.words)), Set(new(other).map(Self.words)), Set(merged.keys.map(Self.words)))
        return gone.contains { old in
            theirs.contains { their in merged.contains { Self.isMerge($0, of: sentence, and: their, base: old) } }
        }
    }

    /// What both sides took out or changed.
    private var gone: [Text] { base.filter { sentence, count in sides.allSatisfy { $0[sentence, default: 0] < count } }.map(\.key) }

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

    private static func sentences(_ text: Text) -> [Text: Int] {
        Sentences.ranges(in: text).reduce(into: [:]) { $0[Array(text[$1]), default: 0] += 1 }
    }

    /// A sentence without the line ends behind it.
    private static func words(_ sentence: Text) -> Text {
        Array(sentence.prefix((sentence.lastIndex { $0 != UInt8(ascii: "\n") } ?? -1) + 1))
    }

    private func contains(_ text: Text, _ part: Text) -> Bool {
        part.count <= text.count && (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}
