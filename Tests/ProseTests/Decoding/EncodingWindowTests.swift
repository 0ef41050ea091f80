import Glibc
import Testing

@testable import Prose

/// Short pieces from anywhere in running text, in every encoding.
@Suite struct EncodingWindowTests {
    private static let simplified = """
        今年以来，镇里把河道管护作为一件实事来办，先后召开了三次会议，明确了各村的责任，安排了专门的人员和经费。各村按照要求，组织群众清理河面，\
        栽种树木，修补堤岸，河水比去年清了许多，两岸的环境也好了起来。有的村民说，小时候在河里摸鱼的日子又回来了。下一步，要继续坚持月月检查、\
        季季通报的办法，及时解决存在的问题，防止前清后乱；要加强宣传，让大家都知道保护河道的道理；要总结好的经验，在全镇推广，为发展乡村旅游打下基础。
        """
    private static let traditional = """
        今年以來，鎮裡把河道管護作為一件實事來辦，先後召開了三次會議，明確了各村的責任，安排了專門的人員和經費。各村按照要求，組織群眾清理河面，\
        栽種樹木，修補堤岸，河水比去年清了許多，兩岸的環境也好了起來。有的村民說，小時候在河裡摸魚的日子又回來了。下一步，要繼續堅持月月檢查、\
        季季通報的辦法，及時解決存在的問題，防止前清後亂；要加強宣傳，讓大家都知道保護河道的道理；要總結好的經驗，在全鎮推廣，為發展鄉村旅遊打下基礎。
        """

    /// `text` in `encoding`, by iconv; nil if it cannot be written in it.
    private static func encode(_ text: String, _ encoding: TextEncoding) -> [UInt8]? {
        guard let converter = iconv_open(encoding.iconvName, "UTF-8"), converter != iconv_t(bitPattern: -1) else {
            return nil
        }
        defer { iconv_close(converter) }
        var source = text.utf8.map { CChar(bitPattern: $0) }
        var target = [CChar](repeating: 0, count: source.count * 4)
        var (sourceLeft, targetLeft) = (source.count, target.count)
        let failed = source.withUnsafeMutableBufferPointer { from in
            target.withUnsafeMutableBufferPointer { to in
                var (input, output) = (from.baseAddress, to.baseAddress)
                return iconv(converter, &input, &sourceLeft, &output, &targetLeft) == -1
                    || iconv(converter, nil, nil, &output, &targetLeft) == -1
            }
        }
        return failed ? nil : target.prefix(target.count - targetLeft).map { UInt8(bitPattern: $0) }
    }

    private static func windows(of text: String, length: Int) -> [String] {
        let scalars = Array(text.unicodeScalars)
        return (0...scalars.count - length).map { start in
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[start..<start + length])
            return String(view)
        }
    }

    @Test(arguments: [TextEncoding.gb18030, .big5HKSCS, .utf16LittleEndian, .utf16BigEndian], [16, 100])
    func nearlyEveryWindowIsDecodedRight(_ encoding: TextEncoding, _ length: Int) throws {
        let text = encoding == .big5HKSCS ? Self.traditional : Self.simplified
        var right = 0
        let windows = Self.windows(of: text, length: length)
        for window in windows {
            let data = try #require(Self.encode(window, encoding))
            if let decoded = try? TextDecoder.decode(data), decoded.bytes.elementsEqual(window.utf8) { right += 1 }
        }
        #expect(Double(right) >= (length == 16 ? 0.98 : 0.995) * Double(windows.count), "\(right) of \(windows.count)")
    }

    @Test func aDamagedByteIsReportedInTheEncodingOfTheFile() throws {
        var data = try #require(Self.encode(Self.simplified, .gb18030))
        data[100] = 0xFF
        let error = #expect(throws: TextDecodingError.self) { try TextDecoder.decode(data) }
        #expect(error?.reason == .damaged(.gb18030) && error?.offset == 100)
        #expect(error?.description.contains("gb18030") == true && error?.description.contains("byte 100") == true)
    }

    @Test func damageFarIntoAFileIsFoundToo() throws {
        let whole = String(repeating: Self.traditional, count: 300)
        var data = try #require(Self.encode(whole, .big5HKSCS))
        data[100_000] = 0xFF
        let error = #expect(throws: TextDecodingError.self) { try TextDecoder.decode(data) }
        #expect(error?.reason == .damaged(.big5HKSCS))
        #expect(error?.offset.map { (99_999...100_000).contains($0) } == true)
    }
}
