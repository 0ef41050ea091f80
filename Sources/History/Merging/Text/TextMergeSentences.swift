import Prose

/// The first stage of `TextMerge`: groups of sentence edits, each applied, merged by atoms, or left as a conflict.
struct SentenceMerge {
    /// Base sentences that are one hunk whatever the edits there are.
    struct Contested {
        let range: Range<Int>
        /// Whether sides that made the same text of it agree: the base is then no more than a dispute that they may have settled.
        let mayAgree: Bool
    }

    /// Edits of a side that lie before the present group, and by how many sentences they have shifted it.
    private struct Passed {
        var edits = 0
        var shift = 0
    }

    /// Edits that belong together, and the base sentences that they cover.
    private struct Group {
        var range: Range<Int>
        /// What its edits do at its start and at its end.
        var start: Border
        var end: Border
        /// What of it is contested from the outset.
        var contested: [Contested] = []

        /// Takes in a group that starts no earlier.
        mutating func add(_ other: Group) {
            if other.range.upperBound > range.upperBound {
                range = range.lowerBound..<other.range.upperBound
                end = other.end
            } else if other.range.upperBound == range.upperBound {
                end.formUnion(other.end)
            }
            contested += other.contested
        }

        /// Whether a group of one that starts no earlier has to do with this one.
        func holds(_ other: Group) -> Bool {
            if other.range.lowerBound < range.upperBound { return true }
            return other.range.lowerBound == range.upperBound && end.contests(other.start)
        }
    }

    /// What an edit may have done at the border between two sentences. One that makes as many sentences as it takes
    /// wrote them anew, and did nothing there.
    private struct Border: OptionSet {
        let rawValue: UInt8
        static let putIn = Border(rawValue: 1)
        static let tookAway = Border(rawValue: 2)
        /// It did nothing but put something in.
        static let isInsertion = Border(rawValue: 4)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(_ edit: DiffRange) {
            let growth = edit.bRange.count - edit.aRange.count
            self = growth > 0 ? .putIn : growth < 0 ? .tookAway : []
            if edit.aRange.isEmpty { insert(.isInsertion) }
        }

        /// Whether two edits that meet at a border must be looked at more closely: both may have put something in there,
        /// or one did beside what the other took away or changed.
        func contests(_ other: Border) -> Bool {
            contains(.isInsertion) || other.contains(.isInsertion)
                || (contains(.putIn) && !other.isEmpty) || (other.contains(.putIn) && !isEmpty)
        }
    }

    private struct Edit {
        var change: DiffRange
        /// What it did at its start and at its end.
        var start: Border
        var end: Border

        init(_ change: DiffRange) {
            self.change = change
            start = Border(change)
            end = start
        }

        mutating func add(_ next: Edit) {
            change = DiffRange(
                aRange: change.aRange.lowerBound..<next.change.aRange.upperBound,
                bRange: change.bRange.lowerBound..<next.change.bRange.upperBound)
            end = next.end
        }
    }

    private let base: TextMergeSides.Side
    private let sides: [TextMergeSides.Side]
    private let edits: [[Edit]]
    private let contested: [Contested]
    private let indexOfSide: [Int]
    private var passed: [Passed]
    private var result = TextMergeResult(text: [], conflicts: [])
    private var basePosition = 0
    /// What the search for characters may still spend.
    private var cells = TextMerge.characterCells

    /// - Parameter indexOfSide: for each side that the caller gave, its place among `sides`, or their number if it is the base.
    init(_ texts: TextMergeSides, contested: [Contested], indexOfSide: [Int]) {
        base = texts.base
        sides = texts.sides
        edits = texts.sides.map { Self.edits(of: $0, texts.base) }
        self.contested = contested
        self.indexOfSide = indexOfSide
        passed = sides.map { _ in Passed() }
    }

    mutating func run() -> TextMergeResult {
        for group in groups() { merge(group) }
        result.text += base.text[basePosition...]
        return result
    }

