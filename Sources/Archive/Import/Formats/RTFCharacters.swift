import Foundation

/// Rich Text Format writes characters outside ASCII as bytes of a code page (`\'b6\'c1`), which pandoc reads as Latin-1 always.
/// This writes those of East Asian code pages as Unicode (`\u35835?`; Rich Text Format Specification 1.9.1, "Unicode RTF").
enum RTFCharacters {
    /// The document with such bytes rewritten; as it is if it declares no such code page, or a run does not fit it.
    /// - Parameter encoding: instead of the code page declared.
    static func withUnicode(_ document: [UInt8], encoding: TextEncoding?) -> [UInt8] {
        guard let encoding = encoding ?? declaredEncoding(of: document), multibyte.contains(encoding) else { return document }
        var scanner = Scanner(bytes: document, encoding: encoding)
        scanner.run()
        return scanner.output
    }

    private static let multibyte: Set<TextEncoding> = [.gb18030, .big5HKSCS, .shiftJIS, .eucKR]

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

    private struct Scanner {
        let bytes: [UInt8]
        let encoding: TextEncoding
        var output: [UInt8] = []
        private var position = 0
        /// How many characters stand in for a `\u` in readers that do not know it, by group.
        private var fallbacks = [1]

        init(bytes: [UInt8], encoding: TextEncoding) {
            self.bytes = bytes
            self.encoding = encoding
            output.reserveCapacity(bytes.count)
        }

        mutating func run() {
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "{"): fallbacks.append(fallbacks.last!)
                case UInt8(ascii: "}"): if fallbacks.count > 1 { fallbacks.removeLast() }
                case UInt8(ascii: "\\"):
                    escape()
                    continue
                default: break
                }
                copy(1)
            }
        }

        private mutating func copy(_ count: Int) {
            let end = min(position + count, bytes.count)
            output += bytes[position..<end]
            position = end
        }

        private mutating func escape() {
            if hexByte(at: position) != nil { return run(ofBytesAt: position) }
            var end = position + 1
            while end < bytes.count, isLetter(bytes[end]) { end += 1 }
            let word = bytes[position + 1..<end]
            guard !word.isEmpty else { return copy(2) }
            let digits = end
            if end < bytes.count, bytes[end] == UInt8(ascii: "-") { end += 1 }
            while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
            let number = Int(String(decoding: bytes[digits..<end], as: UTF8.self))
            copy(end - position)
            if word.elementsEqual("uc".utf8), let number { fallbacks[fallbacks.count - 1] = max(0, min(number, 8)) }
            if word.elementsEqual("bin".utf8), let number, number > 0 { copy(number + 1) }
            if word.elementsEqual("u".utf8), number != nil { copyFallback() }
        }

        /// What follows `\u` is passed over by the reader, which counts an escaped byte as one character.
        private mutating func copyFallback() {
            if position < bytes.count, bytes[position] == 0x20 { copy(1) }
            for _ in 0..<fallbacks.last! where position < bytes.count {
                if hexByte(at: position) != nil { copy(4) } else if !"\\{}".utf8.contains(bytes[position]) { copy(1) }
            }
        }

        /// Bytes escaped one after another; the second of a pair may be a plain character.
        private mutating func run(ofBytesAt start: Int) {
            var run: [UInt8] = []
            var end = start
            var awaitsSecond = false
            while true {
                if let byte = hexByte(at: end) {
                    run.append(byte)
                    end += 4
                    awaitsSecond = !awaitsSecond && byte >= 0x81
                } else if awaitsSecond, end < bytes.count, bytes[end] >= 0x40, bytes[end] < 0x7F, !"\\{}".utf8.contains(bytes[end]) {
                    run.append(bytes[end])
                    end += 1
                    awaitsSecond = false
                } else {
                    break
                }
            }
            guard let text = try? TextDecoder.decode(run, as: encoding).bytes else { return copy(end - position) }
            for unit in String(decoding: text, as: UTF8.self).utf16 {
                if unit < 0x80 {
                    output += "\\'\(Hex.encode([UInt8(unit)]))".utf8
                } else {
                    output += "\\u\(Int16(bitPattern: unit))".utf8
                    output += [UInt8](repeating: UInt8(ascii: "?"), count: fallbacks.last!)
                    if fallbacks.last! == 0 { output.append(0x20) }
                }
            }
            position = end
        }

        private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

        private func hexByte(at index: Int) -> UInt8? {
            guard index + 3 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "'"),
                let high = digit(bytes[index + 2]), let low = digit(bytes[index + 3])
            else { return nil }
            return high << 4 | low
        }

        private func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x57
            case 0x41...0x46: byte - 0x37
            default: nil
            }
        }
    }
}
