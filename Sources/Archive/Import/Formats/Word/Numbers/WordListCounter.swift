/// Counts the numbered paragraphs of a Word document, in the order of the text.
struct WordListCounter {
    enum Label: Equatable {
        /// As it is shown, with what separates it from the text.
        case number(String)
        case bullet(level: Int)
    }

    private let numbering: WordNumbering
    private let styles: WordStyles
    private var lists: [String: WordNumbering.List?] = [:]
    /// By definition: the numbers that the levels are at.
    private var counts: [String: [Int: Int]] = [:]
    /// Lists that have begun with a number of their own, with the level.
    private var begun: Set<String> = []

    init(_ numbering: WordNumbering, _ styles: WordStyles) {
        self.numbering = numbering
        self.styles = styles
    }

    /// The label of the next paragraph; `nil` if it has none.
    /// - Parameters:
    ///   - direct: what the paragraph itself says.
    ///   - style: the paragraph's style.
    mutating func label(_ direct: WordStyles.Numbering, style: String?) -> Label? {
        let inherited = styles.numbering(of: style)
        guard let id = direct.list ?? inherited.list, id != "0", let list = list(id) else { return nil }
        let chain = styles.chain(style)
        let byStyle = list.levels.first { level in level.value.style.map(chain.contains) ?? false }?.key
        let number = direct.level ?? (direct.list == nil ? byStyle ?? inherited.level : inherited.level ?? byStyle) ?? 0
        guard let level = list.levels[number] else { return nil }
        count(number, level, list, id)
        if level.format.isBullet, !Self.isWord(level.text) { return .bullet(level: number) }
        let text = shown(level, list)
        return text.isEmpty ? nil : .number(text + Self.separator(level.suffix, after: text))
    }

    private mutating func list(_ id: String) -> WordNumbering.List? {
        if let known = lists[id] { return known }
        let list = numbering.list(id, styles)
        lists[id] = .some(list)
        return list
    }

    private mutating func count(_ number: Int, _ level: WordNumbering.Level, _ list: WordNumbering.List, _ id: String) {
        var current = counts[list.definition] ?? [:]
        if let start = list.starts[number], begun.insert("\(id) \(number)").inserted {
            current[number] = start
        } else {
            current[number] = current[number].map { $0 + 1 } ?? list.starts[number] ?? level.start
        }
        for deeper in current.keys where deeper > number {
            let restart = list.levels[deeper]?.restart
            if restart.map({ number < $0 }) ?? true { current[deeper] = nil }
        }
        counts[list.definition] = current
    }

    /// The level's text with numbers in it.
    private func shown(_ level: WordNumbering.Level, _ list: WordNumbering.List) -> String {
        var text = ""
        var rest = level.text[...]
        while let character = rest.popFirst() {
            guard character == "%", let digit = rest.first?.wholeNumberValue, digit > 0 else {
                text.append(character)
                continue
            }
            rest.removeFirst()
            guard let other = list.levels[digit - 1] else { continue }
            // A level that had no paragraph yet counts as begun.
            let number = counts[list.definition]?[digit - 1] ?? list.starts[digit - 1] ?? other.start
            text += level.isLegal && other.format.name != "none" ? "\(number)" : other.format.text(number)
        }
        return text
    }

    /// Whether a bullet is a word, such as 注：.
    private static func isWord(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.isIdeographic }
    }

    /// A tab becomes a blank, and nothing after a mark that is as wide as a character.
    private static func separator(_ suffix: String, after text: String) -> String {
        switch suffix {
        case "nothing": ""
        case "space": " "
        default: text.unicodeScalars.last.map(isWide) == true ? "" : " "
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2460...0x24FF, 0x3000...0x303F, 0x3200...0x32FF, 0xFF00...0xFF60: true
        default: false
        }
    }
}
