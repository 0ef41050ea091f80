extension Diff {
    /// The changes by word inside one change, for showing only: what is stored and merged is cut by code points.
    ///
    /// Whole words are out and in, as people read them: the [-committee-]{+commission+}, not the
    /// commi[-ttee-]{+ssion+}. Of scripts without blanks between words, such as Han and kana, it is characters.
    /// - Parameter steps: what the search may spend; less by what it spent.
    static func byWord(_ change: TextChange, _ base: [UInt8], _ new: [UInt8], steps: inout Int) -> [TextChange] {
        guard !change.baseRange.isEmpty, !change.newRange.isEmpty else { return [change] }
        let a = WordRanges.ranges(in: base, change.baseRange), b = WordRanges.ranges(in: new, change.newRange)
        var interner = DiffInterner(expecting: a.count + b.count)
        let script = script(interner.tokens(base, a)[...], interner.tokens(new, b)[...], maxSteps: steps)
        steps = max(0, steps - script.steps)
        let changes = cleaned(script.changes).map {
            TextChange(
                baseRange: byteRange($0.aRange, of: a, end: change.baseRange.upperBound),
                newRange: byteRange($0.bRange, of: b, end: change.newRange.upperBound))
        }
        return joinedAcrossBlanks(changes, base)
    }

    /// Joins neighbours between which nothing but blanks stayed: two words that were replaced read as one phrase.
    private static func joinedAcrossBlanks(_ changes: [TextChange], _ base: [UInt8]) -> [TextChange] {
        var result: [TextChange] = []
        for change in changes {
            guard let last = result.last,
                base[last.baseRange.upperBound..<change.baseRange.lowerBound].allSatisfy({ $0 == UInt8(ascii: " ") })
            else {
                result.append(change)
                continue
            }
            result[result.count - 1] = TextChange(
                baseRange: last.baseRange.lowerBound..<change.baseRange.upperBound,
                newRange: last.newRange.lowerBound..<change.newRange.upperBound)
        }
        return result
    }
}

/// The words of a text: runs of letters and digits of scripts with blanks between words, with the marks on them and
/// apostrophes within them. Everything else is a word of its own: a character with its marks, an emoji sequence, CRLF.
enum WordRanges {
    /// Ranges of bytes that partition `part` of a text.
    static func ranges(in text: [UInt8], _ part: Range<Int>) -> [Range<Int>] {
        let scalars = DiffScalars(text, in: part)
        let kinds = scalars.codes.map(Kind.init(code:))
        var ranges: [Range<Int>] = []
        var start = 0, regionals = 0
        for index in kinds.indices {
            regionals = kinds[index] == .regional ? regionals + 1 : 0
            guard index > 0, !joins(kinds, index, regionals) else { continue }
            ranges.append(scalars.bytes(start..<index))
            start = index
            if kinds[index] == .regional { regionals = 1 }
        }
        if start < kinds.count { ranges.append(scalars.bytes(start..<kinds.count)) }
        return ranges
    }

    /// Whether the code point at `index` belongs to the word of the one before it.
    private static func joins(_ kinds: [Kind], _ index: Int, _ regionals: Int) -> Bool {
        switch (kinds[index - 1], kinds[index]) {
        case (_, .mark), (_, .joiner), (.joiner, _), (.word, .word): true
        case (.carriageReturn, .lineFeed): true
        case (.regional, .regional): regionals == 2
        case (.mark, .word): lastBase(kinds, index) == .word
        case (_, .apostrophe): lastBase(kinds, index) == .word && index + 1 < kinds.count && kinds[index + 1] == .word
        case (.apostrophe, .word): index > 1 && lastBase(kinds, index - 1) == .word
        default: false
        }
    }

    /// The kind of what the marks before `index` are on.
    private static func lastBase(_ kinds: [Kind], _ index: Int) -> Kind {
        var index = index - 1
        while index > 0, kinds[index] == .mark || kinds[index] == .joiner { index -= 1 }
        return kinds[index]
    }

    private enum Kind {
        /// A letter or digit of a script with blanks between words.
        case word
        /// Belongs to what it follows.
        case mark
        /// Zero-width joiner or non-joiner: belongs to what it follows, and what follows belongs to it.
        case joiner
        case apostrophe, regional, carriageReturn, lineFeed, other

        /// - Parameter code: a code point's bytes, as `DiffScalars` has them.
        init(code: UInt32) {
            if code < 0x80 {
                self = Self.ascii[Int(code)]
                return
            }
            guard let scalar = Self.scalar(code) else {
                self = .other
                return
            }
            switch scalar.value {
            case 0x200C, 0x200D: self = .joiner
            case 0x2019: self = .apostrophe
            case 0x1F1E6...0x1F1FF: self = .regional
            // A soft hyphen, skin tones, and the tags of some flags.
            case 0xAD, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F: self = .mark
            default: self = Self.kind(scalar.properties, scalar.value)
            }
        }

        private static let ascii: [Kind] = (0..<0x80).map { code in
            switch UInt8(code) {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"):
                .word
            case UInt8(ascii: "'"): .apostrophe
            case UInt8(ascii: "\r"): .carriageReturn
            case UInt8(ascii: "\n"): .lineFeed
            default: .other
            }
        }

        private static func kind(_ properties: Unicode.Scalar.Properties, _ value: UInt32) -> Kind {
            switch properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .spacingMark: .mark
            case .decimalNumber: .word
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
                isUnspaced(properties, value) ? .other : .word
            default: .other
            }
        }

        /// Whether a letter is of a script without blanks between words: Han, kana, bopomofo, Yi, Thai, Lao, Myanmar,
        /// Khmer, Tibetan.
        private static func isUnspaced(_ properties: Unicode.Scalar.Properties, _ value: UInt32) -> Bool {
            if properties.isIdeographic { return true }
            return switch value {
            case 0x0E00...0x0FFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3005...0x3007, 0x3040...0x312F, 0x31A0...0x31BF,
                0x31F0...0x31FF, 0xA000...0xA4CF,
                0xFF66...0xFF9F, 0x1B000...0x1B16F:
                true
            default: false
            }
        }

        /// The code point of some bytes; `nil` if they are not UTF-8.
        private static func scalar(_ code: UInt32) -> Unicode.Scalar? {
            let (last, third, second) = (code & 0x3F, (code >> 8 & 0x3F) << 6, (code >> 16 & 0x3F) << 12)
            switch code {
            case 0xC280...0xDFBF: return Unicode.Scalar((code >> 8 & 0x1F) << 6 | last)
            case 0xE08080...0xEFBFBF: return Unicode.Scalar((code >> 16 & 0xF) << 12 | third | last)
            case 0xF080_8080...0xF4BF_BFBF: return Unicode.Scalar((code >> 24 & 0x7) << 18 | second | third | last)
            default: return nil
            }
        }
    }
}
