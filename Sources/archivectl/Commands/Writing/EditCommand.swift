import Archive
import ArgumentParser
import Foundation
import History
import Prose

struct Edit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Write a new version of an essay.",
        discussion: """
            Opens $VISUAL or $EDITOR, or takes the text from --from. The new version replaces the one that you were shown. \
            If the essay has changed since, here or on another machine, both changes are merged, or become a conflict.

            If the terminal is closed while the editor is open, what you saved in the editor is kept. `status` and the next \
            `edit` of the essay say where it is, and how to continue with it or discard it.

            With --from, the command has to know which version your text is based on. It compares your text with those that \
            `show` last wrote to a file or a program and those that were last saved here, and takes the closest. To name \
            another version, use --base with its number or ID; for a merged text, give each head that `show --json` lists \
            under `base`.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Option(
        name: .customLong("from"), parsing: .unconditional,
        help: ArgumentHelp("Take the text from this file; - is standard input.", valueName: "file"), completion: .file()
    ) var source: String?
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A version that the text is based on: a number or a revision ID. May be given several times.",
            valueName: "head"))
    var base: [String] = []
    @Argument(help: "The essay.", completion: .essays) var essay: String

    func validate() throws {
        try requirePath(source, "--from")
    }

    func run() throws {
        let session = try Session(archive)
        let state = try session.archive.read { try $0.state($0.essay(essay)) }
        if let source {
            try UnfinishedEdit.requireOwn(source, state.item)
            let text = try Input.replacement(source)
            let heads = try baseOfFile(text, state, session)
            session.explainConflict(of: state, replacing: heads)
            try save(text, madeFrom: heads, of: state, session)
        } else {
            let heads = try namedBase(state, session) ?? state.shownHeads
            let seen = try session.archive.read { try $0.state(state, at: heads) }
            if heads.count > 1, seen.isConflict { throw inConflict(state) }
            let old = try session.archive.read { try $0.text(of: state, at: heads) }
            try session.noteUnfinished(of: state.item)
            session.explainConflict(of: state, replacing: heads)
            let subject = try EditSubject(
                .essay, session, item: state.item, title: state.fields[string: FieldKey.title], heads: heads,
                isMarkdown: state.isMarkdown)
            let isSaved: Void? = try Editor.edit(old, subject) { text in
                guard !text.isEmpty else {
                    throw CommandError(.badInput, "the text is empty", advice: "To delete an essay: archivectl delete")
                }
                try save(text, madeFrom: heads, of: state, session)
            }
            if isSaved == nil {
                try Report.revision(nil, of: state.item, session, json: json.isOn, madeFrom: heads)
            }
        }
    }

    private func save(_ text: [UInt8], madeFrom heads: [RevisionID], of state: ItemState, _ session: Session) throws {
        var result: FrontMatterChange.Result?
        let (revision, late) = try session.write { writer in
            let late = LateChanges(try writer.reader.history(state.item), since: heads)
            // A damaged text is repaired by giving it anew, and says nothing of fields.
            let old = try? writer.reader.text(of: state, at: heads)
            let change = FrontMatterChange(from: old ?? text, to: text, isMarkdown: state.isMarkdown)
            let revision = try writer.revise(state.item, heads: heads, author: author.author) { draft in
                draft.text = text
                result = change.apply(to: &draft.fields)
            }
            return (revision, late)
        }
        try session.givenOut.note(revision.map { [$0] } ?? heads, of: state.item)
        if let source {
            UnfinishedEdit.saved(from: source)
            try session.noteUnfinished(of: state.item)
        }
        if revision != nil, let result { tell(result, of: state) }
        try Report.revision(revision, of: state.item, session, json: json.isOn, madeFrom: heads, beside: late)
    }

    /// Says what the front matter did, and did not, change.
    private func tell(_ result: FrontMatterChange.Result, of state: ItemState) {
        if !result.changed.isEmpty {
            archive.note(
                "note: the front matter changed the essay's \(result.changed.map(\.string).joined(separator: ", "))")
        }
        if result.isGone {
            archive.note(
                "note: the text has no front matter any more; the essay keeps its author, tags and other fields, which `archivectl set \(state.item.short)` shows"
            )
        }
        for entry in result.kept {
            let id = state.item.short
            archive.note(
                """
                note: the essay's \(entry.key) stays '\(state.fields[string: entry.key] ?? "")', which was not from the front matter. To change it, \
                too: archivectl set \(id) \(entry.key)=\(ShellWord.quoted(entry.new ?? ""))
                """)
        }
    }

    // MARK: What the text was made from

    private func namedBase(_ state: ItemState, _ session: Session) throws -> [RevisionID]? {
        guard !base.isEmpty else { return nil }
        return try session.archive.read { reader in try base.map { try reader.findRevision($0, in: state.history) } }
    }

    private func baseOfFile(_ text: [UInt8], _ state: ItemState, _ session: Session) throws -> [RevisionID] {
        if let named = try namedBase(state, session) { return named }
        if let given = try nearest(to: text, of: state, session) { return given }
        // What everybody has had from the beginning, or has written here, is known to whoever works here.
        let replica = try session.archive.read { try $0.replicaID }
        let own = state.history.order.filter {
            state.history.nodes[$0]!.dots[replica] != nil && state.history[$0]!.merge == nil
        }
        let late = LateChanges(state.history, since: own.isEmpty ? [state.item.root] : own)
        guard let last = late.latest else { return state.shownHeads }
        let id = state.item.short
        let bases = state.shownHeads.map { " --base \($0.short)" }.joined()
        throw CommandError(
            .usage,
            "'\(state.fields[string: FieldKey.title] ?? id)' was changed elsewhere (\(last)), and it is not known which version your text is based on",
            advice: """
                Nothing was changed. If it is based on the essay as it is now: archivectl edit \(id) --from \(source ?? "-")\(bases). \
                `archivectl log \(id)` lists the other versions
                """)
    }

    /// The text given out that a file has least changes from; of equally near ones the last. One before the last only where
    /// others have changed the essay between them: whoever writes anew what was written here before means it.
    private func nearest(to text: [UInt8], of state: ItemState, _ session: Session) throws -> [RevisionID]? {
        let (history, replica) = (state.history, try session.archive.read { try $0.replicaID })
        let known = try session.givenOut.texts(of: state.item).filter { $0.allSatisfy { history[$0] != nil } }
        guard let last = known.first, known.count > 1 else { return known.first }
        let news = Set(history.known(to: last).order)
        let given =
            [last]
            + known.dropFirst().filter { heads in
                history.unknown(to: heads).contains { news.contains($0) && history.nodes[$0]!.dots[replica] == nil }
            }
        let distances = try session.archive.read { reader in
            try given.map { heads in
                let old = try reader.text(of: state, at: heads)
                return Diff.byCharacter(old, text).reduce(0) { $0 + $1.baseRange.count + $1.newRange.count }
            }
        }
        let place = distances.firstIndex(of: distances.min()!)!
        if place > 0 { explain(given[place], insteadOf: given[0], state) }
        return given[place]
    }

    private func explain(_ base: [RevisionID], insteadOf last: [RevisionID], _ state: ItemState) {
        func names(_ heads: [RevisionID]) -> String {
            heads.map { "\(state.history.version(of: $0)!) (\($0.short))" }.joined(separator: " and ")
        }
        archive.note(
            """
            note: the text is assumed to be based on version \(names(base)), which it is nearest to. If it is based on version \(names(last)) \
            and is meant to undo what came since: archivectl edit \(state.item.short) --from FILE\(last.map { " --base \($0.short)" }.joined())
            """)
    }

    private func inConflict(_ state: ItemState) -> CommandError {
        CommandError(
            .usage, "these versions conflict with each other",
            advice: "Name one of them, or settle the conflict first: archivectl resolve \(state.item.short)")
    }
}

extension ArchiveReader {
    /// The text that somebody saw who was shown these versions: that of one, or the merge of several.
    func text(of state: ItemState, at heads: [RevisionID]) throws -> [UInt8] {
        try heads.count == 1 ? text(of: state.history[heads[0]]!) : text(of: self.state(state, at: heads))
    }
}

/// Changes that came in beside one that was made from older versions.
struct LateChanges {
    /// In order.
    let changes: [RevisionID]
    /// The last of them; `nil` if there are none.
    let latest: VersionDescription?

    init(_ history: History, since heads: [RevisionID]) {
        changes = history.unknown(to: heads).filter { history[$0]!.merge == nil }
        latest = changes.last.map { VersionDescription($0, in: history) }
    }

    /// Tells somebody that their change has company; `nil` if it has none.
    func note(isConflict: Bool) -> String? {
        guard let last = latest else { return nil }
        let what =
            changes.count == 1
            ? last.description : "\(counted(changes.count, "other version")), the last of them \(last),"
        return
            "note: \(what) came after the version that your text is based on; \(isConflict ? "not all changes can be merged" : "the changes are merged")"
    }
}
