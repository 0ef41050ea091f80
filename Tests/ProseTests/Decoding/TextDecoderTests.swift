import Testing
import TestSupport

@testable import Prose

@Suite struct TextDecoderTests {
    /// 国家经济发展 in GB18030 and Big5, made with iconv.
    static let gb: [UInt8] = [0xB9, 0xFA, 0xBC, 0xD2, 0xBE, 0xAD, 0xBC, 0xC3, 0xB7, 0xA2, 0xD5, 0xB9, 0xA1, 0xA3]
    static let big5: [UInt8] = [0xB0, 0xEA, 0xAE, 0x61, 0xB8, 0x67, 0xC0, 0xD9, 0xB5, 0x6F, 0xAE, 0x69, 0xA1, 0x43]

    private func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { bigEndian ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    @Test func validUTF8IsReturnedAsItIs() throws {
        let text = Array("国家 plain 😀\r\n".utf8)
        #expect(try TextDecoder.decode(text) == DecodedText(bytes: text, encoding: .utf8, hadByteOrderMark: false))
        #expect(try TextDecoder.decode([]).bytes.isEmpty)
    }

    @Test func byteOrderMarksDecideAndAreRemoved() throws {
        let utf8 = try TextDecoder.decode([0xEF, 0xBB, 0xBF] + Array("国".utf8))
        #expect(utf8.bytes == Array("国".utf8) && utf8.hadByteOrderMark)
        let little = try TextDecoder.decode([0xFF, 0xFE] + utf16("国家", bigEndian: false))
        #expect(little.bytes == Array("国家".utf8) && little.encoding == .utf16LittleEndian && little.hadByteOrderMark)
        let big = try TextDecoder.decode([0xFE, 0xFF] + utf16("国家", bigEndian: true))
        #expect(big.bytes == Array("国家".utf8) && big.encoding == .utf16BigEndian)
    }

    @Test func legacyChineseIsRecognised() throws {
        let simplified = try TextDecoder.decode(Self.gb)
        #expect(simplified.encoding == .gb18030 && simplified.bytes == Array("国家经济发展。".utf8))
        let traditional = try TextDecoder.decode(Self.big5)
        #expect(traditional.encoding == .big5HKSCS && traditional.bytes == Array("國家經濟發展。".utf8))
    }

    @Test func utf16WithoutMarkIsRecognised() throws {
        for bigEndian in [false, true] {
            for text in ["我们要坚持国家的发展方向，", "plain English text"] {
                let decoded = try TextDecoder.decode(utf16(text, bigEndian: bigEndian))
                #expect(decoded.bytes == Array(text.utf8))
                #expect(decoded.encoding == (bigEndian ? .utf16BigEndian : .utf16LittleEndian))
            }
        }
    }

    @Test func accentedLatinIsNotTakenForChinese() throws {
        let french: [UInt8] =
            Array("L'".utf8) + [0xE9] + Array("t".utf8) + [0xE9] + Array(" dernier, ma s".utf8) + [0x9C]
            + Array("ur.".utf8)
        let decoded = try TextDecoder.decode(french)
        #expect(decoded.encoding == .windows1252)
        #expect(decoded.bytes == Array("L'été dernier, ma sœur.".utf8))
    }

    @Test func aGivenEncodingIsObeyedStrictly() throws {
        #expect(try TextDecoder.decode(Self.gb, as: .gb18030).bytes == Array("国家经济发展。".utf8))
        let error = #expect(throws: TextDecodingError.self) { try TextDecoder.decode(Self.gb, as: .utf8) }
        #expect(error?.reason == .invalid(.utf8) && error?.offset == 0 && error?.bestGuess == .gb18030)
    }

    @Test func theGuessForAWrongEncodingIsUTF8WhereItIsThat() {
        let text = Array("山中有一条石阶路，共三百级，是前人修的。".utf8)
        for encoding in TextEncoding.allCases where encoding != .utf8 {
            let error = #expect(throws: TextDecodingError.self) {
                try TextDecoder.decode(text + text + [0xE5, 0xB1, 0xB1], as: encoding)
            }
            if case .invalid = error?.reason { #expect(error?.bestGuess == .utf8, "\(encoding)") }
        }
    }

    @Test func aByteOrderMarkSaysTheOrderOfUTF16() throws {
        for bigEndian in [false, true] {
            let decoded = try TextDecoder.decode(
                utf16("\u{FEFF}春水", bigEndian: bigEndian), as: TextEncoding(name: "utf-16"))
            #expect(
                decoded.bytes == Array("春水".utf8)
                    && decoded.encoding == (bigEndian ? .utf16BigEndian : .utf16LittleEndian))
        }
    }

