/// Tells headings from numbers of lists: items that end with a semicolon, items of an article of law, runs of one-line items
/// that a colon or the like introduces, and the items after one that stands behind a label, as in `附件：1．登记表`.
struct HeadingLists {
    /// Under `第N条`, where `（一）` counts the cases of the article.
    private var inLaw = false
    private var introducesList = false
    private var previousKind: HeadingKind?
    private var list: (kind: HeadingKind, number: Int)?
    private var labelled: LabelledList?

    mutating func passText(_ bytes: TextBytes, _ content: Range<Int>) {
        if HeadingScanner.isArticleOfLaw(bytes, content) { inLaw = true }
        introducesList = HeadingScanner.introducesList(bytes, content)
        previousKind = nil
        list = nil
        let annexes = LabelledList.annexes(bytes, content)
        labelled = annexes.map { LabelledList(bytes, $0) } ?? LabelledList(bytes, content) ?? labelled?.afterText
    }

    mutating func isItem(_ heading: HeadingLine, next: HeadingLine?, _ bytes: TextBytes, _ content: Range<Int>) -> Bool
    {
        let kind = heading.mark.kind
        defer {
            introducesList = HeadingScanner.introducesList(bytes, content)
            previousKind = kind
        }
        if labelled?.take(heading.mark) == true { return true }
        labelled = LabelledList(annexesIn: heading, bytes, content)
        if kind == .han || (kind.fixedRank ?? 99) < 10 {
            inLaw = false
            list = nil
            return heading.endsLikeItem
        }
        let isItem = inLaw || heading.endsLikeItem || continuesList(heading) || beginsList(heading, next)
        list = isItem ? (kind, heading.mark.number) : nil
        return isItem
    }

    private func continuesList(_ heading: HeadingLine) -> Bool {
        guard let list else { return false }
        return list.kind == heading.mark.kind && heading.mark.number == list.number + 1
    }

    private func beginsList(_ heading: HeadingLine, _ next: HeadingLine?) -> Bool {
        guard introducesList, !heading.hasText, let next else { return false }
        if previousKind == .han, heading.mark.kind == .hanInParentheses { return false }
        return next.mark.kind == heading.mark.kind && next.mark.number == heading.mark.number + 1
    }
}

/// A list whose first item stands behind its label on one line, as annexes are listed (GB/T 9704-2012, 7.3.4), or whose label
/// `附件：` stands alone.
private struct LabelledList {
    /// Nil before the first item.
    private var kind: HeadingKind?
    private var number: Int
    /// How many lines of text may still come before the next item: a long name runs over two or three.
    private var textLeft = LabelledList.longestItem - 1

    private static let longestItem = 3
    private static let longestLabel = 6

    /// - Parameter content: a line that begins with no number.
    init?(_ bytes: TextBytes, _ content: Range<Int>) {
        var cursor = ScalarCursor(bytes, content)
        let isOfAnnexes = Self.takeAnnex(&cursor)
        cursor.skipSpaces()
        // `附件1．登记表` needs no colon.
        let isLabel = cursor.take(":") || isOfAnnexes && HanNumeral.isDigit(cursor.peek) || Self.takeLabel(&cursor)
        guard isLabel else { return nil }
        cursor.skipSpaces()
        if cursor.isAtEnd, isOfAnnexes {
            (kind, number) = (nil, 0)
        } else if let mark = Self.firstMark(cursor), isOfAnnexes || mark.kind.numbersItems {
            (kind, number) = (mark.kind, mark.number)
        } else {
            return nil
        }
    }

    /// The annexes that a heading lists itself: `四、附件：1．登记表`.
    init?(annexesIn heading: HeadingLine, _ bytes: TextBytes, _ content: Range<Int>) {
        guard let annexes = Self.annexes(bytes, heading.mark.end..<content.upperBound) else { return nil }
        self.init(bytes, annexes)
    }

    /// What follows from where a line begins to speak of annexes, or within it lists them: `特此通知。附件：1．登记表`.
    static func annexes(_ bytes: TextBytes, _ content: Range<Int>) -> Range<Int>? {
        var start = ScalarCursor(bytes, content)
        if takeAnnex(&start) { return content }
        guard Pattern.contains(bytes, content, "附件") else { return nil }
        return content.lazy.filter { bytes[$0] == 0xE9 }.map { $0..<content.upperBound }.first { rest in
            var cursor = ScalarCursor(bytes, rest)
            return Pattern.hasPrefix(bytes, rest, "附件") && takeAnnex(&cursor) && cursor.take(":")
        }
    }

    private static func firstMark(_ cursor: ScalarCursor) -> HeadingMark? {
        guard !cursor.isAtEnd, let mark = HeadingMark.read(cursor.bytes, cursor.position..<cursor.end), mark.number == 1
        else { return nil }
        return (mark.kind.fixedRank ?? 99) < 10 ? nil : mark
    }

    private static func takeAnnex(_ cursor: inout ScalarCursor) -> Bool {
        guard cursor.take("附") else { return false }
        cursor.skipSpaces()
        if kinds.contains(cursor.peek) {
            _ = cursor.next()
        } else if cursor.peek != 0x3A, !HanNumeral.isDigit(cursor.peek) {
            return false
        }
        cursor.skipSpaces()
        return true
    }

    private static let kinds = ScalarSet("件表图圖录錄")

    /// Moves past a few characters and a colon.
    private static func takeLabel(_ cursor: inout ScalarCursor) -> Bool {
        for _ in 0...longestLabel where !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar == 0x3A { return true }
            if scalar < 0x80 && scalar != 0x20 || (0x3001...0x3002).contains(scalar) { return false }
        }
        return false
    }

    /// Whether `mark` numbers the next item, which it then is. Several may share a line, so that numbers are left out.
    mutating func take(_ mark: HeadingMark) -> Bool {
        guard kind == nil ? mark.number == 1 && mark.kind.numbersItems : kind == mark.kind && mark.number > number
        else { return false }
        (kind, number) = (mark.kind, mark.number)
        textLeft = Self.longestItem - 1
        return true
    }

    /// What is left of it behind a line of text.
    var afterText: LabelledList? {
        guard textLeft > 0, kind != nil else { return nil }
        var list = self
        list.textLeft -= 1
        return list
    }
}
