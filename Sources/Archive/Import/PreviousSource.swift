import Foundation

/// The source in the archive that an original is the same as, or a newer form of.
struct PreviousSource {
    let record: SourceRecord
    /// Whether the original takes its place; else it is another file of the same bytes.
    let isReplaced: Bool
    /// Paths that the source was imported from and that are there no more: the file was renamed.
    var gone: [String] = []

    /// By the same path; else by equal bytes, be they an older form's or one side's of a conflict; else by the same name and related
    /// content, of files that are gone from where they were, or were imported on another machine: other folders have a `notes.txt` as well.
    static func find(for source: PreparedSource, writer: ArchiveWriter) throws -> PreviousSource? {
        let path = source.input.canonicalPath
        if let path, let known = try writer.importedSource(path) { return PreviousSource(record: known, isReplaced: true) }
        let reader = writer.unrefreshedReader
        let equal = try reader.sources(original: source.original.hash).filter { try !reader.isReplaced($0.id) }
        if let record = equal.first(where: { $0.name == source.input.name }) ?? equal.first {
            let paths = try reader.paths(of: record.id)
            let isRenamed = !paths.isEmpty && path != nil && paths.allSatisfy(isGone)
            return PreviousSource(record: record, isReplaced: isRenamed, gone: isRenamed ? paths : [])
        }
        let former = try reader.formerSources(original: source.original.hash).filter { $0.mediaType == source.mediaType }
        if let record = former.first(where: { $0.name == source.input.name }) ?? former.first {
            return PreviousSource(record: record, isReplaced: false)
        }
        guard path != nil else { return nil }
        let named = try reader.sources(name: source.input.name, unless: { !isGone($0) }).filter { try !reader.isReplaced($0.id) }
        let ranked = try named.map { (record: $0, related: try relation(source, $0, writer)) }
        guard let best = ranked.max(by: { $0.related < $1.related }), best.related > 0 else { return nil }
        return PreviousSource(record: best.record, isReplaced: true)
    }

    /// How many pieces are found again.
    private static func relation(_ source: PreparedSource, _ candidate: SourceRecord, _ writer: ArchiveWriter) throws -> Int {
        var matching = try Matching(source.pieces, candidate.cuts, revision: writer.revision, text: writer.text)
        return try matching.matches().count { $0 != nil }
    }

    /// A path within a ZIP archive is no path to the system, but is not gone as long as the archive is there.
    private static func isGone(_ path: String) -> Bool {
        var info = stat()
        return SystemPath(key: path).withCString { lstat($0, &info) } != 0 && errno == ENOENT
    }
}