    @Test func noTextHoldsNUL() throws {
        for encoding in TextEncoding.allCases {
            let isUTF16 = encoding == .utf16LittleEndian || encoding == .utf16BigEndian
            let bytes = isUTF16 ? utf16("ab\0c", bigEndian: encoding == .utf16BigEndian) : Array("ab\0c".utf8)
            let error = #expect(throws: TextDecodingError.self) { try TextDecoder.decode(bytes, as: encoding) }
            #expect(error?.reason == .binary("binary data") && error?.offset == (isUTF16 ? 4 : 2), "\(encoding)")
        }
        #expect(throws: TextDecodingError.self) { try TextDecoder.decode(utf16("\u{FEFF}山\0路", bigEndian: true)) }
    }

    @Test func encodingsThatAreNotReadAreRefusedByName() {
        let esc = "\u{1B}"
        let texts: [(String, [UInt8])] = [
            ("UTF-32", [0xFF, 0xFE, 0, 0, 0x71, 0x5C, 0, 0]), ("UTF-32", [0, 0, 0xFE, 0xFF, 0, 0, 0x5C, 0x71]),
            ("HZ", Array("~{I=OB~}\n".utf8)),
            ("ISO-2022-JP", Array("\(esc)$B;3\(esc)(B\n".utf8)),
            ("ISO-2022-KR", Array("\(esc)$)C\u{0E}G1\u{0F}\n".utf8)),
        ]
        for (name, bytes) in texts {
            let error = #expect(throws: TextDecodingError.self) { try TextDecoder.decode(bytes) }
            #expect(error?.reason == .foreign(name))
        }
        #expect(throws: Never.self) { try TextDecoder.decode(Array("a ~{ b ~} \(esc)[1mc\(esc)[0m".utf8)) }
    }

    @Test func japaneseInEUCIsToldFromChinese() throws {
        // 山の道はとても長いのです、石が三百あります。 in EUC-JP, made with iconv.
        let japanese: [UInt8] = [
            0xBB, 0xB3, 0xA4, 0xCE, 0xC6, 0xBB, 0xA4, 0xCF, 0xA4, 0xC8, 0xA4, 0xC6, 0xA4, 0xE2, 0xC4, 0xB9, 0xA4, 0xA4,
            0xA4, 0xCE, 0xA4, 0xC7, 0xA4, 0xB9, 0xA1, 0xA2, 0xC0, 0xD0, 0xA4, 0xAC, 0xBB, 0xB0, 0xC9, 0xB4, 0xA4, 0xA2,
            0xA4, 0xEA, 0xA4, 0xDE, 0xA4, 0xB9, 0xA1, 0xA3,
        ]
        let decoded = try TextDecoder.decode(japanese)
        #expect(decoded.encoding == .eucJP && decoded.bytes == Array("山の道はとても長いのです、石が三百あります。".utf8))
        // 中文 and more in Big5, of which every byte could be kana.
        #expect(try TextDecoder.decode([0xA4, 0xA4, 0xA4, 0xE5]).bytes == Array("中文".utf8))
    }

