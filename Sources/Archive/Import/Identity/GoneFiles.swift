import Files
import Foundation
import GRDB
import History
import Prose

/// Files that were imported from the folders of an import's new files and are gone: one of these may be such a file, renamed and changed.
///
/// That is only said, not assumed: next month's report is as much like this month's.
struct GoneFiles: Sendable {
    private let known: [(path: ExactString, file: KnownFile)]

    /// Hinted at from this similarity on.
    private static let leastSimilarity = 0.6
    /// So many new files, folders, and gone files in each are looked at.
    static let mostAdded = 256
    private static let mostFolders = 32
    private static let mostGone = 64

    /// None.
    init() { known = [] }

    /// - Parameters:
    ///   - added: files at paths from which nothing was imported.
    ///   - taken: paths whose essays went along with a file of this round.
    init(beside added: [FoundFile], taken: Set<ExactString>, reader: ArchiveReader) throws {
        let folders = Set(
            added.filter { $0.entry == nil }.map { ExactString(PathParts.folder(of: $0.canonicalPath.string)) })
        guard added.count <= Self.mostAdded, folders.count <= Self.mostFolders else {
            known = []
            return
        }
        known = try folders.sorted().flatMap { folder -> [(path: ExactString, file: KnownFile)] in
            let gone = try reader.importedPaths(in: folder.string).filter { path in
                !taken.contains(ExactString(path)) && FileStamp(of: SystemPath(located: path)) == nil
            }
            let files = try reader.importedFiles(gone.prefix(Self.mostGone).map { ExactString($0) })
            return files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    /// The essay of a file that is gone that a new one is most like.
    func mostSimilar(to text: [UInt8], reader: ArchiveReader) throws -> SimilarEssay? {
        guard !known.isEmpty, text.count <= LikenessText.mostBytes else { return nil }
        let new = LikenessText(text)
        var best: (place: Int, similarity: Double)?
        for (place, (_, file)) in known.enumerated() where file.pieces.count == 1 {
            guard let old = try LikenessText(of: file, reader) else { continue }
            let similarity = 1 - new.distance(to: old)
            if similarity >= Self.leastSimilarity, similarity > best?.similarity ?? 0 { best = (place, similarity) }
        }
        guard let best else { return nil }
        let (path, file) = known[best.place]
        let essay = try reader.entries.id(row: file.pieces[0].essay).revision.asRoot
        let title =
            try reader.revision(reader.entries.id(row: file.pieces[0].revision).revision)?.fields[
                string: FieldKey.title] ?? ""
        return SimilarEssay(id: essay, title: title, path: path.string, similarity: best.similarity)
    }
}

extension ArchiveReader {
    /// The paths of files right in a folder from which something was imported.
    fileprivate func importedPaths(in folder: String) throws -> [String] {
        // `0` follows `/` in the order of bytes.
        try String.fetchAll(
            db.cachedStatement(sql: "SELECT path FROM imported WHERE path > ? AND path < ?"),
            arguments: [folder + "/", folder + "0"]
        )
        .filter { PathParts.folder(of: $0).utf8.elementsEqual(folder.utf8) }
    }
}
