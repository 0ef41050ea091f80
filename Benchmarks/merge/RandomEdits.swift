/// Random edits of sentences, and what both sides' edits make together: the answer that a merge is judged by.
struct RandomEdits {
    /// Code points `range` of the base give way to `new`.
    struct Edit {
        var range: Range<Int>
        var new: [Unicode.Scalar]

        func touches(_ other: Edit) -> Bool {
            range.lowerBound <= other.range.upperBound && other.range.lowerBound <= range.upperBound
        }
    }

    enum Kind: String, CaseIterable { case replace, insert, delete, words }

    private var state: UInt64
    /// Sentences to put in, from other texts.
    var stock: [[Unicode.Scalar]] = []

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (G. Steele and others, 2014).
    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    /// One side: `count` edits that do not touch each other, ascending.
    /// - Parameter sentences: those that may be edited. They should differ: when one of two equal neighbours goes, no merge
    ///   can tell which.
    mutating func side(_ text: [Unicode.Scalar], _ sentences: [Range<Int>], count: Int, kinds: [Kind]) -> [Edit] {
        var edits: [Edit] = []
        var attempts = 0
        while edits.count < count, attempts < 50 * count {
            attempts += 1
            let edit = edit(text, sentences[next(below: sentences.count)], kinds[next(below: kinds.count)])
            let isNew = edit.new != Array(text[edit.range]) && !edits.contains { $0.touches(edit) }
            if isNew { edits.append(edit) }
        }
        return edits.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    private mutating func edit(_ text: [Unicode.Scalar], _ sentence: Range<Int>, _ kind: Kind) -> Edit {
        switch kind {
        case .replace: return Edit(range: sentence, new: stock[next(below: stock.count)])
        case .insert:
            return Edit(range: sentence.upperBound..<sentence.upperBound, new: stock[next(below: stock.count)])
        case .delete: return Edit(range: sentence, new: [])
        case .words:
            // A few code points of the sentence become a few others, or go, or come.
            let start = sentence.lowerBound + next(below: sentence.count)
            let end = min(sentence.upperBound, start + next(below: 5))
            let donor = stock[next(below: stock.count)]
            let from = next(below: donor.count)
            return Edit(range: start..<end, new: Array(donor[from..<min(donor.count, from + next(below: 5))]))
        }
    }

    static func apply(_ edits: [Edit], to text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var position = 0
        for edit in edits.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            result += text[position..<edit.range.lowerBound]
            result += edit.new
            position = edit.range.upperBound
        }
        return result + text[position...]
    }

    /// The text with both sides' edits; nothing if two that differ overlap, or insert at one place.
    static func union(_ left: [Edit], _ right: [Edit], of text: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        var all = left
        for edit in right {
            if left.contains(where: { $0.range == edit.range && $0.new == edit.new }) { continue }
            let isClash = left.contains {
                $0.range.overlaps(edit.range) || ($0.range.isEmpty && edit.range.isEmpty && $0.range == edit.range)
                    || (edit.range.isEmpty && $0.range.lowerBound < edit.range.lowerBound
                        && edit.range.lowerBound < $0.range.upperBound)
                    || ($0.range.isEmpty && edit.range.lowerBound < $0.range.lowerBound
                        && $0.range.lowerBound < edit.range.upperBound)
            }
            if isClash { return nil }
            all.append(edit)
        }
        return apply(all, to: text)
    }
}

extension [Unicode.Scalar] {
    var utf8: [UInt8] {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: self)
        return Array<UInt8>(String(text).utf8)
    }
}
