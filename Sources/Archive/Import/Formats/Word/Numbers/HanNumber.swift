/// Numbers in Chinese characters, and in what Japan and Korea made of them.
struct HanNumber {
    private let digits: [Character]
    /// Ten, a hundred, a thousand, ten thousand.
    private let units: [Character]
    /// Whether 十 is said as 一十 also where nothing stands before it.
    private var saysOneTen = false
    /// Whether 一 before 百 and 千 is left out, too, and so is 零.
    private var isJapanese = false
    /// Above this, digits follow one another.
    private var greatest = 99_999
    private var zeroDigit: Character?

    private init(_ digits: String, _ units: String) {
        self.digits = Array(digits)
        self.units = Array(units)
    }

    /// By the names of ISO/IEC 29500-1, 17.18.59.
    static let formats: [String: HanNumber] = {
        let thousand = HanNumber("零一二三四五六七八九", "十百千万")
        var traditional = HanNumber("零一二三四五六七八九", "十百千萬")
        var upToHundred = thousand
        (upToHundred.greatest, upToHundred.zeroDigit) = (99, "○")
        var legal = HanNumber("零壹贰叁肆伍陆柒捌玖", "拾佰仟万")
        legal.saysOneTen = true
        var traditionalLegal = HanNumber("零壹貳參肆伍陸柒捌玖", "拾佰仟萬")
        traditionalLegal.saysOneTen = true
        var japanese = HanNumber("〇一二三四五六七八九", "十百千万")
        japanese.isJapanese = true
        var japaneseLegal = HanNumber("〇壱弐参四伍六七八九", "拾百阡萬")
        japaneseLegal.saysOneTen = true
        var korean = HanNumber("영일이삼사오육칠팔구", "십백천만")
        korean.isJapanese = true
        traditional.saysOneTen = false
        return [
            "chineseCountingThousand": thousand, "chineseCounting": upToHundred, "taiwaneseCounting": upToHundred,
            "taiwaneseCountingThousand": traditional, "chineseLegalSimplified": legal,
            "ideographLegalTraditional": traditionalLegal, "japaneseCounting": japanese, "japaneseLegal": japaneseLegal,
            "koreanCounting": korean, "koreanLegal": korean,
        ]
    }()

    func text(_ number: Int) -> String {
        guard number > 0 else { return String(zeroDigit ?? digits[0]) }
        guard number <= greatest else {
            return String(
                "\(number)".compactMap(\.wholeNumberValue).map { $0 == 0 ? zeroDigit ?? digits[0] : digits[$0] })
        }
        let (high, low) = (number / 10_000, number % 10_000)
        guard high > 0 else { return group(low, isFirst: true) }
        let gap = low > 0 && low < 1000 && !isJapanese ? String(digits[0]) : ""
        return group(high, isFirst: true) + String(units[3]) + gap + (low > 0 ? group(low, isFirst: false) : "")
    }

    /// A number below ten thousand.
    private func group(_ number: Int, isFirst: Bool) -> String {
        var text = ""
        var isGap = false
        for (power, unit) in [(1000, 2), (100, 1), (10, 0), (1, -1)] {
            let digit = number / power % 10
            guard digit > 0 else {
                isGap = isGap || !text.isEmpty
                continue
            }
            if isGap, !isJapanese { text.append(digits[0]) }
            isGap = false
            let isLeftOut =
                digit == 1 && power > 1 && (isJapanese || power == 10 && !saysOneTen && isFirst && text.isEmpty)
            if !isLeftOut { text.append(digits[digit]) }
            if unit >= 0 { text.append(units[unit]) }
        }
        return text
    }
}

/// Numbers in English words, as Word writes them in lists: `One`, `Twenty-first`.
enum EnglishNumber {
    static func cardinal(_ number: Int) -> String { capitalized(words(number)) }

    static func ordinal(_ number: Int) -> String {
        let text = words(number)
        let last = text.split(whereSeparator: { $0 == " " || $0 == "-" }).last.map(String.init) ?? text
        let ordinal = irregular[last] ?? (last.hasSuffix("y") ? last.dropLast() + "ieth" : last + "th")
        return capitalized(text.dropLast(last.count) + ordinal)
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func words(_ number: Int) -> String {
        switch number {
        case 0..<20: return small[number]
        case 20..<100:
            return tens[number / 10 - 2] + (number % 10 > 0 ? "-" + small[number % 10] : "")
        case 100..<1000:
            return small[number / 100] + " hundred" + (number % 100 > 0 ? " " + words(number % 100) : "")
        case 1000..<1_000_000:
            return words(number / 1000) + " thousand" + (number % 1000 > 0 ? " " + words(number % 1000) : "")
        default: return "\(number)"
        }
    }

    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    private static let irregular = [
        "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
        "twelve": "twelfth",
    ]
}
