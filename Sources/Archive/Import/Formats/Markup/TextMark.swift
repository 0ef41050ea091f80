/// Marks that a document's text carries through the converter: private characters, which it leaves alone.
///
/// A mark is a number in private digits and the kind of the mark. The document's own characters of this kind are left out before.
enum TextMark {
    enum Kind: UInt32 {
        /// A comment's passage begins; the number is the comment's.
        case start = 0x10_FFF0
        case end
        /// Where a comment's sign stands.
        case reference
        /// A paragraph of a list without numbers; the number is its level.
        case bullet
        /// A reference to a note, with the note's number.
        case note
        /// Stands before a note.
        case noteText
        /// Stands before a part of a book.
        case part
    }

    private static let zero: UInt32 = 0x10_FFE0
    private static let reserved: ClosedRange<UInt32> = 0x10_FFE0...0x10_FFFF
    /// The first bytes of all of them in UTF-8; the last one tells them apart.
    static let lead: [UInt8] = [0xF4, 0x8F, 0xBF]

    static func text(_ kind: Kind, _ number: Int) -> String {
        var text = String.UnicodeScalarView()
        for digit in "\(number)".unicodeScalars { text.append(Unicode.Scalar(zero + digit.value - 0x30)!) }
        text.append(Unicode.Scalar(kind.rawValue)!)
        return String(text)
    }

    /// A text without characters that would look like marks, and how many it had.
    static func cleared(_ text: String) -> (text: String, count: Int) {
        guard text.utf8.contains(lead[0]) else { return (text, 0) }
        let kept = text.unicodeScalars.filter { !reserved.contains($0.value) }
        return (String(String.UnicodeScalarView(kept)), text.unicodeScalars.count - kept.count)
    }

    /// The mark at a place, and where it ends.
    static func read(_ bytes: [UInt8], at start: Int) -> (kind: Kind, number: Int, end: Int)? {
        var place = start
        var number = 0
        while place + 3 < bytes.count, bytes[place] == lead[0], bytes[place + 1] == lead[1], bytes[place + 2] == lead[2]
        {
            // U+10FFC0 to U+10FFFF have these lead bytes.
            let scalar = 0x10_FFC0 + UInt32(bytes[place + 3] & 0x3F)
            place += 4
            if let kind = Kind(rawValue: scalar) { return (kind, number, place) }
            guard scalar >= zero, scalar < zero + 10, number < 1_000_000 else { return nil }
            number = number * 10 + Int(scalar - zero)
        }
        return nil
    }
}
