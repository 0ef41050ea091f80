import Foundation

/// Composed and decomposed characters: `é` as one scalar or as `e` and an accent (Unicode Standard Annex #15). File names only; no text is changed.
package enum UnicodeForm {
    package static func composed(_ text: String) -> String {
        isComposed(text) ? text : text.precomposedStringWithCanonicalMapping
    }

    /// Whether composing certainly changes nothing; told in the time of a glance for Chinese and ASCII.
    package static func isComposed(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy(isInert)
            || text.utf8.elementsEqual(text.precomposedStringWithCanonicalMapping.utf8)
    }

    /// Scalars that neither compose nor decompose.
    private static func isInert(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x300, 0x2010...0x2027, 0x3001...0x3029, 0x3040...0x304A, 0x3105...0x312F, 0x3400...0x9FFF,
            0xFF01...0xFF60:
            true
        default: false
        }
    }
}

extension String {
    /// The text without U+0000, at which SQLite's text functions end.
    package var withoutNull: String {
        utf8.contains(0) ? String(unicodeScalars.filter { $0.value != 0 }.map(Character.init)) : self
    }
}
