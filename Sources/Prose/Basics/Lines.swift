#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Borrowed UTF-8, the form every scanner in this folder works on: no bounds bookkeeping, no reference counting.
package typealias TextBytes = UnsafeBufferPointer<UInt8>

/// One line of a text, or blank lines that follow each other, as byte offsets.
struct TextLine: Equatable {
    /// First byte of the line.
    var start: Int
    /// First byte after the line and its terminator.
    var end: Int
    /// The line without white space, ideographic spaces and byte order marks around it.
    var content: Range<Int>
    /// How many lines it stands for.
    var count = 1

    var isBlank: Bool { content.isEmpty }
}

/// Splitting text into lines and trimming them.
package enum Lines {
    /// So many are looked at. No prose has more, and each takes memory many times its length.
    static let most = 1_000_000

    /// The lines of `bytes`, which together cover it without a gap, `most` of them at most; blank ones that follow each other count
    /// for one. A line ends at LF or CR LF; at CR only where the
    /// text holds no LF at all, as old Macintosh files do.
    static func all(in bytes: TextBytes) -> ContiguousArray<TextLine> {
        var lines = ContiguousArray<TextLine>()
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return lines }
        lines.reserveCapacity(bytes.count / 150 + 8)
        let terminator = memchr(base, 0x0A, bytes.count) != nil ? Int32(0x0A) : Int32(0x0D)
        var start = 0
        while start < bytes.count, lines.count < most {
            let found = memchr(base + start, terminator, bytes.count - start)
            let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) + 1 } ?? bytes.count
            let content = trim(start..<end, in: bytes)
            if content.isEmpty, let last = lines.indices.last, lines[last].isBlank {
                (lines[last].end, lines[last].count) = (end, lines[last].count + 1)
            } else {
                lines.append(TextLine(start: start, end: end, content: content))
            }
            start = end
        }
        return lines
    }

    /// `range` less the white space at both ends.
    package static func trim(_ range: Range<Int>, in bytes: TextBytes) -> Range<Int> {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let width = spaceWidth(at: low, limit: high, in: bytes)
            if width == 0 { break }
            low += width
        }
        while low < high {
            let width = spaceWidth(before: high, limit: low, in: bytes)
            if width == 0 { break }
            high -= width
        }
        return low..<high
    }

    /// Bytes of the white space character that begins at `index`, 0 if none does.
    static func spaceWidth(at index: Int, limit: Int, in bytes: TextBytes) -> Int {
        let first = bytes[index]
        if first == 0x20 || (0x09...0x0D).contains(first) { return 1 }
        if first == 0xC2 { return index + 1 < limit && bytes[index + 1] == 0xA0 ? 2 : 0 }
        guard first == 0xE2 || first == 0xE3 || first == 0xEF, index + 2 < limit else { return 0 }
        return isWideSpace(first, bytes[index + 1], bytes[index + 2]) ? 3 : 0
    }

    private static func spaceWidth(before index: Int, limit: Int, in bytes: TextBytes) -> Int {
        let last = bytes[index - 1]
        if last == 0x20 || (0x09...0x0D).contains(last) { return 1 }
        guard (0x80...0xBF).contains(last), index - 2 >= limit else { return 0 }
        if last == 0xA0, bytes[index - 2] == 0xC2 { return 2 }
        guard index - 3 >= limit else { return 0 }
        return isWideSpace(bytes[index - 3], bytes[index - 2], last) ? 3 : 0
    }

    /// U+2000–200B (typographic and zero-width spaces), U+3000 (ideographic space), U+FEFF (byte order mark).
    private static func isWideSpace(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
        switch (a, b) {
        case (0xE2, 0x80): (0x80...0x8B).contains(c)
        case (0xE3, 0x80): c == 0x80
        case (0xEF, 0xBB): c == 0xBF
        default: false
        }
    }
}

/// Reads Unicode scalars from valid UTF-8, folded to half width: the normalized view in which headings and markers
/// are recognised, while offsets stay those of the text itself.
struct ScalarCursor {
    let bytes: TextBytes
    var position: Int
    let end: Int

    init(_ bytes: TextBytes, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    /// The next scalar, folded, without moving; 0 at the end.
    var peek: UInt32 {
        position < end ? Self.fold(Self.decode(bytes, position).scalar) : 0
    }

    /// The next scalar, folded; 0 at the end.
    mutating func next() -> UInt32 {
        guard position < end else { return 0 }
        let (scalar, width) = Self.decode(bytes, position)
        position += width
        return Self.fold(scalar)
    }

    mutating func skipSpaces() {
        while peek == 0x20 || peek == 0x09 || peek == 0x200B { _ = next() }
    }

    /// Moves past `scalar` if it comes next.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar.value else { return false }
        _ = next()
        return true
    }

    static func decode(_ bytes: TextBytes, _ at: Int) -> (scalar: UInt32, width: Int) {
        let first = UInt32(bytes[at])
        if first < 0x80 { return (first, 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | tail(bytes, at + 1), 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | tail(bytes, at + 1) << 6 | tail(bytes, at + 2), 3) }
        return ((first & 0x07) << 18 | tail(bytes, at + 1) << 12 | tail(bytes, at + 2) << 6 | tail(bytes, at + 3), 4)
    }

    private static func tail(_ bytes: TextBytes, _ at: Int) -> UInt32 { UInt32(bytes[at]) & 0x3F }

    /// Full-width forms to ASCII, wide spaces to a space, radicals to the characters that they are, as NFKC does.
    static func fold(_ scalar: UInt32) -> UInt32 {
        if scalar < 0xA0 { return scalar }
        if scalar >= 0xFF01, scalar <= 0xFF5E { return scalar - 0xFEE0 }
        if scalar == 0x3000 || scalar == 0xA0 { return 0x20 }
        // Radicals that stand for characters (⼀ for 一), as text out of PDF files has them.
        if scalar >= 0x2E80, scalar <= 0x2FD5 { return UInt32(CharacterFolding.shared.folded[Int(scalar)]) }
        return scalar
    }
}

/// Searches for fixed strings in UTF-8.
enum Pattern {
    static func contains(_ bytes: TextBytes, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard let base = bytes.baseAddress, range.count >= text.utf8CodeUnitCount else { return false }
        // The last byte of a Han character varies most, so that it is the one to look for.
        let width = text.utf8CodeUnitCount
        let probe = min(2, width - 1)
        var at = range.lowerBound
        let lastStart = range.upperBound - width
        while at <= lastStart, let hit = memchr(base + at + probe, Int32(text.utf8Start[probe]), lastStart - at + 1) {
            at = UnsafeRawPointer(hit) - UnsafeRawPointer(base) - probe
            if memcmp(base + at, text.utf8Start, width) == 0 { return true }
            at += 1
        }
        return false
    }

    static func hasPrefix(_ bytes: TextBytes, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard let base = bytes.baseAddress, range.count >= text.utf8CodeUnitCount else { return false }
        return memcmp(base + range.lowerBound, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    static func hasSuffix(_ bytes: TextBytes, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard let base = bytes.baseAddress, range.count >= text.utf8CodeUnitCount else { return false }
        return memcmp(base + range.upperBound - text.utf8CodeUnitCount, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
}
