import Archive
import Foundation
import History

/// Tells somebody who settled a conflict in a file what of the sides is not in it: marks are deleted by hand, and a
/// line too many goes quickly.
struct LeftOutNotes {
    let state: ItemState
    let conflict: MergeConflict
    let labels: [String]
    let answer: ConflictSheet.Answer
    let options: ArchiveOptions

    /// Shows each passage that is empty now, or keeps several texts one after another, and asks whether that is meant. Nobody is
    /// asked where there is no terminal.
    /// - Throws: `CommandError` if it is not.
    func confirm() throws {
        guard Terminal.isInteractive, conflict.text != nil else { return }
        for index in conflict.emptied(in: answer.text) {
            show(index, "is empty now. No side's text is left in it:")
            guard try asks("save it without this passage? [y]es, [n]o: ") else {
                throw CommandError(.badInput, "passage \(index + 1) is empty, which was not meant")
            }
        }
        for index in conflict.keptTogether(in: answer.text) {
            show(index, "keeps several of these texts, one after another:")
            guard try asks("save all of them? [y]es, [n]o: ") else {
                throw CommandError(.badInput, "passage \(index + 1) keeps several texts, which was not meant")
            }
        }
    }

    private func show(_ index: Int, _ what: String) {
        Output.line(Terminal.styled("  passage \(index + 1) of \(conflict.hunks.count) \(what)", .bold))
        let base = conflict.hunks[index].base
        if !EditFile.isBlank(base) { Output.line("  as it was: \(Self.shown(base))") }
        for (label, side) in zip(labels, conflict.hunks[index].sides) { Output.line("  \(label): \(Self.shown(side))") }
    }

    private func asks(_ question: String) throws -> Bool {
        while true {
            Output.write(Terminal.styled(question, .cyan))
            Output.flush()
            switch readLine()?.trimmingCharacters(in: .whitespaces).lowercased() {
            case "y", "yes": return true
            case "n", "no", nil: return false
            default: Output.line("  answer y or n, then Enter")
            }
        }
    }

    /// Names what was left out, and where it is; and what was kept beside each other.
    func tell() {
        if !Terminal.isInteractive, conflict.text != nil {
            for index in conflict.keptTogether(in: answer.text) {
                options.note(
                    """
                    note: passage \(index + 1) of \(conflict.hunks.count) keeps several of its texts, one after another. If only one was \
                    meant, delete the others: archivectl edit \(state.item.short)
                    """)
            }
        }
        let sides = tellPassages().union(tellFields())
        guard !sides.isEmpty else { return }
        let commands = sides.sorted().flatMap { conflict.sides[$0].revisions }.map {
            "`archivectl show \(state.item.short) --version \($0.short)`"
        }
        // An annotation's versions are not shown by themselves.
        let list = state.kind == .essay ? ": \(commands.joined(separator: ", "))" : ""
        options.note("note: all of it stays in the history\(list)")
    }

    /// - Returns: the places of the sides that have what was left out of the text.
    private func tellPassages() -> Set<Int> {
        guard conflict.text != nil else { return [] }
        let all = Set(conflict.sides.indices)
        let total = conflict.hunks.count
        var sides: Set<Int> = []
        for index in conflict.emptied(in: answer.text) {
            options.note("note: passage \(index + 1) of \(total) is empty: no side's text was kept there")
            sides = all
        }
        for part in conflict.leftOut(of: answer.text) {
            let passage = "passage \(part.hunk + 1) of \(total)"
            options.note("note: left out of \(passage): “\(Self.shown(part.text))” (\(labels[part.side]))")
            sides.insert(part.side)
        }
        for text in conflict.leftOutElsewhere(of: answer.text) {
            options.note("note: left out outside the passages: “\(Self.shown(text))”")
            sides = all
        }
        return sides
    }

    /// - Returns: the places of the sides that have values of fields of which no line was kept.
    private func tellFields() -> Set<Int> {
        var sides: Set<Int> = []
        for field in conflict.fields where answer.fields[field.key] == nil {
            // What has several lines is not laid out.
            let isLaidOut = !field.sides.contains { $0?.string?.contains("\n") == true }
            let name = ConflictPrinter.name(field.key)
            let what = isLaidOut ? "no line was kept for \(name)" : "\(name) has several lines and was not in the file"
            let value = Shown(line: ConflictPrinter.text(field.sides[0])).text
            options.note("note: \(what), so side 1's was taken: \(value)")
            sides.formUnion(conflict.sides.indices)
        }
        return sides
    }

    /// So many code points of a passage are shown.
    private static let most = 200

    private static func shown(_ text: [UInt8]) -> String {
        let line = Shown(line: String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
            .text
        let scalars = line.unicodeScalars
        return scalars.count > most ? String(String.UnicodeScalarView(scalars.prefix(most))) + "…" : line
    }
}
