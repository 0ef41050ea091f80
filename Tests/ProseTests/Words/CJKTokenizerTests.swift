import Testing
import TestSupport

@testable import Prose

@Suite struct CJKTokenizerTests {
    /// Tokens joined by `|`, line ends shown as `⏎`, white space as `␣`.
    private func show(_ text: String) -> String {
        CJKTokenizer.tokens(of: text.utf8)
            .map { $0 == [0x0A] ? "⏎" : $0 == [0x20] ? "␣" : String(decoding: $0, as: UTF8.self) }
            .joined(separator: "|")
    }

    /// Written as code points, so that no comparison leans on canonical equivalence.
    private func hex(_ text: String) -> [[UInt32]] {
        CJKTokenizer.tokens(of: text.utf8).map { String(decoding: $0, as: UTF8.self).unicodeScalars.map(\.value) }
    }

    @Test func hanKanaAndHangulStandAloneWordsAreRuns() {
        #expect(show("使用Swift6编写カタかな한국") == "使|用|swift6|编|写|カ|タ|か|な|한|국")
        #expect(show("𠀀㐀豈〇々") == "𠀀|㐀|岂|〇|々")
    }

    @Test func caseAndDiacriticsAreFolded() {
        #expect(show("École NAÏVE Straße Œuvre Łódź") == "ecole|naive|strasse|oeuvre|lodz")
        #expect(show("Ἀθῆναι ΟΔΟΣ οδός") == "αθηναι|οδοσ|οδοσ")
        #expect(show("Ёлка МОСКВА") == "елка|москва")
        #expect(show("ﬁne Ⅳ m² Å 5ᵗʰ") == "fine|iv|m2|a|5th")
        #expect(show("①™") == "①|™")
    }

    @Test func composedAndDecomposedFormsAreOne() {
        for (composed, decomposed) in [
            ("\u{E9}t\u{E9}", "e\u{301}te\u{301}"), ("\u{1F00}", "\u{3B1}\u{313}"), ("\u{30AC}", "\u{30AB}\u{3099}"),
            ("\u{3071}", "\u{306F}\u{309A}"), ("\u{D55C}\u{AD6D}", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"),
            ("\u{8C48}", "\u{F900}"), ("\u{4E00}", "\u{2F00}"),
        ] {
            #expect(hex(composed) == hex(decomposed))
        }
    }

    @Test func widthIsFolded() {
        #expect(show("ＡＢＣ１２３，（！）") == "abc123|,|(|!|)")
        #expect(show("ｶﾞｷﾞﾊﾟｱｰ｡") == "ガ|ギ|パ|ア|ー|。")
    }

    @Test func traditionalIsFoldedToSimplified() {
        #expect(show("發展經濟臺灣後來於裏體國學龍") == "发|展|经|济|台|湾|后|来|于|里|体|国|学|龙")
        // A compatibility ideograph of a traditional character: both steps.
        #expect(show("\u{F902}\u{F9C4}") == "车|龙")
    }

    @Test func marksAreTokensSoThatNothingIsFoundAcrossThem() {
        #expect(show("建设、发展") == "建|设|、|发|展")
        #expect(show("说：“好”。") == "说|:|“|好|”|。")
        #expect(show("3.14 don't") == "3|.|14|don|'|t")
    }

    @Test func lineEndsAreOneTokenWithoutIndents() {
        #expect(show("\n\n　　一\r\n\r\n　　二 \n") == "一|⏎|二|⏎")
        #expect(show("一\u{2028}二\u{85}三") == "一|⏎|二|⏎|三")
    }

    @Test func whiteSpaceCountsBetweenCharactersButNotBesideWords() {
        #expect(show("目　录") == "目|␣|录")
        #expect(show("使用 Swift  编写") == "使|用|swift|编|写")
        #expect(show("one  two") == "one|two")
        #expect(show("One. Two.Three") == "one|.|␣|two|.|three")
        #expect(show("完。 Next") == "完|。|␣|next")
    }

    @Test func unseenCharactersAreNotThere() {
        #expect(show("建\u{200B}设 co\u{AD}op 葛\u{E0100}城\u{FE00}") == "建|设|coop|葛|城")
        #expect(show("\u{FEFF}\u{0}\u{200D}") == "")
    }

    @Test func rangesAreTheBytesThatTokensStandFor() {
        let text = Array("發e\u{301}a ｶﾞ葛\u{E0100}。".utf8)
        var pieces: [String] = []
        text.withUnsafeBufferPointer { buffer in
            CJKTokenizer.tokenize(buffer) { _, _, bytes in
                pieces.append(String(decoding: text[bytes], as: UTF8.self))
                return true
            }
        }
        #expect(pieces.map { Array($0.utf8) } == ["發", "e\u{301}a", "ｶﾞ", "葛\u{E0100}", "。"].map { Array($0.utf8) })
    }

    @Test func stopsWhenToldTo() {
        var count = 0
        Array("一二三".utf8).withUnsafeBufferPointer { buffer in
            CJKTokenizer.tokenize(buffer) { _, _, _ in
                count += 1
                return count < 2
            }
        }
        #expect(count == 2)
    }

    @Test func wordsOfAnyLengthAreCutAlike() {
        let word = String(repeating: "aé", count: 500)
        let tokens = CJKTokenizer.tokens(of: word.utf8)
        #expect(tokens.allSatisfy { $0.count <= TokenScanner.scratchSize })
        #expect(tokens.joined().elementsEqual(String(repeating: "ae", count: 500).utf8))
        #expect(CJKTokenizer.tokens(of: ("字" + word).utf8).dropFirst().elementsEqual(tokens))
        #expect(CJKTokenizer.tokens(of: String(repeating: "Ⅷ", count: 100).utf8).joined().count == 400)
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1, 2])
    func anyBytesGiveAscendingRangesAndValidTokens(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = ["か", "\u{3099}", "한", "ᄀ", "ᅡ", "ᆨ", "e", "\u{301}", "。", " ", "\n", "ß", "𠀀", "😀"].map {
            Array($0.utf8)
        }
        for _ in 0..<2000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<24, using: &random) {
                if Bool.random(using: &random) {
                    text.append(UInt8.random(in: 0...255, using: &random))
                } else {
                    text += pieces.randomElement(using: &random)!
                }
            }
            var end = 0
            text.withUnsafeBufferPointer { buffer in
                CJKTokenizer.tokenize(buffer) { token, _, bytes in
                    #expect(
                        bytes.lowerBound >= end && !bytes.isEmpty && bytes.upperBound <= text.count,
                        "seed \(seed), \(text)")
                    #expect(!token.isEmpty && String(validating: token, as: UTF8.self) != nil, "seed \(seed), \(text)")
                    end = bytes.upperBound
                    return true
                }
            }
        }
    }

    @Test func foldingFoldedTextChangesNothing() {
        for value in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let once = CJKTokenizer.tokens(of: String(scalar).utf8)
            guard once.count == 1 else { continue }
            #expect(CJKTokenizer.tokens(of: once[0]) == once, "U+\(String(value, radix: 16))")
        }
    }

    @Test func traditionalTableIsWellFormed() {
        let traditional = "\(TraditionalFolding.traditional)".unicodeScalars
        let simplified = "\(TraditionalFolding.simplified)".unicodeScalars
        #expect(traditional.count == simplified.count)
        #expect(traditional.count > 2500)
        #expect(zip(traditional, traditional.dropFirst()).allSatisfy { $0 < $1 })
        #expect(traditional.allSatisfy { $0.value < 0x10000 } && simplified.allSatisfy { $0.value < 0x10000 })
    }
}
