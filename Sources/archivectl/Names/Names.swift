import Archive
import Foundation
import History
import Prose

extension ArchiveReader {
    /// The essay that a person names, as `find` finds it, else by a title that differs in case, width or Unicode normalization only,
    /// or by a part of one. Where there is none, the error says which may be meant.
    func essay(_ name: String, deleted: Bool = false) throws -> ItemID {
        do {
            return try find(name, deleted: deleted)
        } catch let error as ArchiveError where error.code == .notFound {
            if let folded = try essay(folding: name, deleted: deleted) { return folded }
            if case .undelete = error.remedy { throw error }
            if !deleted, let gone = try essay(folding: name, deleted: true) { throw try isDeleted(gone) }
            let near = try titles(like: name, deleted: deleted)
            guard !near.isEmpty else { throw error }
            throw CommandError(
                error.code, error.message, advice: "Did you mean \(near.joined(separator: " or "))?", subject: name)
        }
    }

    /// - Throws: `CommandError` if several titles fit.
    private func essay(folding name: String, deleted: Bool) throws -> ItemID? {
        let wanted = FoldedTitle(name)
        guard !wanted.text.isEmpty else { return nil }
        let overlap = CharacterOverlap(name)
        let titles = try titles(deleted: deleted) { overlap.occurrences(in: $0) >= overlap.count }.map {
            (item: $0.item, title: FoldedTitle($0.title))
        }
        var fitting = titles.filter { $0.title.text == wanted.text }
        if fitting.isEmpty { fitting = titles.filter { $0.title.text.contains(wanted.text) } }
        guard fitting.count <= 1 else { throw try ambiguous(name, fitting.map(\.item).sorted()) }
        return fitting.first?.item
    }

    /// The remote of that name; without a name the preferred one, or the only one. Where there is none, the error says which may be
    /// meant, and how a place becomes a remote.
    func namedRemote(_ name: String?) throws -> RemoteRecord {
        do {
            return try remote(name)
        } catch let error as ArchiveError where error.code == .notFound {
            guard let name else { throw error }
            let names = try remotes().map(\.name)
            if let near = Mistyped.nearest(name, in: names) {
                throw CommandError(.notFound, error.message, advice: "Did you mean '\(near)'?", subject: name)
            }
            let isPlace = name.contains("/") || FileManager.default.fileExists(atPath: name)
            throw CommandError(
                .notFound, error.message,
                advice: isPlace
                    ? "Give the place a name first: archivectl remote add NAME \(ShellWord.quoted(name))"
                    : names.isEmpty
                        ? "There are none yet; `archivectl remote add NAME URL|FOLDER` adds one"
                        : "There \(names.count == 1 ? "is" : "are") \(names.joined(separator: ", "))",
                subject: name)
        }
    }

    /// Up to three essays whose titles are like a name, the nearest first: `'论水' (a7efd5b75885)`.
    func titles(like name: String, deleted: Bool = false) throws -> [String] {
        let wanted = TitleLikeness(name)
        let overlap = CharacterOverlap(name)
        // Those that are like it share half of its characters or more.
        let titles = try titles(deleted: deleted) { 2 * overlap.occurrences(in: $0) >= overlap.count }
        let near = titles.compactMap { essay in wanted.likeness(to: essay.title).map { (likeness: $0, essay: essay) } }
        return near.sorted { ($1.likeness, $0.essay.item) < ($0.likeness, $1.essay.item) }.prefix(3).map {
            "'\($0.essay.title)' (\($0.essay.item.short))"
        }
    }
}

/// A title for comparing: without regard to case, width and Unicode normalization.
struct FoldedTitle {
    let text: String

    init(_ title: String) {
        // Compatibility composition also makes full-width letters and half-width kana plain.
        text = title.precomposedStringWithCompatibilityMapping.folding(options: .caseInsensitive, locale: nil)
            .trimmingCharacters(in: .whitespacesAndNewlines)
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
        let shared =
            pairs.isEmpty ? 0 : 2 * Double(pairs.intersection(others).count) / Double(pairs.count + others.count)
        if shared >= 0.5 { return 0.8 * shared }
        let (wanted, found) = (Array(tokens.joined()), Array(other.joined()))
        // By characters: a word is one token, and may have a letter wrong.
        let (left, right) = (
            Array(String(decoding: wanted, as: UTF8.self).unicodeScalars),
            Array(String(decoding: found, as: UTF8.self).unicodeScalars)
        )
        guard let distance = Mistyped.distance(left, right, limit: max(1, max(left.count, right.count) / 4)),
            left.count > 1
        else { return nil }
        return 0.7 * (1 - Double(distance) / Double(max(left.count, right.count)))
    }

    private static func contains(_ tokens: [[UInt8]], _ part: [[UInt8]]) -> Bool {
        guard part.count <= tokens.count else { return false }
        return (0...tokens.count - part.count).contains { tokens[$0..<$0 + part.count].elementsEqual(part) }
    }

    private static func pairs(_ tokens: [[UInt8]]) -> Set<[UInt8]> {
        Set(zip(tokens, tokens.dropFirst()).map { $0 + [0] + $1 })
    }
}