    private func groups() -> [Group] {
        let edits = edits.enumerated().flatMap { side, edits in
            edits.map { Group(range: reach(of: $0.change, side: side), start: $0.start, end: $0.end) }
        }
        let disputes = contested.map {
            let border: Border = $0.range.isEmpty ? .isInsertion : [.putIn, .tookAway]
            return Group(range: $0.range, start: border, end: border, contested: [$0])
        }
        var groups: [Group] = []
        for group in (edits + disputes).sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            if groups.last?.holds(group) == true { groups[groups.count - 1].add(group) } else { groups.append(group) }
        }
        return groups
    }

    /// What a side changed, one edit made of those that have nothing but empty lines between them, if one of them made more
    /// than there was: empty lines are all alike, so which sentences went with which is not known.
    private static func edits(of side: TextMergeSides.Side, _ base: TextMergeSides.Side) -> [Edit] {
        side.edits.map { Edit($0) }.reduce(into: []) { edits, next in
            if let last = edits.last, last.end.contains(.putIn) || next.start.contains(.putIn),
                base.sentences[last.change.aRange.upperBound..<next.change.aRange.lowerBound].allSatisfy({
                    Sentences.words($0, in: base.text).isEmpty
                })
            {
                edits[edits.count - 1].add(next)
            } else {
                edits.append(next)
            }
        }
    }

    /// The base sentences that an edit has to do with: what it takes out; and where it took a line end, the line behind it,
    /// if another side took or rewrote that: what stands there now is nothing that was to be on one line with what is before.
    private func reach(of edit: DiffRange, side index: Int) -> Range<Int> {
        let end = edit.aRange.upperBound
        guard !edit.aRange.isEmpty, end < base.sentences.count, base.startsLine(end),
            !sides[index].startsLine(edit.bRange.upperBound)
        else {
            return edit.aRange
        }
        let lineEnd = (end + 1..<base.sentences.count).first { base.startsLine($0) } ?? base.sentences.count
        let isTaken = edits.indices.contains { other in
            let next = edits[other].partitioningIndex { $0.change.aRange.upperBound >= lineEnd }
            return other != index && next < edits[other].count && edits[other][next].change.aRange.lowerBound <= end
        }
        return edit.aRange.lowerBound..<(isTaken ? lineEnd : end)
    }

    private mutating func merge(_ group: Group) {
        let baseRange = base.bytes(group.range)
        let baseText = Array(base.text[baseRange])
        let first = passed.map(\.edits)
        let sideRanges = sides.indices.map { sideRange(of: group, side: $0) }
        let sideTexts = zip(sides, sideRanges).map { Array($0.text[$1]) }
        result.text += base.text[basePosition..<baseRange.lowerBound]
        basePosition = baseRange.upperBound

        var whole = AtomMerge.Piece(baseRange: 0..<baseText.count, sideRanges: sideTexts.map { 0..<$0.count })
        if group.contested.isEmpty {
            if let agreed = AtomMerge.agreed(base: baseText, sides: sideTexts) {
                result.text += agreed
            } else {
                let edits = sides.indices.map { side in
                    self.edits[side][first[side]..<passed[side].edits].map(\.change).map { edit in
                        TextChange(
                            baseRange: base.bytes(edit.aRange).shifted(by: -baseRange.lowerBound),
                            newRange: sides[side].bytes(edit.bRange).shifted(by: -sideRanges[side].lowerBound))
                    }
                }
                let pieces =
                    AtomMerge.pieces(
                        base: baseText, sides: sideTexts, edits: edits, kept: sides.map(\.kept),
                        startsLine: base.startsLine(group.range.lowerBound), cells: &cells) ?? [whole]
                for piece in pieces { append(piece, baseRange, sideRanges) }
            }
        } else {
            let isAgreed = group.contested.allSatisfy(\.mayAgree) && sideTexts.allSatisfy { $0 == sideTexts[0] }
            whole.text = isAgreed ? sideTexts[0] : nil
            append(whole, baseRange, sideRanges)
        }
    }

    /// Appends a piece of a group that starts where `group` and `groupSides` do.
    private mutating func append(_ piece: AtomMerge.Piece, _ group: Range<Int>, _ groupSides: [Range<Int>]) {
        if let text = piece.text {
            result.text += text
            return
        }
        let baseRange = piece.baseRange.shifted(by: group.lowerBound)
        let ranges = zip(groupSides, piece.sideRanges).map { $1.shifted(by: $0.lowerBound) }
        let start = result.text.count
        result.text += base.text[baseRange]
        result.conflicts.append(
            MergeHunk(
                baseRange: baseRange,
                base: Array(base.text[baseRange]),
                sides: indexOfSide.map { Array($0 < sides.count ? sides[$0].text[ranges[$0]] : base.text[baseRange]) },
                resultRange: start..<result.text.count,
                sideRanges: indexOfSide.map { $0 < sides.count ? ranges[$0] : baseRange }))
    }

    /// The bytes of a side that stand for the group's base sentences; passes that side's edits of the group.
    private mutating func sideRange(of group: Group, side index: Int) -> Range<Int> {
        let edits = edits[index]
        let start = group.range.lowerBound + passed[index].shift
        // An edit at the group's end is the group's only if it touches it: an insertion, or one that began inside.
        while passed[index].edits < edits.count {
            let edit = edits[passed[index].edits].change
            let isInside = edit.aRange.lowerBound < group.range.upperBound
            let isAtEnd = edit.aRange.isEmpty && edit.aRange.lowerBound == group.range.upperBound
            guard isInside || isAtEnd else { break }
            passed[index].shift += edit.bRange.count - edit.aRange.count
            passed[index].edits += 1
        }
        return sides[index].bytes(start..<group.range.upperBound + passed[index].shift)
    }
}

extension Range<Int> {
    fileprivate func shifted(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}
