import Archive
import Foundation

extension ArchiveReader {
    /// The essay that a person names, as `find` finds it; where there is none, the error says which may be meant.
    func essay(_ name: String, deleted: Bool = false) throws -> ItemID {
        do {
            return try find(name, deleted: deleted)
        } catch let error as ArchiveError where error.code == .notFound {
            let near = try titles(like: name)
            guard !near.isEmpty, !error.advice.contains("undelete") else { throw error }
            throw ArchiveError(error.code, error.message, advice: "Did you mean \(near.joined(separator: " or "))?")
        }
    }

    /// Up to three essays whose titles are like a name, the nearest first: `'论水' (a7efd5b75885)`.
    func titles(like name: String) throws -> [String] {
        let wanted = TitleLikeness(name)
        let near = try titles().compactMap { essay in wanted.likeness(to: essay.title).map { (likeness: $0, essay: essay) } }
        return near.sorted { ($1.likeness, $0.essay.item) < ($0.likeness, $1.essay.item) }.prefix(3).map { "'\($0.essay.title)' (\($0.essay.item.short))" }
    }
}

/// How like a title is to what somebody wrote for it, widths, capitals and traditional characters not told apart.
struct TitleLikeness {
    private let tokens: [[UInt8]]
    private let pairs: Set<[UInt8]>

    init(_ name: String) {
        tokens = CJKTokenizer.tokens(of: name.utf8)
        pairs = Self.pairs(tokens)
    }

    /// From 0 to 1; `nil` if it is not like it.
    func likeness(to title: String) -> Double? {
        let other = CJKTokenizer.tokens(of: title.utf8)
        guard !tokens.isEmpty, !other.isEmpty else { return nil }
        if tokens == other { return 1 }
        if Self.contains(other, tokens) { return 0.9 }
        let others = Self.pairs(other)
        // Dice's coefficient of the pairs of neighbours.
        let shared = pairs.isEmpty ? 0 : 2 * Double(pairs.intersection(others).count) / Double(pairs.count + others.count)
        if shared >= 0.5 { return 0.8 * shared }
        let (wanted, found) = (Array(tokens.joined()), Array(other.joined()))
        // By characters: a word is one token, and may have a letter wrong.
        let (left, right) = (Array(String(decoding: wanted, as: UTF8.self).unicodeScalars), Array(String(decoding: found, as: UTF8.self).unicodeScalars))
        guard let distance = Mistyped.distance(left, right, limit: max(1, max(left.count, right.count) / 4)), left.count > 1 else { return nil }
        return 0.7 * (1 - Double(distance) / Double(max(left.count, right.count)))
    }

    private static func contains(_ tokens: [[UInt8]], _ part: [[UInt8]]) -> Bool {
        guard part.count <= tokens.count else { return false }
        return (0...tokens.count - part.count).contains { tokens[$0..<$0 + part.count].elementsEqual(part) }
    }

    private static func pairs(_ tokens: [[UInt8]]) -> Set<[UInt8]> { Set(zip(tokens, tokens.dropFirst()).map { $0 + [0] + $1 }) }
}
