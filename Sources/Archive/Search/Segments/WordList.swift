import Foundation

/// The different words of a segment, in one run of bytes, so that words that hold a part are found by one scan of it.
///
/// Each word stands between two line feeds, which no word holds. A word's key is the place of its first byte.
struct WordList {
    let bytes: [UInt8]

    /// Which words a part of a phrase may stand for: one that the query cut in two is found all the same.
    enum Part {
        /// The word itself: it stands between other characters of the phrase.
        case whole
        /// Words that begin with it: it ends the phrase.
        case prefix
        /// Words that end with it: it begins the phrase.
        case suffix
        /// Words that hold it: it is the whole phrase.
        case infix
    }

    /// The keys of the words that a part stands for, ascending.
    func keys(of part: [UInt8], _ kind: Part) -> [UInt32] {
        guard !part.isEmpty, bytes.count > part.count else { return [] }
        let isStart = kind == .whole || kind == .prefix
        let pattern = (isStart ? [0x0A] : []) + part + (kind == .whole || kind == .suffix ? [0x0A] : [])
        return bytes.withUnsafeBytes { raw in
            var keys: [UInt32] = []
            var from = 0
            while let place = Self.find(pattern, in: raw, from: from) {
                var start = place + (isStart ? 1 : 0)
                while start > 0 && raw[start - 1] != 0x0A { start -= 1 }
                keys.append(UInt32(start))
                if kind == .whole { break }
                // On to the end of this word, which begins the next.
                from = start
                while from < raw.count && raw[from] != 0x0A { from += 1 }
            }
            return keys
        }
    }

    /// The word at a key.
    subscript(key: UInt32) -> ArraySlice<UInt8> {
        let start = Int(key)
        guard start < bytes.count else { return [] }
        return bytes[start..<(bytes[start...].firstIndex(of: 0x0A) ?? bytes.count)]
    }

    private static func find(_ pattern: [UInt8], in raw: UnsafeRawBufferPointer, from: Int) -> Int? {
        guard let base = raw.baseAddress else { return nil }
        var start = from
        while start + pattern.count <= raw.count,
            let found = memchr(base + start, Int32(pattern[0]), raw.count - pattern.count + 1 - start)
        {
            let place = UnsafeRawPointer(found) - base
            if memcmp(found, pattern, pattern.count) == 0 { return place }
            start = place + 1
        }
        return nil
    }
}
