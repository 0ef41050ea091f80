import Testing

@testable import Archive

@Suite struct WordNumberFormatTests {
    @Test(arguments: [
        ("decimal", 12, "12"), ("decimalZero", 3, "03"), ("decimalZero", 12, "12"), ("upperRoman", 49, "XLIX"),
        ("lowerRoman", 1994, "mcmxciv"), ("upperLetter", 26, "Z"), ("lowerLetter", 27, "aa"),
        ("lowerLetter", 53, "aaa"),
        ("ordinal", 1, "1st"), ("ordinal", 12, "12th"), ("ordinal", 23, "23rd"), ("cardinalText", 21, "Twenty-one"),
        ("ordinalText", 12, "Twelfth"), ("ordinalText", 20, "Twentieth"), ("numberInDash", 3, "- 3 -"),
        ("hex", 255, "FF"),
        ("chicago", 6, "††"), ("decimalFullWidth", 10, "１０"), ("decimalEnclosedCircle", 20, "⑳"),
        ("decimalEnclosedCircleChinese", 3, "③"), ("decimalEnclosedCircle", 21, "21"),
        ("decimalEnclosedFullstop", 2, "⒉"),
        ("decimalEnclosedParen", 4, "⑷"), ("none", 4, ""), ("chineseCounting", 10, "十"), ("chineseCounting", 21, "二十一"),
        ("chineseCounting", 101, "一○一"), ("chineseCountingThousand", 10, "十"), ("chineseCountingThousand", 11, "十一"),
        ("chineseCountingThousand", 110, "一百一十"), ("chineseCountingThousand", 101, "一百零一"),
        ("chineseCountingThousand", 1001, "一千零一"), ("chineseCountingThousand", 10_010, "一万零一十"),
        ("chineseCountingThousand", 2020, "二千零二十"), ("ideographDigital", 10, "一〇"), ("ideographDigital", 2031, "二〇三一"),
        ("japaneseCounting", 111, "百十一"), ("japaneseCounting", 2, "二"), ("taiwaneseCounting", 15, "十五"),
        ("taiwaneseCountingThousand", 101, "一百零一"), ("taiwaneseDigital", 20, "二○"),
        ("chineseLegalSimplified", 10, "壹拾"),
        ("chineseLegalSimplified", 305, "叁佰零伍"), ("ideographLegalTraditional", 3, "參"), ("japaneseLegal", 2, "弐"),
        ("ideographTraditional", 10, "癸"), ("ideographZodiac", 12, "亥"), ("ideographZodiacTraditional", 13, "丙子"),
        ("ideographTraditional", 11, "11"), ("ideographEnclosedCircle", 3, "㊂"), ("koreanDigital", 12, "일이"),
        ("ganada", 2, "나"), ("aiueoFullWidth", 1, "ア"), ("irohaFullWidth", 3, "ハ"), ("russianLower", 2, "б"),
        ("nobodyKnowsThis", 7, "7"),
    ])
    func numbersAreWrittenAsWordShowsThem(_ name: String, _ number: Int, _ shown: String) {
        #expect(WordNumberFormat(name: name).text(number) == shown)
    }

    @Test func aFormatOfOnesOwnIsPadded() {
        #expect(WordNumberFormat(name: "custom", custom: "001").text(7) == "007")
        #expect(WordNumberFormat(name: "custom", custom: nil).text(7) == "7")
    }

    @Test func noFormatFailsOnAnyNumber() {
        let names = [
            "decimal", "upperRoman", "lowerLetter", "chineseCounting", "chineseCountingThousand", "cardinalText",
            "ordinalText", "chicago", "ideographZodiacTraditional", "decimalEnclosedCircle", "japaneseCounting", "hex",
        ]
        for name in names {
            for number in [0, 1, 99, 100, 9999, 10_000, 99_999, 100_000, 1_000_000] {
                #expect(!WordNumberFormat(name: name).text(number).isEmpty, "\(name) \(number)")
            }
        }
    }
}
