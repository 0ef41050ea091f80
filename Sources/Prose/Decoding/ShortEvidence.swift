/// How much speaks for an encoding of characters of several bytes where a text has few that are not ASCII.
///
/// Any two bytes are a character of most of these encodings, and in each a frequent one in about ten: a stray byte or two in a text of
/// another kind always makes a word in one of them. So one character, however often, is no evidence. With a second one that is
/// frequent, chance is ten times less likely; a text that is mostly ASCII letters needs that, as there damage is more common than
/// a word or two of another language.
struct ShortEvidence {
    /// So many characters are judged by their mean alone.
    private static let many = 8
    private static let least = 2

    private let characters: Int
    /// Different ones.
    private let distinct: Int
    /// Different ones that are frequent.
    private let frequent: Int
    /// Whether ASCII letters are more than twice the other bytes.
    private let isAmongLetters: Bool

    /// `nil` for an encoding that this says nothing of.
    init?(_ data: [UInt8], as encoding: TextEncoding) {
        guard [.gb18030, .big5HKSCS, .shiftJIS, .eucJP, .eucKR].contains(encoding) else { return nil }
        let other = data.count { $0 >= 0x80 }
        guard other <= 4 * Self.many else { return nil }
        guard let sample = Transcoder.sample(of: data, encoding: encoding, bytes: data.count, damage: other) else {
            return nil
        }
        let scalars = String(decoding: sample.text, as: UTF8.self).unicodeScalars.filter { $0.value >= 0x80 }
        characters = scalars.count
        distinct = Set(scalars).count
        frequent = Set(scalars.filter { Self.isFrequent($0.value, in: encoding) }).count
        let letters = data.count { (0x41...0x5A).contains($0 & 0xDF) && $0 < 0x80 }
        isAmongLetters = letters > 2 * other
    }

    var isWeak: Bool { characters < Self.many && (isAmongLetters ? frequent : distinct) < Self.least }

    private static func isFrequent(_ scalar: UInt32, in encoding: TextEncoding) -> Bool {
        switch scalar {
        case 0x3041...0x30FF: encoding == .shiftJIS || encoding == .eucJP
        case 0x4E00...0x9FFF: FrequentCharacters.han.contains(scalar)
        case 0xAC00...0xD7A3: encoding == .eucKR && FrequentCharacters.hangul.contains(scalar)
        // Punctuation of East Asian texts.
        case 0x3000...0x3015, 0xFF01...0xFF1F: true
        default: false
        }
    }
}
