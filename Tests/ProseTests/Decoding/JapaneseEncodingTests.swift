import Testing
import TestSupport

@testable import Prose

/// Short pieces of Japanese, and single signs that code pages of Windows have.
@Suite struct JapaneseEncodingTests {
    private static let text = """
        山の道はとても長いのです。村の人々は毎日この道を歩いて、町の市場へ野菜を売りに行きます。昨年の春、県の会議で新しい橋を作ることが決まりました。\
        データベースの更新とシステムの移行は来月の予定です。子供たちは学校の帰りに川で魚を取り、夕方になると家に戻って母の手伝いをします。
        """

    private func windows(_ length: Int) -> [String] {
        let scalars = Array(Self.text.unicodeScalars)
        return (0...scalars.count - length).map { String(String.UnicodeScalarView(scalars[$0..<$0 + length])) }
    }

    @Test(arguments: ["EUC-JP", "CP932"], [4, 6, 8, 12, 16, 24, 40]) func nearlyAllAreRightAndNoneIsWrong(
        encoding: String, length: Int
    ) throws {
        var (right, wrong, all) = (0, 0, 0)
        for window in windows(length) {
            let data = try #require(Transcoding.encode(window, encoding))
            all += 1
            guard let decoded = try? TextDecoder.decode(data) else { continue }
            if decoded.bytes.elementsEqual(window.utf8) { right += 1 } else { wrong += 1 }
        }
        #expect(
            wrong * 100 <= all && right * 100 >= (length < 12 ? 85 : 97) * all,
            "\(right) right, \(wrong) wrong of \(all)")
    }

    @Test func theEuroSignOfCodePage936IsRead() throws {
        let marked = { (text: String) in
            try text.unicodeScalars.flatMap { $0 == "€" ? [0x80] : try #require(Transcoding.encode(String($0), "GBK")) }
        }
        for text in ["价格为€100，折合人民币八百元。", "共计100€。", "欧元的符号€在这里只写一次，其余都是中文。"] {
            let decoded = try TextDecoder.decode(marked(text))
            #expect(decoded.encoding == .gb18030 && decoded.bytes == Array(text.utf8))
        }
    }

    @Test func aFewCharactersOfCP932AmongEnglishAreNoWindows1252() throws {
        for text in ["README will 牧", "all members 怒 ok\n", "finished were team 選挙 ok\n", "the 暴", "Report 2024 東京\n"] {
            let decoded = try? TextDecoder.decode(try #require(Transcoding.encode(text, "CP932")))
            #expect(decoded == nil || decoded!.bytes == Array(text.utf8), "\(text)")
        }
        #expect(
            try TextDecoder.decode(
                Array("He said \u{93}no\u{94} \u{96} it\u{92}s over.\n".unicodeScalars.map { UInt8($0.value) })
            ).encoding == .windows1252)
    }

    @Test func whatIsBelowTheBarIsNotAdvised() {
        let error = #expect(throws: TextDecodingError.self) {
            try TextDecoder.decode([0xFE, 0x39, 0x81, 0xFE, 0x85, 0x0A])
        }
        #expect(error?.bestGuess == nil)
    }
}
