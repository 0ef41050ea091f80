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
        let list = LabelledList(bytes, content)
        labelled = list != nil || LabelledList.isOfAnnexes(bytes, content) ? list : labelled?.afterText
    }

    mutating func isItem(_ heading: HeadingLine, next: HeadingLine?, _ bytes: TextBytes, _ content: Range<Int>) -> Bool {
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
            return heading.endsLikeItem && kind == .han
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
    private let isOfAnnexes: Bool
    /// How many lines of text may still come before the next item: a long name runs over two or three.
    private var textLeft = LabelledList.longestItem - 1

    private static let longestItem = 3
    private static let longestLabel = 6

    /// - Parameter content: a line that begins with no number.
    init?(_ bytes: TextBytes, _ content: Range<Int>) {
        var cursor = ScalarCursor(bytes, content)
        isOfAnnexes = Self.takeAnnex(&cursor)
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
        let title = heading.mark.end..<content.upperBound
        guard Self.isOfAnnexes(bytes, title) else { return nil }
        self.init(bytes, title)
    }

    static func isOfAnnexes(_ bytes: TextBytes, _ content: Range<Int>) -> Bool { Pattern.hasPrefix(bytes, content, "附") }

    private static func firstMark(_ cursor: ScalarCursor) -> HeadingMark? {
        guard !cursor.isAtEnd, let mark = HeadingMark.read(cursor.bytes, cursor.position..<cursor.end), mark.number == 1 else { return nil }
        return (mark.kind.fixedRank ?? 99) < 10 ? nil : mark
    }

    private static func takeAnnex(_ cursor: inout ScalarCursor) -> Bool {
        guard cursor.take("附") else { return false }
        cursor.skipSpaces()
        _ = cursor.take("件") || cursor.take("表") || cursor.take("图") || cursor.take("圖") || cursor.take("录") || cursor.take("錄")
        return true
    }

    /// Moves past a few characters and a colon.
    private static func takeLabel(_ cursor: inout ScalarCursor) -> Bool {
        for _ in 0...longestLabel where !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar == 0x3A { return true }
            if scalar < 0x80 && scalar != 0x20 || (0x3001...0x3002).contains(scalar) { return false }
        }
        return false
    }

    /// Whether `mark` numbers the next item, which it then is. Several annexes may share a line, so that numbers are left out.
    mutating func take(_ mark: HeadingMark) -> Bool {
        let isNext =
            kind == nil
            ? mark.number == 1 && mark.kind.numbersItems
            : kind == mark.kind && (isOfAnnexes ? mark.number > number : mark.number == number + 1)
        guard isNext else { return false }
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
