import Foundation
import Testing
import TestSupport

@testable import Archive
@testable import Prose

/// Characters of Rich Text Format, which are written in many ways.
@Suite struct RichTextTests {
    private func rewritten(_ document: String) -> String {
        String(decoding: RTFCharacters(Array(document.utf8), encoding: nil).bytes, as: UTF8.self)
    }

    /// The text of a document, through pandoc.
    private func text(_ document: String) throws -> String {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(document, to: "a.rtf")
        return try archive.text(folder.importing("a.rtf", to: archive).items[0].id)
    }

    @Test(arguments: [
        ("\\u20154?b", "\\u20154 b"), ("\\uc2\\u20154\\'c8\\'cb0", "\\uc0 \\u20154 0"),
        ("\\uc0\\u20154 b", "\\uc0 \\u20154 b"),
        ("\\u-25000?b", "\\u-25000 b"), ("\\u20154\\'3f\\u20155?", "\\u20154 \\u20155 "),
        ("\\uc3\\u20154???b", "\\uc0 \\u20154 b"),
        ("{\\uc2\\u20154??{\\u20155??c}}\\u20156?d", "{\\uc0 \\u20154 {\\u20155 c}}\\u20156 d"),
        ("\\u20154\\emdash b", "\\u20154 b"),
        ("\\u20154\\~b", "\\u20154 b"), ("\\uc2\\u20154 a}b", "\\uc0 \\u20154 }b"),
        ("\\u20154{\\b c}", "\\u20154 {\\b c}"),
        ("\\uc1\\u20154\\u20155?", "\\uc0 \\u20154 \\u20155 "), ("\\uc1\\u20154\n?b", "\\uc0 \\u20154 b"),
        ("\\u20154\\bin2 ??b", "\\u20154 b"),
        ("\\u-10180?b", "?b"), ("caf\\'e9\\'93", "caf\\u233 \\u8220 "), ("\\b\\uc1 x", "\\b\\uc0 x"),
        ("\\bin4 \\u1?b", "\\bin4 \\u1?b"),
        ("\\uc99999\\u20154 all of it", "\\uc0 \\u20154 "), ("\\u99999999999999999999?b", "?b"),
        ("\\uc1\\u0?b", "\\uc0 ?b"),
    ]) func unicodeIsWrittenWithoutReplacements(document: String, expected: String) {
        #expect(rewritten(document) == expected)
    }

    @Test func aCodePagesBytesAreWrittenAsUnicodeAndBrokenOnesEachByItself() {
        #expect(rewritten("{\\rtf1\\ansicpg936 \\'c8\\'cb}") == "{\\rtf1\\uc0 \\ansicpg936 \\u20154 }")
        #expect(rewritten("\\ansicpg936 \\'c8\\'cb\\'ff\\'c8\\'cb") == "\\ansicpg936 \\u20154 \\u255 \\u20154 ")
        // Binary data, escapes and what is cut off pass through.
        for odd in [
            "{\\rtf1\\ansicpg936 \\{\\'81\\'20\\bin3 \\'b\\\\ \\'zz\\'", "\\", "\\u", "\\u-", "\\uc", "\\'8",
            "\\bin99999999999 x",
        ] {
            _ = rewritten(odd)
        }
    }

    @Test func pairsOfSurrogatesAreOneCharacterAndPrivateOnesStay() throws {
        let document = "{\\rtf1\\ansi a\\u-10179?\\u-8704?b\\u-1792?c{\\uc2\\u-10179??\n\\u-8703??}\\u128514?d}"
        #expect(try text(document) == "a😀b\u{F900}c😁😂d\n")
        #expect(try text("{\\rtf1\\ansi a\\u-1793?\\u-10179?\\u-8704?b}") == "a\u{F8FF}😀b\n")
    }

    /// Whatever way a writer takes for a character, no character is dropped or doubled.
    @Test(arguments: [936, 950, 1252]) func randomRichTextComesOutWhole(codePage: Int) throws {
        var random = SeededGenerator(seed: UInt64(codePage))
        let page = [936: "GB18030", 950: "BIG5", 1252: "CP1252"][codePage]!
        let characters = Array("人民政府工作报告二〇一九年資金萬元麵😀𠮷aZ019é“龍".unicodeScalars)
        var expected: [String] = []
        var document = "{\\rtf1\\ansi\\ansicpg\(codePage)\\deff0{\\fonttbl{\\f0\\fnil SimSun;}}\\f0\n"
        for _ in 0..<300 {
            var writer = RandomRichText(page: page)
            var line = "山"
            writer.write("山", &random)
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                let scalar = characters.randomElement(using: &random)!
                line.unicodeScalars.append(scalar)
                writer.write(scalar, &random)
            }
            expected.append(line)
            document += "{\\uc1 " + writer.closed() + "}\\par\n"
        }
        let lines = try text(document + "}").split(separator: "\n").map(String.init)
        #expect(lines.count == expected.count)
        for (line, wanted) in zip(lines, expected) { #expect(line == wanted) }
    }
}

/// Writes characters in ways that the specification allows.
private struct RandomRichText {
    let page: String
    private var output = ""
    private var replacements = [1]

    init(page: String) { self.page = page }

    mutating func write(_ scalar: Unicode.Scalar, _ random: inout SeededGenerator) {
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            output += "{"
            replacements.append(replacements.last!)
        case 1 where replacements.count > 1:
            output += "}"
            replacements.removeLast()
        case 2:
            let count = Int.random(in: 0...4, using: &random)
            output += "\\uc\(count)" + [" ", "\n"].randomElement(using: &random)!
            replacements[replacements.count - 1] = count
        default: break
        }
        let bytes = Transcoding.encode(String(Character(scalar)), page)
        if scalar.isASCII, Bool.random(using: &random) {
            output.unicodeScalars.append(scalar)
        } else if let bytes, Bool.random(using: &random) {
            output += bytes.map { "\\'" + Hex.encode([$0]) }.joined()
        } else {
            for unit in String(Character(scalar)).utf16 { output += unicode(unit, &random) }
        }
    }

    private func unicode(_ unit: UInt16, _ random: inout SeededGenerator) -> String {
        let replacement = (0..<replacements.last!).map { _ in
            ["?", "\\'3f", "\\'c8", "\\emdash ", "\\~", "\\'5c", "x", "\\{", "7"].randomElement(using: &random)!
        }.joined()
        return "\\u\(Bool.random(using: &random) ? Int(Int16(bitPattern: unit)) : Int(unit)) " + replacement
    }

    func closed() -> String { output + String(repeating: "}", count: replacements.count - 1) }
}
