/// Titles of English and other essays in Latin letters.
enum SplitterLatin {
    private static let small: Set<String> = [
        "a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "upon",
        "with",
    ]

    /// Whether every word of the line but the small ones begins with a capital, as in titles, and none ends a sentence.
    static func isTitle(_ document: SplitterDocument, _ row: Int) -> Bool {
        let content = document.rows[row].content
        guard content.count <= 90, content.allSatisfy({ document.bytes[$0] < 0x80 }) else { return false }
        let words = document.text(content).split(separator: " ")
        guard words.count <= 12, words.contains(where: { $0.utf8.count > 2 }) else { return false }
        return words.enumerated().allSatisfy { index, word in
            let first = word.utf8.first { $0 != 0x22 && $0 != 0x28 && $0 != 0x27 } ?? 0
            return (0x41...0x5A).contains(first) || (0x30...0x39).contains(first)
                || index > 0 && small.contains(String(word))
        }
    }

    private static let divisions: Set<String> = [
        "chapter", "part", "book", "section", "volume", "canto", "act", "scene", "appendix", "introduction",
        "conclusion", "preface",
        "foreword", "epilogue", "prologue", "notes", "references", "bibliography", "contents", "abstract", "summary",
        "acknowledgements",
    ]

    /// What numbers parts of one work besides those divisions.
    private static let units: Set<String> = [
        "annex", "article", "case", "day", "exercise", "exhibit", "fig", "figure", "lecture", "lesson", "note", "phase",
        "problem", "q", "question",
        "rule", "session", "stage", "step", "table", "task", "theorem", "topic", "unit", "week",
    ]

    /// Whether a name ends with what numbers the parts of one work: `Chapter`, `Step`.
    static func namesDivision(_ name: String) -> Bool {
        guard let word = name.lowercased().split(whereSeparator: { !$0.isLetter }).last.map(String.init) else {
            return false
        }
        return divisions.contains(word) || units.contains(word)
    }

    private static let sections: Set<String> = [
        "api", "background", "configuration", "contributing", "development", "discussion", "examples", "faq",
        "features", "getting started", "install",
        "installation", "license", "licence", "methods", "overview", "quick start", "quickstart", "requirements",
        "results", "roadmap", "testing", "usage",
    ]

    /// Whether a heading names a section of a manual or a paper: `Getting Started`, `Methods`.
    static func isSectionOfManual(_ heading: String) -> Bool { sections.contains(heading.lowercased()) }

    private static let collections: Set<String> = [
        "anthology", "collected", "collection", "essays", "letters", "miscellanies", "papers", "selected", "sermons",
        "sketches", "speeches", "stories",
        "tales", "works", "writings",
    ]

    /// Whether a line names a collection: `Collected Essays`, `LETTERS TO A FRIEND`.
    static func namesCompilation(_ line: String) -> Bool {
        guard line.utf8.contains(where: { (0x61...0x7A).contains($0 | 0x20) }) else { return false }
        return line.lowercased().split(whereSeparator: { !$0.isLetter }).contains { collections.contains(String($0)) }
    }

    private static func romanDigit(_ scalar: UInt32) -> Int? {
        switch scalar {
        case 0x49: 1
        case 0x56: 5
        case 0x58: 10
        case 0x4C: 50
        default: nil
        }
    }

    /// Reads a Roman number in capitals that is a word by itself; nil, with the cursor where it was, if none comes.
    static func romanNumeral(_ cursor: inout ScalarCursor) -> Int? {
        var (value, last, ahead) = (0, Int.max, cursor)
        while let digit = romanDigit(ahead.peek) {
            _ = ahead.next()
            // A smaller digit before a larger one is taken away from it.
            value += digit > last ? digit - 2 * last : digit
            last = digit
        }
        let next = ahead.peek
        guard value > 0, !(0x41...0x5A).contains(next), !(0x61...0x7A).contains(next) else { return nil }
        cursor = ahead
        return value
    }

    private static let spelled = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ]

    /// Reads a number in letters, `One`; nil, with the cursor where it was, if none comes.
    static func spelledNumber(_ cursor: inout ScalarCursor) -> Int? {
        guard (0x45...0x54).contains(cursor.peek) else { return nil }
        var ahead = cursor
        var word = String.UnicodeScalarView()
        while let letter = Unicode.Scalar(ahead.peek), letter.isASCII, letter.properties.isAlphabetic, word.count < 7 {
            word.append(letter)
            _ = ahead.next()
        }
        guard let index = spelled.firstIndex(of: String(word).lowercased()) else { return nil }
        cursor = ahead
        return index + 1
    }

    private static let numbered: Set<String> = [
        "act", "book", "canto", "chap", "chapter", "part", "scene", "section", "stave", "vol", "volume",
    ]

    /// The number of `Chapter III`, `PART ONE: …`, `Book 2`; nil for other lines.
    static func numberedDivision(_ line: String) -> Int? {
        guard line.utf8.count <= 90 else { return nil }
        let words = line.split { !$0.isLetter && !$0.isNumber }
        guard words.count > 1, numbered.contains(words[0].lowercased()) else { return nil }
        if let value = Int(words[1]) { return value }
        var word = String(words[1])
        return word.withUTF8 { bytes in
            var cursor = ScalarCursor(bytes, 0..<bytes.count)
            return romanNumeral(&cursor) ?? spelledNumber(&cursor)
        }
    }

    /// Whether the line is `Chapter III`, `PART ONE: …`, `Conclusion` or a Roman number with or without a name.
    static func isDivision(_ document: SplitterDocument, _ row: Int) -> Bool {
        let line = document.text(document.rows[row].content)
        let words = line.split { !$0.isLetter && !$0.isNumber }
        guard let first = words.first else { return false }
        if first.utf8.allSatisfy({ "IVXLC".utf8.contains($0) }), first.utf8.count > 1 || words.count == 1 {
            return true
        }
        guard divisions.contains(first.lowercased()) else { return false }
        return words.count == 1 || words[1].utf8.count <= 5 || line.utf8.contains(0x3A)
    }
}
