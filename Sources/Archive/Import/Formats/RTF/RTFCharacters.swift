import Foundation
import Prose

/// A document in Rich Text Format whose characters outside ASCII pandoc reads rightly.
///
/// The format writes them as bytes of a code page (`\'b6\'c1`), which pandoc reads as Latin-1 always, or as Unicode with a
/// replacement for older readers behind each (`\u35835?`; Rich Text Format Specification 1.9.1, "Unicode RTF"), of which pandoc
/// takes away too much or too little. Here all are written as Unicode, without replacements.
struct RTFCharacters {
    private(set) var bytes: [UInt8]
    /// pandoc keeps 16 bits of a number: what stands for characters that need more, and these.
    private var placeholders: [Unicode.Scalar: Unicode.Scalar] = [:]

    /// - Parameter encoding: instead of the code page declared.
    init(_ document: [UInt8], encoding: TextEncoding?) {
        let encoding = encoding ?? Self.declaredEncoding(of: document) ?? .windows1252
        var scanner = RTFScanner(document, encoding: encoding, placeholders: [:])
        scanner.run()
        if !scanner.supplementary.isEmpty {
            let free = (0xE000...0xF8FF).lazy.compactMap(Unicode.Scalar.init).filter { [seen = scanner.privateUse] in
                !seen.contains($0)
            }
            let stands = Dictionary(zip(scanner.supplementary.sorted(), free)) { first, _ in first }
            scanner = RTFScanner(document, encoding: encoding, placeholders: stands)
            scanner.run()
            placeholders = Dictionary(stands.map { ($1, $0) }) { first, _ in first }
        }
        bytes = scanner.output
    }

    /// What pandoc made of the document, with its own characters.
    func restored(_ text: [UInt8]) -> [UInt8] {
        guard !placeholders.isEmpty else { return text }
        return Array(
            String(
                String.UnicodeScalarView(
                    String(decoding: text, as: UTF8.self).unicodeScalars.map { placeholders[$0] ?? $0 })
            ).utf8)
    }

    /// By `\ansicpg`; where that is Western, by the character set of a font, since Word's code page is its own system's.
    static func declaredEncoding(of document: [UInt8]) -> TextEncoding? {
        let head = String(decoding: document.prefix(1 << 16), as: UTF8.self)
        func numbers(_ word: String) -> [Int] {
            head.components(separatedBy: word).dropFirst().compactMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }
        }
        let pages: [Int: TextEncoding] = [936: .gb18030, 950: .big5HKSCS, 932: .shiftJIS, 949: .eucKR, 54936: .gb18030]
        if let page = numbers("\\ansicpg").first.flatMap({ pages[$0] }) { return page }
        let sets: [Int: TextEncoding] = [134: .gb18030, 136: .big5HKSCS, 128: .shiftJIS, 129: .eucKR]
        return numbers("\\fcharset").lazy.compactMap { sets[$0] }.first
    }
}
