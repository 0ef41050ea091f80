import Archive
import ArgumentParser
import Foundation
import History
import Prose

struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Settle a conflict, for all machines after the next sync.",
        discussion: """
            Without an option, on a terminal, it shows each place where the sides conflict and asks what to take. You can stop \
            at any time; your answers are kept.

            --take takes one side wherever the sides conflict. Name the side by its number or its head, as `archivectl \
            conflicts` shows them. Changes that do not conflict are kept, whichever side they are from. With --whole, the \
            text is that head's alone. --from takes a text that you wrote. --edit opens an editor with all sides laid out.

            With --base, name each head that you saw. If another head has arrived since, nothing is settled.

            Whatever is not taken stays in the history.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The side to take: its number, or the first digits of its head.", valueName: "side"))
    var take: String?
    @Flag(
        help: "With --take: take the whole text of that head, without the changes that the other sides made elsewhere.")
    var whole = false
    @Option(
        name: .customLong("from"), parsing: .unconditional,
        help: ArgumentHelp("Take the text from this file; - is standard input.", valueName: "file"), completion: .file()
    ) var source: String?
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A head that you saw. May be given several times. If there are others by now, the conflict stays.",
            valueName: "head"))
    var base: [String] = []
    @Flag(help: "Open an editor with all sides laid out.") var edit = false
    @Argument(help: "The essay or annotation.", completion: .essaysOrAnnotations) var essay: String

    func validate() throws {
        try requirePath(source, "--from")
    }

    func run() throws {
        let session = try Session(archive)
        let (state, replica) = try session.archive.read { (try $0.state($0.findAny(essay)), try $0.replicaID) }
        guard let conflict = state.conflict else {
            throw CommandError(
                .usage, "'\(state.fields[string: FieldKey.title] ?? essay)' has no conflict",
                advice: "`archivectl conflicts` lists the essays that have one")
        }
        let seen = try base.isEmpty ? state.resolvedHeads : base.map { try head($0, of: state) }
        let others = Set(state.resolvedHeads).subtracting(seen)
        guard others.isEmpty else {
            throw CommandError(
                .busy,
                "the conflict has \(others.count == 1 ? "a head" : "heads") that you did not name: \(others.map(\.short).sorted().joined(separator: ", "))",
                advice:
                    "See what changed there with `archivectl conflicts`, work that into your answer, and name all heads with --base"
            )
        }
        func settle(_ resolution: ArchiveWriter.Resolution, givesText: Bool = false) throws {
            let (revision, late) = try session.write { writer in
                let late = LateChanges(try writer.reader.history(state.item), since: state.heads)
                return (try writer.resolve(state.item, by: resolution, heads: state.heads, author: author.author), late)
            }
            if givesText { try session.givenOut.note([revision], of: state.item) }
            if let source { UnfinishedEdit.saved(from: source) }
            var answers = ConflictAnswers(state, replica: replica)
            answers.forget()
            try Report.revision(revision, of: state.item, session, json: json.isOn, beside: late)
        }
        /// By a file that was laid out with all sides.
        func settle(_ edited: [UInt8], on sheet: ConflictSheet) throws {
            let answer = try sheet.answer(edited)
            let leftOut = LeftOutNotes(
                state: state, conflict: conflict, labels: ConflictPrinter(state, replica: replica).labels,
                answer: answer, options: archive)
            try leftOut.confirm()
            do {
                try settle(.text(conflict.text == nil ? nil : answer.text, fields: answer.fields), givesText: true)
            } catch let code as ExitCode {
                // It is saved, and something else needs a person.
                leftOut.tell()
                throw code
            }
            leftOut.tell()
        }
        switch (take, source, edit) {
        case (let name?, nil, false):
            let head = try side(name, of: state)
            try settle(whole ? .whole(head) : .take(head))
            let others = conflict.sides.count - 1
            let rest = others == 1 ? "the other side" : "the \(others) other sides"
            archive.note(
                whole
                    ? "took \(head.short) whole; \(rest) \(others == 1 ? "stays" : "stay") in the history"
                    : "took \(head.short) where the sides conflict; what \(rest) \(others == 1 ? "has" : "have") there stays in the history"
            )
        case (nil, let file?, false) where !whole:
            let given = try Input.replacement(file)
            let sheet = ConflictPrinter(state, replica: replica).sheet
            // What an editor was opened on: no mark of it becomes text.
            if sheet.isMarked(given) {
                try settle(given, on: sheet)
            } else {
                try settle(resolution(by: given, of: state), givesText: true)
            }
        case (nil, nil, true) where !whole:
            let sheet = ConflictPrinter(state, replica: replica).sheet
            try session.noteUnfinished(of: state.item)
            let subject = try EditSubject(
                .conflict, session, item: state.item, title: state.fields[string: FieldKey.title],
                heads: state.resolvedHeads)
            let settled: Void? = try Editor.edit(sheet.content, subject) { edited in
                try settle(edited, on: sheet)
            }
            guard settled != nil else {
                archive.note("the file was not changed, so the conflict stays")
                throw Failure.needsAttention
            }
        case (nil, nil, false) where !whole && Terminal.isInteractive:
            try session.noteUnfinished(of: state.item)
            var walk = try ConflictWalk(state, session)
            guard let resolution = try walk.run() else {
                stop(walk, state)
                throw Failure.needsAttention
            }
            try settle(resolution)
        default:
            let given = [(take != nil, "--take"), (source != nil, "--from"), (edit, "--edit")].filter(\.0).map(\.1)
            guard given.count < 2 else {
                throw CommandError(
                    .usage, "\(given.joined(separator: " and ")) exclude each other", advice: "Give one of them")
            }
            guard !whole else {
                throw CommandError(
                    .usage, "--whole needs --take", advice: "Use --take to name the side whose whole text you want")
            }
            throw CommandError(
                .usage, "say how to settle the conflict",
                advice:
                    "Give --take SIDE, --from FILE or --edit; on a terminal, give none of them to be asked place by place"
            )
        }
    }

    /// A text that somebody made is an essay's text, and an annotation's note.
    private func resolution(by text: [UInt8], of state: ItemState) throws -> ArchiveWriter.Resolution {
        switch state.kind {
        case .essay: return .text(text)
        case .annotation:
            let note = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
            return .text(nil, fields: [FieldKey.body: .text(String(decoding: note, as: UTF8.self))])
        default:
            throw CommandError(.usage, "an imported file has no text to replace", advice: "Take a side: --take SIDE")
        }
    }

    /// Tells somebody who stopped before all was settled what became of their answers.
    private func stop(_ walk: ConflictWalk, _ state: ItemState) {
        if let failure = walk.answers.failure {
            Terminal.note("the conflict stays, and your answers could not be kept: \(failure)")
        } else if walk.answers.count > 0 {
            archive.note(
                "the conflict stays; \(walk.answers.count) of \(walk.total) answers are kept: archivectl resolve \(state.item.short) continues with them"
            )
        } else {
            archive.note("stopped; the conflict stays")
        }
    }

    /// A side by its number, as `conflicts` counts them, or by its head.
    private func side(_ name: String, of state: ItemState) throws -> RevisionID {
        guard let number = Int(name), name.utf8.count < ArchiveReader.shortestPrefix else {
            return try head(name, of: state)
        }
        let sides = state.conflict!.sides
        guard sides.indices.contains(number - 1) else {
            throw CommandError(
                .notFound, "there is no side \(number)",
                advice: "The sides are 1 to \(sides.count); `archivectl conflicts \(state.item.short)` shows them")
        }
        let heads = sides[number - 1].revisions
        guard heads.count == 1 || !whole else {
            throw CommandError(
                .ambiguous, "side \(number) has several heads, and --whole takes the text of one",
                advice: "Name it: \(heads.map(\.short).joined(separator: ", "))")
        }
        return heads[0]
    }

    private func head(_ name: String, of state: ItemState) throws -> RevisionID {
        let matches = state.heads.filter { $0.hex.hasPrefix(name.lowercased()) }
        guard matches.count == 1, name.utf8.count >= ArchiveReader.shortestPrefix else {
            throw CommandError(
                .notFound, "this conflict has no head '\(name)'",
                advice:
                    "The heads are \(state.heads.map(\.short).joined(separator: ", ")); give at least \(ArchiveReader.shortestPrefix) digits"
            )
        }
        return matches[0]
    }
}
