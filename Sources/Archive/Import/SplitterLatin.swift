/// Titles of English and other essays in Latin letters.
enum SplitterLatin {
    private static let small: Set<String> = ["a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "upon", "with"]

    /// Whether every word of the line but the small ones begins with a capital, as in titles, and none ends a sentence.
    static func isTitle(_ document: SplitterDocument, _ row: Int) -> Bool {
        let content = document.rows[row].content
        guard content.count <= 90, content.allSatisfy({ document.bytes[$0] < 0x80 }) else { return false }
        let words = document.text(content).split(separator: " ")
        guard words.count <= 12, words.contains(where: { $0.utf8.count > 2 }) else { return false }
        return words.enumerated().allSatisfy { index, word in
            let first = word.utf8.first { $0 != 0x22 && $0 != 0x28 && $0 != 0x27 } ?? 0
            return (0x41...0x5A).contains(first) || (0x30...0x39).contains(first) || index > 0 && small.contains(String(word))
        }
    }

    private static let divisions: Set<String> = [
        "chapter", "part", "book", "section", "volume", "canto", "act", "scene", "appendix", "introduction", "conclusion", "preface",
        "foreword", "epilogue", "prologue", "notes", "references", "bibliography", "contents", "abstract", "summary", "acknowledgements",
    ]

    /// Whether the line is `Chapter III`, `PART ONE: …`, `Conclusion` or a Roman number with or without a name.
    static func isDivision(_ document: SplitterDocument, _ row: Int) -> Bool {
        let line = document.text(document.rows[row].content)
        let words = line.split { !$0.isLetter && !$0.isNumber }
        guard let first = words.first else { return false }
        if first.utf8.allSatisfy({ "IVXLC".utf8.contains($0) }), first.utf8.count > 1 || words.count == 1 { return true }
        guard divisions.contains(first.lowercased()) else { return false }
        return words.count == 1 || words[1].utf8.count <= 5 || line.utf8.contains(0x3A)
    }
}