    @Test func charactersOfOlderGB18030AreRead() throws {
        // U+9FB4, U+9FBB, U+FE10 and U+FE19 in four bytes.
        let bytes: [UInt8] = [
            0x82, 0x35, 0x90, 0x37, 0x82, 0x35, 0x91, 0x34, 0x84, 0x31, 0x82, 0x36, 0x84, 0x31, 0x83, 0x35,
        ]
        #expect(
            try TextDecoder.decode(Self.gb + bytes + Self.gb, as: .gb18030).bytes
                == Array("国家经济发展。\u{9FB4}\u{9FBB}\u{FE10}\u{FE19}国家经济发展。".utf8))
        #expect(throws: TextDecodingError.self) { try TextDecoder.decode([0x82, 0x35, 0x90], as: .gb18030) }
    }

    @Test func aBreakIsReportedWithItsOffset() {
        let damaged = Array("我们的国家".utf8) + [0xFF] + Array("发展".utf8)
        let error = #expect(throws: TextDecodingError.self) { try TextDecoder.decode(damaged) }
        #expect(error?.reason == .invalid(.utf8) && error?.offset == 15)
        let cut = Self.gb.dropLast()
        let end = #expect(throws: TextDecodingError.self) { try TextDecoder.decode(Array(cut), as: .gb18030) }
        #expect(end?.offset == 12)
    }

    @Test func binaryFilesAreRefusedByName() {
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
        let error = #expect(throws: TextDecodingError.self) { try TextDecoder.decode(png) }
        #expect(error?.reason == .binary("a PNG image"))
        #expect(error?.description.contains("convert") == false)
        #expect(throws: TextDecodingError.self) { try TextDecoder.decode([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0]) }
        #expect(throws: TextDecodingError.self) { try TextDecoder.decode(Array("%PDF-1.7".utf8)) }
    }

    @Test func randomBytesAreNeverDecodedToInvalidText() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let data = (0..<Int.random(in: 1...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            guard let decoded = try? TextDecoder.decode(data) else { continue }
            #expect(UTF8Validation.firstInvalidByte(in: decoded.bytes) == nil, "seed \(seed)")
        }
    }

    @Test func illFormedUTF8IsFoundWhereItBegins() {
        #expect(UTF8Validation.firstInvalidByte(in: [0x61, 0xC0, 0x80]) == 1)
        #expect(UTF8Validation.firstInvalidByte(in: [0xED, 0xA0, 0x80]) == 0)
        #expect(UTF8Validation.firstInvalidByte(in: [0xF4, 0x90, 0x80, 0x80]) == 0)
        #expect(UTF8Validation.firstInvalidByte(in: [0xE5, 0x9B]) == 0)
        #expect(UTF8Validation.firstInvalidByte(in: Array("aé国😀".utf8)) == nil)
    }

    @Test func looseNamesOfEncodingsAreUnderstood() {
        #expect(TextEncoding(name: "GBK") == .gb18030 && TextEncoding(name: "gb2312") == .gb18030)
        #expect(TextEncoding(name: "Big5") == .big5HKSCS && TextEncoding(name: "UTF16") == .utf16LittleEndian)
        #expect(TextEncoding(name: "Shift-JIS") == .shiftJIS && TextEncoding(name: "cp1252") == .windows1252)
        #expect(TextEncoding(name: "klingon") == nil)
        for encoding in TextEncoding.allCases { #expect(TextEncoding(name: encoding.rawValue) == encoding) }
    }

    /// A byte or two that are no UTF-8 make a character of some encoding, whatever they are. `?` stands for these bytes.
    @Test(arguments: [
        ("abc ? def", "C0AF"), ("a?b", "C0AF"), ("?\n", "C0AF"), ("../?etc/passwd in a path", "C0AEC0AEC0AF"),
        ("A long line of English, which says nothing else, ? and goes on.", "B0A1"),
        ("One ? and again ? and again ?", "C0AF"),
    ]) func `a stray character among letters is no evidence of an encoding`(text: String, stray: String) throws {
        let bytes = try Self.bytes(text, stray)
        let error = #expect(throws: TextDecodingError.self) { try TextDecoder.decode(bytes) }
        #expect(error?.reason == .undetermined && error?.offset == bytes.firstIndex { $0 >= 0x80 })
    }

    /// Short titles and notes, made with iconv.
    @Test(arguments: [
        ("中文", TextEncoding.gb18030, "?", "D6D0CEC4"), ("中文", .big5HKSCS, "?", "A4A4A4E5"),
        ("Hello 世界", .gb18030, "Hello ?", "CAC0BDE7"),
        ("README 说明", .gb18030, "README ?", "CBB5C3F7"), ("한국어", .eucKR, "?", "C7D1B1B9BEEE"),
        ("これは本です", .shiftJIS, "?", "82B182EA82CD967B82C582B7"), ("un été", .windows1252, "un ?t?", "E9"),
    ]) func `short texts of legacy encodings are read`(
        text: String, encoding: TextEncoding, form: String, bytes: String
    ) throws {
        let decoded = try TextDecoder.decode(Self.bytes(form, bytes))
        #expect(String(decoding: decoded.bytes, as: UTF8.self) == text && decoded.encoding == encoding)
    }

    private static func bytes(_ text: String, _ hex: String) throws -> [UInt8] {
        let bytes = try #require(Hex.decode(hex.lowercased()))
        return text.utf8.flatMap { $0 == UInt8(ascii: "?") ? Array(bytes) : [$0] }
    }
}
