import Prose

/// A place in a text.
package struct TextPlace: Codable, Sendable {
    /// Where it begins, in code points.
    package let start: Int
    /// Where it ends, in code points; what stands there is not part of it.
    package let end: Int

    /// - Parameter range: in bytes of the text.
    init(_ range: Range<Int>, in text: [UInt8]) {
        start = CodePoints.codePointOffset(ofByte: range.lowerBound, in: text)
        end = start + CodePoints.count(text, in: range)
    }
}
