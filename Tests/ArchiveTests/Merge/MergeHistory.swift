import Foundation

@testable import Archive
@testable import History
@testable import Prose

/// An essay whose history a test makes revision by revision, merges included; the same IDs each time.
final class MergeHistory {
    let archive: Archive
    let item: ItemID
    private var count = 0

    var root: RevisionID { item.root }

    init(_ text: String, title: String = "题") throws {
        archive = try Archive.scratch()
        item = try archive.write { writer in
            try writer.append(
                Revision(kind: .essay, fields: [FieldKey.title: .text(title)], text: writer.insert(Array(text.utf8))))
        }.asRoot
    }

    func add(_ text: String, _ parents: [RevisionID], title: String = "题") throws -> RevisionID {
        count += 1
        let nonce = ExactString(String(format: "%032x", count))
        return try archive.write { writer in
            try writer.append(
                Revision(
                    kind: .essay, item: item, parents: parents, author: "丁", nonce: nonce,
                    fields: [FieldKey.title: .text(title)],
                    text: writer.insert(Array(text.utf8))))
        }
    }

    var state: ItemState { get throws { try archive.state(item) } }
    var text: String { get throws { try archive.text(item) } }
}
