import Archive
import Foundation
import History
import Prose

/// Shows a conflict to a person.
struct ConflictPrinter {
    private let state: ItemState
    private let conflict: MergeConflict
    private let context: PassageContext
    private let replica: ReplicaID

    /// - Parameters:
    ///   - state: of an item in conflict.
    ///   - replica: the archive's.
    init(_ state: ItemState, replica: ReplicaID) {
        self.state = state
        self.replica = replica
        conflict = state.conflict!
        context = PassageContext(conflict)
    }

    /// The whole conflict.
    func print(vectors: Bool) {
        printSides(vectors: vectors)
        for index in conflict.hunks.indices { print(hunk: index) }
        for field in conflict.fields { print(field) }
    }

    /// What is in conflict, and who the sides are.
    func printSides(vectors: Bool = false) {
        let title = state.fields[string: FieldKey.title] ?? state.fields[string: FieldKey.body] ?? ""
        Output.line("\(Terminal.styled(state.item.short, .yellow))  \(Shown(line: title))")
        if let quote = state.fields[string: FieldKey.quote] { Output.line("  a note on “\(Shown(line: quote))”") }
        for (index, side) in conflict.sides.enumerated() {
            for (place, head) in side.revisions.enumerated() {
                Output.line(
                    "  \(place == 0 ? "side \(index + 1):" : "   and:") head \(Terminal.styled(head.short, .yellow))\(byline(head))"
                )
                if vectors { printVector(of: head) }
            }
        }
        for head in state.waitingHeads {
            Output.line(
                "  waiting: head \(Terminal.styled(head.short, .yellow))\(byline(head)) will be merged with the result")
            if vectors { printVector(of: head) }
        }
    }

    /// What people call a field: as the option is named that sets it.
    static func name(_ key: ExactString) -> String { key == FieldKey.body ? "note" : key.string }

    /// One passage, between the sentences before and after it.
    func print(hunk index: Int) {
        let hunk = conflict.hunks[index]
        Output.line(Terminal.styled("  passage \(index + 1) of \(conflict.hunks.count)", .bold))
        if let before = context.before(hunk) {
            Output.line("          " + Terminal.styled("… \(Self.trimmed(before))", .dim))
        }
        Output.line("  base:   \(text(hunk.base))")
        for (number, side) in hunk.sides.enumerated() {
            let changed = side.isEmpty || side == hunk.base ? text(side) : changes(from: hunk.base, to: side)
            Output.line("  side \(number + 1): \(changed)\(side == hunk.base ? "  (as it was)" : "")")
        }
        if let behind = context.behind(hunk) {
            Output.line("          " + Terminal.styled("\(Self.trimmed(behind)) …", .dim))
        }
    }

    func print(_ field: MergeConflict.Field) {
        Output.line(Terminal.styled("  \(Self.name(field.key))", .bold))
        Output.line("  base:   \(Self.text(field.base))")
        for (index, value) in field.sides.enumerated() { Output.line("  side \(index + 1): \(Self.text(value))") }
    }

    /// The whole conflict as a file to edit.
    var sheet: ConflictSheet {
        ConflictSheet(
            text: conflict.text ?? [], hunks: conflict.hunks, labels: labels,
            fields: conflict.fields.map { ConflictSheet.Field(key: $0.key, name: Self.name($0.key), sides: $0.sides) })
    }

    /// Who each side is.
    var labels: [String] {
        conflict.sides.enumerated().map { index, side in
            "side \(index + 1), " + side.revisions.map { "head \($0.short)\(byline($0))" }.joined(separator: ", and ")
        }
    }

    static func text(_ value: CanonicalValue?) -> String {
        value.map { $0.string ?? String(decoding: $0.bytes, as: UTF8.self) } ?? "(none)"
    }

    private func text(_ bytes: [UInt8]) -> Shown {
        bytes.isEmpty ? Terminal.styled("(nothing)", .dim) : Shown(Self.trimmed(bytes))
    }

    private func changes(from base: [UInt8], to side: [UInt8]) -> Shown {
        let shown = Diff.hunks(base, side).flatMap(\.pieces).map { DiffPrinter.render($0) }.joined()
        return Shown(verbatim: Self.trimmed(shown.text))
    }

    private static func trimmed(_ bytes: [UInt8]) -> String { trimmed(String(decoding: bytes, as: UTF8.self)) }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .newlines) }

    private func byline(_ head: RevisionID) -> String {
        guard let node = state.history.nodes[head] else { return "" }
        // As `log` has it: an import does not say when it was made.
        let place =
            node.dots[replica] != nil
            ? "here" : node.dots.keys.min().map { "replica \($0.hex.prefix(12))" } ?? "elsewhere"
        return
            "  \(node.revision.author?.string ?? "import")  \(LocalTime.minute(node.revision.written ?? node.recorded))  \(place)"
    }

    private func printVector(of head: RevisionID) {
        for (replica, sequence) in state.history.vector(of: head).sequences.sorted(by: { $0.key < $1.key }) {
            Output.line("      \(replica.hex.prefix(12)): \(sequence)")
        }
    }
}
