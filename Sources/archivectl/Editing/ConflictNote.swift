import Archive
import History

extension Session {
    /// Tells somebody who changes an item in conflict which heads there are, and what the change does to them.
    /// - Parameter heads: what the change is made from.
    func explainConflict(of state: ItemState, replacing heads: [RevisionID]) {
        guard state.isConflict, let replica = try? archive.read({ try $0.replicaID }) else { return }
        let labels = ConflictPrinter(state, replica: replica).labels.map { "  \($0)" }
        let replaced = heads.filter(state.heads.contains).map(\.short)
        let effect =
            replaced.isEmpty
            ? "Saving adds another side, based on \(heads.map(\.short).joined(separator: ", "))"
            : "Saving replaces head \(replaced.joined(separator: " and ")) only, and the others stay as they are"
        options.note(
            """
            note: '\(state.fields[string: FieldKey.title] ?? state.item.short)' is in conflict:
            \(labels.joined(separator: "\n"))
            \(effect). To settle the conflict instead: archivectl resolve \(state.item.short)
            """)
    }
}

extension ArchiveOptions {
    /// Says of tags to be added that they are there already, or of tags to be removed that they are not.
    /// - Parameters:
    ///   - whose: `the essay`
    ///   - present: the tags that there are, of which one may be meant.
    func noteTags(_ tags: [String], of whose: String, missing: Bool, among present: [String]) {
        for tag in tags {
            guard missing else {
                note("note: \(whose) has the tag '\(tag)' already")
                continue
            }
            let near = Mistyped.nearest(tag, in: present).map { "; did you mean '\($0)'?" } ?? ""
            note("note: \(whose) has no tag '\(tag)'\(near)")
        }
    }
}
