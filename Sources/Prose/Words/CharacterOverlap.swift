/// Tells at a glance how many of a name's characters a text has, so that of very many titles few need a closer look.
///
/// Width, case and traditional forms make no difference. A text with characters that normalization might change counts as having
/// all, so that nothing is missed.
public struct CharacterOverlap: Sendable {
    /// How many different characters the name has, white space left out.
    public let count: Int
    /// By folded code unit, of the Basic Multilingual Plane.
    private let isInName: [Bool]

    private static let planeSize = 0x10000

    public init(_ name: String) {
        var isInName = [Bool](repeating: false, count: Self.planeSize)
        let scalars = Set(name.unicodeScalars.filter { !$0.properties.isWhitespace }.map { Self.fold($0.value) })
        for scalar in scalars { isInName[Int(scalar)] = true }
        self.isInName = isInName
        count = scalars.count
    }

    /// How often characters of the name occur in a text; at least `count` if all of them do, or normalization might change the text.
    public func occurrences(in text: String) -> Int {
        var occurrences = 0
        for scalar in text.unicodeScalars {
            guard Self.isPlain(scalar.value) else { return max(occurrences, count) }
            if isInName[Int(Self.fold(scalar.value))] { occurrences += 1 }
        }
        return occurrences
    }

    /// Characters beyond the plane share one place.
    private static func fold(_ scalar: UInt32) -> UInt16 {
        scalar < UInt32(planeSize) ? CharacterFolding.shared.folded[Int(scalar)] : .max
    }

    /// Whether normalization leaves a character as it is, or changes its width alone.
    private static func isPlain(_ scalar: UInt32) -> Bool {
        switch scalar {
        // ASCII, common punctuation, kana, Han characters, Hangul syllables, full-width ASCII.
        case 0x00...0x7F, 0xB7, 0x2010...0x2015, 0x2018...0x201D, 0x3000...0x303F, 0x3041...0x3096, 0x30A1...0x30FE,
            0x3400...0x9FFF,
            0xAC00...0xD7A3, 0xFF01...0xFF5E:
            true
        default: false
        }
    }
}
