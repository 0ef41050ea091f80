/// How a number is written in a list (ISO/IEC 29500-1, 17.18.59, ST_NumberFormat), as Word shows it.
struct WordNumberFormat {
    /// The name in the document.
    let name: String
    /// The first item of a format of the document's own, such as `001`.
    var custom: String?

    var isBullet: Bool { name == "bullet" }

    /// - Parameter number: 0 or more.
    func text(_ number: Int) -> String {
        switch name {
        case "none": return ""
        case "decimalZero": return Self.padded(number, 2)
        case "custom": return Self.padded(number, custom?.count ?? 1)
        case "upperRoman": return Self.roman(number)
        case "lowerRoman": return Self.roman(number).lowercased()
        case "numberInDash": return "- \(number) -"
        case "ordinal": return Self.ordinal(number)
        case "hex": return String(number, radix: 16, uppercase: true)
        case "cardinalText": return EnglishNumber.cardinal(number)
        case "ordinalText": return EnglishNumber.ordinal(number)
        case "chicago": return Self.chicago(number)
        default: break
        }
        if let counting = HanNumber.formats[name] { return counting.text(number) }
        if let digits = Self.digits[name] { return Self.positional(number, digits) }
        if let series = Self.repeated[name] { return Self.repeating(number, series) }
        if let series = Self.series[name], (1...series.count).contains(number) { return String(series[number - 1]) }
        if name == "ideographZodiacTraditional" { return Self.sexagenary(number) }
        return "\(number)"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func positional(_ number: Int, _ digits: [Character]) -> String {
        String("\(number)".compactMap(\.wholeNumberValue).map { digits[$0] })
    }

    /// A to Z, AA to ZZ, AAA and so on.
    private static func repeating(_ number: Int, _ series: [Character]) -> String {
        guard number > 0 else { return "\(number)" }
        let count = (number - 1) / series.count + 1
        return String(repeating: series[(number - 1) % series.count], count: min(count, 100))
    }

    private static func roman(_ number: Int) -> String {
        guard (1..<10_000).contains(number) else { return "\(number)" }
        var (rest, text) = (number, "")
        for (value, letters) in romanValues {
            while rest >= value {
                text += letters
                rest -= value
            }
        }
        return text
    }

    private static func ordinal(_ number: Int) -> String {
        let ending = (11...13).contains(number % 100) ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th"
        return "\(number)\(ending)"
    }

    private static func chicago(_ number: Int) -> String {
        guard number > 0 else { return "\(number)" }
        let signs: [Character] = ["*", "†", "‡", "§"]
        return String(repeating: signs[(number - 1) % 4], count: min((number - 1) / 4 + 1, 100))
    }

    /// 甲子 to 癸亥.
    private static func sexagenary(_ number: Int) -> String {
        guard (1...60).contains(number) else { return "\(number)" }
        return "\(stems[(number - 1) % 10])\(branches[(number - 1) % 12])"
    }

    private static let romanValues = [
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
        (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ]
    private static let stems = Array("甲乙丙丁戊己庚辛壬癸")
    private static let branches = Array("子丑寅卯辰巳午未申酉戌亥")

    /// Digits one by one.
    private static let digits: [String: [Character]] = [
        "decimalFullWidth": Array("０１２３４５６７８９"), "decimalFullWidth2": Array("０１２３４５６７８９"),
        "ideographDigital": Array("〇一二三四五六七八九"), "japaneseDigitalTenThousand": Array("〇一二三四五六七八九"),
        "taiwaneseDigital": Array("○一二三四五六七八九"), "koreanDigital": Array("영일이삼사오육칠팔구"),
        "koreanDigital2": Array("零一二三四五六七八九"), "thaiNumbers": Array("๐๑๒๓๔๕๖๗๘๙"), "hindiNumbers": Array("०१२३४५६७८९"),
    ]

    /// Letters, doubled after the last one.
    private static let repeated: [String: [Character]] = [
        "upperLetter": Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "lowerLetter": Array("abcdefghijklmnopqrstuvwxyz"),
        "russianLower": Array("абвгдежзиклмнопрстуфхцчшщыэюя"), "russianUpper": Array("АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ"),
        "thaiLetters": Array("กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"),
    ]

    /// Signs of which there are only so many; decimal numbers after them.
    private static let series: [String: [Character]] = [
        "decimalEnclosedCircle": Array("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
        "decimalEnclosedCircleChinese": Array("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
        "decimalEnclosedFullstop": Array("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
        "decimalEnclosedParen": Array("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
        "ideographEnclosedCircle": Array("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"), "ideographTraditional": stems, "ideographZodiac": branches,
        "ganada": Array("가나다라마바사아자차카타파하"), "chosung": Array("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
        "aiueo": Array("ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"),
        "aiueoFullWidth": Array("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"),
        "iroha": Array("ｲﾛﾊﾆﾎﾍﾄﾁﾘﾇﾙｦﾜｶﾖﾀﾚｿﾂﾈﾅﾗﾑｳヰﾉｵｸﾔﾏｹﾌｺｴﾃｱｻｷﾕﾒﾐｼヱﾋﾓｾｽﾝ"),
        "irohaFullWidth": Array("イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"),
    ]
}
