import Foundation
import Prose

/// Which of a round's changed files are newer forms of what stood at other paths, told by their texts.
///
/// Distance is 1 − similarity. A file at its own path, of the same first line, or the same to the file system is taken to be
/// nearer than its text is. Another path's file is taken only where no third one could be meant as well: texts made by one
/// template are alike, and the wrong essay's annotations are worse than a new essay.
struct RoundLikeness {
    /// More files are not compared: each then belongs to its path.
    private static let mostFiles = 256
    private static let mostPairs = 8192
    /// How similar a text must be to be a newer form of what stood at another path: if something else says so, and if nothing does.
    private static let leastSimilarity = 0.5
    private static let leastSimilarityAlone = 0.8

    private let open: [(file: RoundFiles.Changed, text: LikenessText)]
    private let others: [LikenessText]

    /// - Parameters:
    ///   - open: files whose old bytes are nowhere in the round.
    ///   - others: those whose old bytes are.
    init(open: [RoundFiles.Changed], others: [RoundFiles.Changed], _ reader: ArchiveReader) throws {
        guard open.count <= Self.mostFiles, others.count <= Self.mostFiles else {
            (self.open, self.others) = ([], []); return
        }
        self.open = try open.compactMap { file in try LikenessText(of: file.known, reader).map { (file, $0) } }
        self.others = try others.compactMap { try LikenessText(of: $0.known, reader) }
    }

    /// Whether a changed file still is what it was, though its old bytes are elsewhere now: by its first line if that is a title.
    static func isNewerForm(_ file: RoundFiles.Changed, _ reader: ArchiveReader) throws -> Bool {
        guard let now = LikenessText(of: file.file), let before = try LikenessText(of: file.known, reader) else {
            return false
        }
        let distance = now.distance(to: before)
        if let title = before.title ?? now.title {
            return title == now.title && title == before.title && distance <= 1 - Matching.leastSimilarity
        }
        return distance <= 1 - leastSimilarity
    }

    private struct Pair {
        let open: Int
        let path: ExactString
        let weight: Double
    }

    /// - Parameters:
    ///   - unplaced: changed files of which it is not known what they are.
    ///   - added: the same of files at new paths.
    /// - Returns: those of the open files that are at another path now, and that path.
    func moves(_ unplaced: [RoundFiles.Changed], added: [FoundFile]) -> [(file: RoundFiles.Changed, place: ExactString)]
    {
        guard !open.isEmpty, unplaced.count + added.count <= Self.mostFiles,
            (unplaced.count + added.count) * open.count <= Self.mostPairs
        else { return [] }
        var pairs: [Pair] = []
        for (file, isNew) in unplaced.map({ ($0.file, false) }) + added.map({ ($0, true) }) {
            guard let text = LikenessText(of: file) else { continue }
            pairs += self.pairs(file, text, isNew: isNew)
        }
        var (taken, placed): (Set<Int>, Set<ExactString>) = ([], [])
        var moves: [(file: RoundFiles.Changed, place: ExactString)] = []
        for pair in pairs.sorted(by: { ($0.weight, $0.path, $0.open) < ($1.weight, $1.path, $1.open) }) {
            guard !taken.contains(pair.open), !placed.contains(pair.path) else { continue }
            taken.insert(pair.open)
            placed.insert(pair.path)
            if open[pair.open].file.path != pair.path { moves.append((open[pair.open].file, pair.path)) }
        }
        return moves
    }

    /// What a file may be a newer form of.
    private func pairs(_ file: FoundFile, _ text: LikenessText, isNew: Bool) -> [Pair] {
        let distances = open.map { text.distance(to: $0.text) }
        let farther = others.map { text.distance(to: $0) }
        return open.indices.compactMap { index in
            let isOwn = open[index].file.path == file.canonicalPath
            let isSame = RoundFiles.isSameFile(file, open[index].file.known)
            let hasTitle = text.title != nil && text.title == open[index].text.title
            let next = (distances.enumerated().filter { $0.offset != index }.map(\.element) + farther).min() ?? 1
            guard isOwn || isAnother(distances[index], next: next, hasTitle: hasTitle && isOnlyTitle(index)) else {
                return nil
            }
            let nearer = (isOwn ? 0.5 : 1) * (hasTitle ? 0.5 : 1) * (isSame ? 0.5 : 1)
            return Pair(
                open: index, path: file.canonicalPath, weight: distances[index] * nearer + (isNew && !isSame ? 1 : 0))
        }
    }

    /// Not by the inode: a new file often gets that of one that was removed.
    private func isAnother(_ distance: Double, next: Double, hasTitle: Bool) -> Bool {
        if hasTitle { return distance <= 1 - Self.leastSimilarity }
        return distance <= 1 - Self.leastSimilarityAlone && distance <= next / 3
    }

    private func isOnlyTitle(_ index: Int) -> Bool {
        let title = open[index].text.title
        return !others.contains { $0.title == title } && open.indices.count { open[$0].text.title == title } == 1
    }
}

/// What of a text tells whether another is a form of it.
struct LikenessText {
    /// The first line that is not blank, unless it is too long for a title.
    let title: String?
    private let shingles: Shingles

    /// Unicode scalars.
    private static let longestTitle = 60
    /// Longer texts are not compared.
    static let mostBytes = 1 << 20

    /// Of a file as it is now; `nil` if it is no text, or a long one.
    init?(of file: FoundFile) {
        guard file.isText, file.size <= Int64(Self.mostBytes), let data = try? file.read(),
            let decoded = try? TextDecoder.decode(data)
        else { return nil }
        self.init(decoded.bytes)
    }

    /// Of a file as it was imported last.
    init?(of known: KnownFile, _ reader: ArchiveReader) throws {
        var text: [UInt8] = []
        for cut in try reader.source(row: known.source, form: known.form).cuts {
            guard let revision = try reader.revision(cut.revision) else { continue }
            text += try reader.text(of: revision)
            guard text.count <= Self.mostBytes else { return nil }
        }
        self.init(text)
    }

    init(_ text: [UInt8]) {
        shingles = Shingles(text)
        let matter = FrontMatter.parse(text)
        if let named = matter?.title {
            title = named
            return
        }
        let line = text[(matter?.range.upperBound ?? 0)...].split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).lazy
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces) }.first { !$0.isEmpty }
        title = line.flatMap { $0.unicodeScalars.count <= Self.longestTitle ? $0 : nil }
    }

    /// From 0 (the same) to 1 (nothing in common).
    func distance(to other: LikenessText) -> Double { 1 - shingles.similarity(to: other.shingles) }
}
