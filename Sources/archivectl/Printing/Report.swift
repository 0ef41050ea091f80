import Archive
import ArgumentParser
import History
import Interchange
import Prose

/// What writing commands print.
enum Report {
    /// Says of essays that were to be deleted or brought back what they are now.
    /// - Parameter unchanged: those that were so before.
    static func deletions(of items: [ItemID], unchanged: Set<ItemID> = [], _ session: Session, json: Bool) throws {
        func done(_ state: ItemState) -> String {
            if unchanged.contains(state.item) { return state.isDeleted ? "was deleted before" : "was not deleted" }
            return state.isDeleted ? "deleted" : "is back"
        }
        let states = try session.archive.read { reader in try items.map { try reader.state($0) } }
        if json {
            Output.json(states) { DeletionChange($0, changed: !unchanged.contains($0.item)) }
        } else {
            for state in states {
                // An annotation has no title.
                let name = [FieldKey.title, FieldKey.body, FieldKey.quote].lazy.compactMap { state.fields[string: $0] }
                    .first { !$0.isEmpty }
                Output.line("\(state.item.short)  \(done(state))  \(Shown(line: name ?? ""))")
            }
        }
    }

    /// - Parameters:
    ///   - heads: what the text was made from, if it was one.
    ///   - late: what came in beside it.
    static func revision(
        _ revision: RevisionID?, of item: ItemID, _ session: Session, json: Bool, madeFrom heads: [RevisionID]? = nil,
        beside late: LateChanges? = nil
    ) throws {
        let state = try session.archive.read { try $0.state(item) }
        let change = EssayChange(state, revision: revision)
        if json, let heads {
            Output.json(EditedEssay(change, EditBasis(base: heads, beside: late?.changes ?? [])))
        } else if json {
            Output.json(change)
        } else if let revision, let version = change.version {
            Output.line("\(item.short)  version \(version) (\(revision.short))  \(Shown(line: change.title))")
        } else {
            Output.line("\(item.short)  unchanged  \(Shown(line: change.title))")
        }
        if revision != nil, let note = late?.note(isConflict: state.isConflict) { session.options.note(note) }
        if state.isConflict {
            session.options.note(
                "the essay is in conflict: `archivectl conflicts \(item.short)` shows it, `archivectl resolve \(item.short)` settles it"
            )
            throw Failure.needsAttention
        }
    }
}
