/// What a tokenizer makes of each code point of the Basic Multilingual Plane: its class and its folded form.
///
/// Two flat tables, so that a character costs two loads and no branches. They are filled once, when first needed, from
/// the short facts of `CharacterFoldingData` and `TraditionalFolding`; this takes a fraction of a millisecond.
struct CharacterFolding: @unchecked Sendable {
    // Sendable: both tables are written only in `init`, before anybody else can see them, and never freed.

    enum Class {
        /// A token by itself: Han, kana, Hangul, punctuation, symbols, whatever is unassigned.
        static let single: UInt8 = 0
        /// Part of a word: letters, digits and the marks they bear.
        static let word: UInt8 = 1
        /// Part of a word, folded to several letters (ß, ﬁ, Ⅳ).
        static let expansion: UInt8 = 2
        /// White space within a line.
        static let space: UInt8 = 3
        /// Ends a line.
        static let newline: UInt8 = 4
        /// Seen as if it were not there: format characters, variation selectors, stripped marks.
        static let ignored: UInt8 = 5
        /// A single that ends a sentence.
        static let terminator: UInt8 = 6
        /// A single that may take up what follows: kana with a voiced sound mark, a Hangul syllable's parts.
        static let composing: UInt8 = 7
    }

    static let shared = CharacterFolding()

    /// Class by code unit; 65,536 entries.
    let classes: UnsafePointer<UInt8>
    /// Folded code unit by code unit; 65,536 entries.
    let folded: UnsafePointer<UInt16>
    /// Folded letters, in UTF-8, of each code point of class `expansion`.
    let expansions: [UInt16: [UInt8]]

    private init() {
        let classes = UnsafeMutablePointer<UInt8>.allocate(capacity: 0x10000)
        let folded = UnsafeMutablePointer<UInt16>.allocate(capacity: 0x10000)
        for unit in 0..<0x10000 { folded[unit] = UInt16(truncatingIfNeeded: unit) }
        classes.initialize(repeating: Class.single, count: 0x10000)

        Self.mark(CharacterFoldingData.wordRanges, Class.word, in: classes)
        Self.mark(CharacterFoldingData.ignoredRanges, Class.ignored, in: classes)
        Self.markASCII(classes, folded)
        for unit in [0xA0, 0x1680, 0x202F, 0x205F, 0x3000] + Array(0x2000...0x200A) { classes[unit] = Class.space }
        for unit in [0x85, 0x2028, 0x2029] { classes[unit] = Class.newline }
        for unit in [0x3002, 0xFF01, 0xFF0E, 0xFF1F, 0xFF61] { classes[unit] = Class.terminator }
        for unit in [
            0x3041...0x3096, 0x309D...0x309D, 0x30A1...0x30FD, 0xFF66...0xFF9D, 0x1100...0x1112, 0xAC00...0xD7A3,
        ] {
            for member in unit { classes[member] = Class.composing }
        }

        Self.foldPairs(folded)
        expansions = Self.expansionTable()
        for unit in expansions.keys { classes[Int(unit)] = Class.expansion }
        self.classes = UnsafePointer(classes)
        self.folded = UnsafePointer(folded)
    }

    private static func mark(_ ranges: [UInt16], _ kind: UInt8, in classes: UnsafeMutablePointer<UInt8>) {
        for index in stride(from: 0, to: ranges.count, by: 2) {
            for unit in ranges[index]...ranges[index + 1] { classes[Int(unit)] = kind }
        }
    }

    private static func markASCII(_ classes: UnsafeMutablePointer<UInt8>, _ folded: UnsafeMutablePointer<UInt16>) {
        for unit in 0..<0xA0 where unit < 0x20 || unit >= 0x7F { classes[unit] = Class.ignored }
        for unit in [0x09, 0x20] { classes[unit] = Class.space }
        for unit in 0x0A...0x0D { classes[unit] = Class.newline }
        for unit in [0x21, 0x2E, 0x3F] { classes[unit] = Class.terminator }
        for unit in 0x30...0x39 { classes[unit] = Class.word }
        for unit in 0x41...0x5A {
            classes[unit] = Class.word
            classes[unit + 0x20] = Class.word
            folded[unit] = UInt16(unit + 0x20)
        }
        // The full-width forms of U+0021–U+007E stand in the same order from U+FF01 on.
        for unit in 0x21...0x7E {
            classes[unit + 0xFEE0] = classes[unit]
            folded[unit + 0xFEE0] = folded[unit]
        }
    }

    private static func foldPairs(_ folded: UnsafeMutablePointer<UInt16>) {
        var sources = UnitReader(TraditionalFolding.traditional)
        var targets = UnitReader(TraditionalFolding.simplified)
        while let source = sources.next(), let target = targets.next() { folded[Int(source)] = target }

        // After the traditional characters, as a compatibility ideograph may stand for one of them.
        for run in CharacterFoldingData.runs {
            var reader = UnitReader(run.targets)
            var unit = Int(run.first)
            while let target = reader.next() {
                if target != 0xB7 { folded[unit] = folded[Int(target)] }
                unit += 1
            }
        }
        eachGroup(of: CharacterFoldingData.letters) { target, sources in
            for source in sources { folded[Int(source)] = target }
        }
    }

    private static func expansionTable() -> [UInt16: [UInt8]] {
        var table: [UInt16: [UInt8]] = [:]
        eachGroup(of: CharacterFoldingData.expansions) { source, letters in
            table[source] = letters.map { UInt8($0) }
        }
        return table
    }

    /// Calls `body` with the first and the other code units of each group between spaces.
    private static func eachGroup(of text: StaticString, _ body: (UInt16, [UInt16]) -> Void) {
        var reader = UnitReader(text)
        var group: [UInt16] = []
        func close() {
            if let first = group.first { body(first, Array(group.dropFirst())) }
            group.removeAll(keepingCapacity: true)
        }
        while let unit = reader.next() {
            if unit == 0x20 { close() } else { group.append(unit) }
        }
        close()
    }
}

/// Reads the code units of a literal within the Basic Multilingual Plane straight from the program's constants.
private struct UnitReader {
    private var bytes: UnsafeBufferPointer<UInt8>.Iterator

    init(_ text: StaticString) {
        bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount).makeIterator()
    }

    mutating func next() -> UInt16? {
        guard let lead = bytes.next() else { return nil }
        if lead < 0x80 { return UInt16(lead) }
        guard let second = bytes.next() else { return nil }
        if lead < 0xE0 { return UInt16(lead & 0x1F) << 6 | UInt16(second & 0x3F) }
        guard let third = bytes.next() else { return nil }
        return UInt16(lead & 0x0F) << 12 | UInt16(second & 0x3F) << 6 | UInt16(third & 0x3F)
    }
}
