import Prose

/// Goes through a document in Rich Text Format once, and writes its characters anew.
struct RTFScanner {
    private let bytes: [UInt8]
    private let encoding: TextEncoding
    private let placeholders: [Unicode.Scalar: Unicode.Scalar]
    private(set) var output: [UInt8] = []
    /// Characters outside the Basic Multilingual Plane that the document has.
    private(set) var supplementary: Set<Unicode.Scalar> = []
    private(set) var privateUse: Set<Unicode.Scalar> = []
    private var position = 0
    /// How many characters stand in for a `\u` in readers that do not know it (`\uc`), by group.
    private var replacements = [1]

    init(_ bytes: [UInt8], encoding: TextEncoding, placeholders: [Unicode.Scalar: Unicode.Scalar]) {
        self.bytes = bytes
        self.encoding = encoding
        self.placeholders = placeholders
        output.reserveCapacity(bytes.count)
    }

    mutating func run() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"): replacements.append(replacements.last!)
            case UInt8(ascii: "}"): if replacements.count > 1 { replacements.removeLast() }
            case UInt8(ascii: "\\"):
                escape()
                continue
            default: break
            }
            copy(to: position + 1)
        }
    }

    private mutating func copy(to end: Int) {
        let end = min(end, bytes.count)
        output += bytes[position..<end]
        position = end
    }

    private mutating func escape() {
        if hexByte(at: position) != nil { return run(ofBytesAt: position) }
        guard let word = word(at: position) else { return copy(to: position + 2) }
        switch word.name {
        case "rtf":
            copy(to: word.end)
            output += "\\uc0 ".utf8
        case "uc":
            replacements[replacements.count - 1] = max(0, word.number ?? 1)
            position = word.end
            // In its place, so that what stands before it still ends here.
            output += "\\uc0 ".utf8
        case "bin": copy(to: word.end + word.dataCount)
        case "u": unicode(word)
        default: copy(to: word.end)
        }
    }

    // MARK: Unicode

    private mutating func unicode(_ word: Word) {
        if let scalar = word.number.flatMap(Self.scalar), scalar != "\0" {
            position = end(ofReplacementAt: word.end)
            return write(scalar)
        }
        // A pair of surrogates, each with its replacement.
        let next = end(ofReplacementAt: word.end)
        if let high = word.number.flatMap(Self.surrogate), high < 0xDC00,
            let second = self.word(at: afterLineEnds(next)), second.name == "u",
            let low = second.number.flatMap(Self.surrogate), low >= 0xDC00,
            let scalar = Unicode.Scalar((UInt32(high) - 0xD800) << 10 + UInt32(low) - 0xDC00 + 0x10000)
        {
            position = end(ofReplacementAt: second.end)
            return write(scalar)
        }
        // No character: its replacement says more.
        position = word.end
    }

    /// The character with a number, which is signed in 16 bits.
    private static func scalar(_ number: Int) -> Unicode.Scalar? {
        UInt32(exactly: number < 0 ? number + 0x10000 : number).flatMap(Unicode.Scalar.init)
    }

    private static func surrogate(_ number: Int) -> UInt16? {
        UInt16(exactly: number < 0 ? number + 0x10000 : number).flatMap { (0xD800...0xDFFF).contains($0) ? $0 : nil }
    }

    /// The end of what readers pass over behind `\u`: so many characters, of which an escaped byte, a control word or symbol is
    /// one; the border of a group ends it. Another `\u` is passed over by no reader that knows it.
    private func end(ofReplacementAt start: Int) -> Int {
        var end = start
        for _ in 0..<replacements.last! {
            let next = afterLineEnds(end)
            guard next < bytes.count, bytes[next] != UInt8(ascii: "{"), bytes[next] != UInt8(ascii: "}") else {
                return end
            }
            if bytes[next] != UInt8(ascii: "\\") {
                end = next + 1
            } else if hexByte(at: next) != nil {
                end = next + 4
            } else if let word = word(at: next) {
                if word.name == "u" || word.name == "uc" { return end }
                end = min(word.end + (word.name == "bin" ? word.dataCount : 0), bytes.count)
            } else {
                end = next + 2
            }
        }
        return min(end, bytes.count)
    }

    private func afterLineEnds(_ start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] == 0x0A || bytes[end] == 0x0D { end += 1 }
        return end
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        if (0xE000...0xF8FF).contains(scalar.value) { privateUse.insert(scalar) }
        if scalar.value > 0xFFFF { supplementary.insert(scalar) }
        guard scalar.value >= 0x80 else {
            output += "\\'\(Hex.encode([UInt8(scalar.value)]))".utf8
            return
        }
        output += "\\u\(Int16(truncatingIfNeeded: (placeholders[scalar] ?? scalar).value)) ".utf8
    }

    // MARK: Bytes

    /// Bytes escaped one after another; the second of a pair may be a plain character.
    private mutating func run(ofBytesAt start: Int) {
        var run: [UInt8] = []
        var end = start
        var awaitsSecond = false
        while true {
            let next = afterLineEnds(end)
            if let byte = hexByte(at: next) {
                run.append(byte)
                end = next + 4
                awaitsSecond = !awaitsSecond && byte >= 0x81
            } else if awaitsSecond, encoding != .windows1252, next < bytes.count, bytes[next] >= 0x40,
                bytes[next] < 0x7F, !"\\{}".utf8.contains(bytes[next])
            {
                run.append(bytes[next])
                end = next + 1
                awaitsSecond = false
            } else {
                break
            }
        }
        for scalar in Self.decoded(run, as: encoding) { write(scalar) }
        position = end
    }

    /// What bytes are; those that fit the encoding nowhere, each as in Windows-1252 or Latin-1.
    private static func decoded(_ run: [UInt8], as encoding: TextEncoding) -> [Unicode.Scalar] {
        func scalars(_ bytes: some Collection<UInt8>, _ encoding: TextEncoding) -> [Unicode.Scalar]? {
            (try? TextDecoder.decode(Array(bytes), as: encoding).bytes).map {
                Array(String(decoding: $0, as: UTF8.self).unicodeScalars)
            }
        }
        if let all = scalars(run, encoding) { return all }
        var result: [Unicode.Scalar] = []
        var place = 0
        while place < run.count {
            let lengths = run[place] < 0x80 ? [1] : [1, 2, 4].filter { place + $0 <= run.count }
            let found = lengths.lazy.compactMap { length in
                scalars(run[place..<place + length], encoding).map { (length, $0) }
            }.first
            result += found?.1 ?? scalars(run[place..<place + 1], .windows1252) ?? [Unicode.Scalar(run[place])]
            place += found?.0 ?? 1
        }
        return result
    }

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

    // MARK: Control words

    /// `\name` with its number, if it has one, and the blank that ends it.
    private struct Word {
        let name: String
        let number: Int?
        let end: Int

        /// Of `\bin`: how many bytes follow that are no text.
        var dataCount: Int { min(max(0, number ?? 0), Int(Int32.max)) }
    }

    private func word(at start: Int) -> Word? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\\") else { return nil }
        var end = start + 1
        while end < bytes.count, (0x61...0x7A).contains(bytes[end] | 0x20) { end += 1 }
        guard end > start + 1 else { return nil }
        let name = String(decoding: bytes[start + 1..<end], as: UTF8.self)
        let digits = end
        if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "-"), (0x30...0x39).contains(bytes[end + 1]) { end += 1 }
        while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
        let number = Int(String(decoding: bytes[digits..<end], as: UTF8.self))
        if end < bytes.count, bytes[end] == 0x20 { end += 1 }
        return Word(name: name, number: number, end: end)
    }
}
