import Archive
import History

/// A version in a sentence: `version 3 (a7efd5b75885) by 李, 2026-11-30 10:03`. Another machine may count its versions otherwise, and so
/// the ID is there, too.
struct VersionDescription: CustomStringConvertible {
    let description: String

    init(_ id: RevisionID, in history: History) {
        let node = history.nodes[id]!
        let author = node.revision.author?.string ?? (node.revision.merge == nil ? "an import" : "a merge")
        description =
            "version \(history.version(of: id)!) (\(id.short)) by \(author), \(LocalTime.minute(node.revision.written ?? node.recorded))"
    }
}
