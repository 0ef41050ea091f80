import Foundation
import History
import Prose

/// The source in the archive that an original is the same as, or a newer form of.
struct PreviousSource {
    let record: SourceRecord
    /// Whether the original takes its place; else it is another file of the same bytes.
    let isReplaced: Bool
    /// Paths that the source was imported from and that hold it no more: the file was renamed.
    var gone: [ExactString] = []
    /// What the same path held before, if that is nowhere now: these bytes, known from another file, came over it.
    var displaced: SourceRecord?

    /// By the bytes first: what has been seen before under any name is that, be it an older form or one side of a conflict. Only bytes
    /// that are unknown may be a newer form: of what the same path held, unless that went to another path in this round; else of
    /// what has the same name and related content, and is gone from where it was or was imported on another machine: other
    /// folders have a `notes.txt` as well.
    static func find(for source: PreparedSource, in round: ImportRound, writer: ArchiveWriter) throws -> PreviousSource?
    {
        try PreviousSourceSearch(source: source, round: round, writer: writer).find()
    }
}

private struct PreviousSourceSearch {
    let source: PreparedSource
    let round: ImportRound
    let writer: ArchiveWriter

    private var path: ExactString? { source.input.canonicalPath }
    private var reader: ArchiveReader { writer.unrefreshedReader }

    func find() throws -> PreviousSource? {
        let own = try path.flatMap { round.left.contains($0) ? nil : try writer.importedSource($0) }
        if let own, own.original == source.original.hash { return PreviousSource(record: own, isReplaced: true) }
        if let moved = try moved() { return moved }
        if let known = try knownBytes(own) { return known }
        return try own.map { PreviousSource(record: $0, isReplaced: true) } ?? named()
    }

    /// What stood at another path before this round.
    private func moved() throws -> PreviousSource? {
        guard let path, let origin = round.origins[path], origin.bytes == nil || origin.bytes == source.original.hash
        else { return nil }
        let record = try reader.source(row: origin.source, form: origin.form)
        let stays = try reader.paths(of: record.id).map { ExactString($0) }.contains {
            try $0 != origin.path && $0 != path && holds($0, record)
        }
        return PreviousSource(record: record, isReplaced: !stays, gone: stays ? [] : [origin.path])
    }

    private func knownBytes(_ own: SourceRecord?) throws -> PreviousSource? {
        let hash = source.original.hash
        let equal = try reader.sources(original: hash).filter { try !reader.isReplaced($0.id) }
        if let record = equal.first(where: { $0.name == source.input.name }) ?? equal.first {
            if let own, try isTakenBack(own, to: record) { return nil }
            let paths = try reader.paths(of: record.id).map { ExactString($0) }.filter { $0 != path }
            let isRenamed = try !paths.isEmpty && path != nil && paths.allSatisfy { try !holds($0, record) }
            return PreviousSource(record: record, isReplaced: isRenamed, gone: isRenamed ? paths : [], displaced: own)
        }
        let former = try reader.formerSources(original: hash).filter { $0.mediaType == source.mediaType }
        guard let record = former.first(where: { $0.name == source.input.name }) ?? former.first else { return nil }
        if let own, try former.contains(where: { $0.id == own.id }) || isTakenBack(own, to: record) { return nil }
        return PreviousSource(record: record, isReplaced: false, displaced: own)
    }

    /// Whether a file went back to an earlier version of its own essays: that is a change, as any other.
    private func isTakenBack(_ own: SourceRecord, to record: SourceRecord) throws -> Bool {
        let now = Dictionary(own.cuts.map { ($0.essay, $0.revision) }) { first, _ in first }
        return try record.cuts.contains { cut in
            guard let revision = now[cut.essay] else { return false }
            return try reader.history(cut.essay).relation(cut.revision, revision) == .before
        }
    }

    private func named() throws -> PreviousSource? {
        guard path != nil else { return nil }
        let named = try reader.sources(name: source.input.name, unless: { !Self.isGone($0) }).filter {
            try !reader.isReplaced($0.id)
        }
        let ranked = try named.map { (record: $0, related: try relation($0)) }
        guard let best = ranked.max(by: { $0.related < $1.related }), best.related > 0 else { return nil }
        return PreviousSource(record: best.record, isReplaced: true)
    }

    /// How many pieces are found again.
    private func relation(_ candidate: SourceRecord) throws -> Int {
        var matching = try Matching(source.pieces, candidate.cuts, revision: writer.revision, text: writer.text)
        return try matching.matches().count { $0 != nil }
    }

    /// Whether a path still has the bytes that were imported from it. A member of a ZIP archive is there as long as that is.
    private func holds(_ path: ExactString, _ record: SourceRecord) throws -> Bool {
        if round.staying.contains(path) { return true }
        guard !Self.isGone(path.string) else { return false }
        guard let stamp = FileStamp(of: SystemPath(located: path.string)), let known = try reader.importedFile(path),
            known.stamp != stamp
        else { return true }
        guard let original = try reader.original(row: known.form ?? known.source), Int64(original.size) == stamp.size
        else { return false }
        return (try? readFile(SystemPath(located: path.string), expected: original.size)).map {
            TextHash(hashing: $0) == original.hash
        } ?? true
    }

    /// A path within a ZIP archive is no path to the system, but is not gone as long as the archive is there.
    private static func isGone(_ path: String) -> Bool {
        var info = stat()
        return SystemPath(located: path).withCString { lstat($0, &info) } != 0 && errno == ENOENT
    }
}
