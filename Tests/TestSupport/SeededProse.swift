/// Random prose in Chinese, English and emoji, the same for the same seed: SplitMix64 (G. Steele and others, 2014).
package struct SeededProse {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    private static let letters = Array(
        "山水云风花鸟虫鱼春夏秋冬东南西北日月星辰人民工作发展，、和的了在是不我有大这主中国a e t😀👩‍👩‍👧🇨🇳é豈豈é".unicodeScalars)

    /// Bytes of a run of code points; not always whole graphemes, on purpose.
    package mutating func word(_ length: Int) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for _ in 0..<length { text.append(Self.letters[next(below: Self.letters.count)]) }
        return Array(String(text).utf8)
    }

    package mutating func sentence() -> [UInt8] {
        let length = 2 + next(below: 30)
        let ends = ["。", "！", "？", "。\n", "。”", ". ", "\n", "\r\n", "\n\n"]
        return word(length) + Array(ends[next(below: ends.count)].utf8)
    }

    package mutating func sentences(_ count: Int) -> [[UInt8]] { (0..<count).map { _ in sentence() } }

    /// `text` with some random edits, each of at most a few code points or sentences.
    package mutating func edited(_ text: [UInt8], edits: Int) -> [UInt8] {
        var scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
        for _ in 0..<edits {
            let start = next(below: scalars.count + 1)
            let end = min(scalars.count, start + next(below: 4) * next(below: 6))
            let new = next(below: 5) == 0 ? sentence() : word(next(below: 5))
            scalars.replaceSubrange(start..<end, with: String(decoding: new, as: UTF8.self).unicodeScalars)
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return Array(String(result).utf8)
    }
}
