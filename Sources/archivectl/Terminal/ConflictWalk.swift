import Archive
import Foundation
import History

/// Settling a conflict place by place: shows each passage and each field, and asks on the terminal, a line an answer.
struct ConflictWalk {
    private enum Answer {
        case value([UInt8], field: CanonicalValue?)
        case skip, quit
    }

    private let conflict: MergeConflict
    private let printer: ConflictPrinter
    private(set) var answers: ConflictAnswers

    /// What an editor is opened on at a passage.
    private let subject: EditSubject

    /// - Parameter state: of an item in conflict.
    init(_ state: ItemState, _ session: Session) throws {
        let replica = try session.archive.read { try $0.replicaID }
        subject = try EditSubject(
            .passage, session, item: state.item, title: state.fields[string: FieldKey.title], heads: state.resolvedHeads
        )
        conflict = state.conflict!
        printer = ConflictPrinter(state, replica: replica)
        answers = ConflictAnswers(state, replica: replica)
    }

    /// How many places there are.
    var total: Int { conflict.hunks.count + conflict.fields.count }

    /// Asks until all is settled; what was skipped is asked again. `nil` if the person stops before.
    mutating func run() throws -> ArchiveWriter.Resolution? {
        printer.printSides()
        if answers.count > 0 {
            guard let isKept = asksToKeep() else { return nil }
            if !isKept { answers.forget() }
        }
        while true {
            for index in conflict.hunks.indices where answers.passages[index] == nil {
                printer.print(hunk: index)
                switch try ask(passage: index) {
                case .value(let bytes, _): answers.answer(passage: index, bytes)
                case .skip: continue
                case .quit: return nil
                }
            }
            for field in conflict.fields where answers.fields[field.key] == nil {
                printer.print(field)
                switch try ask(field) {
                case .value(_, let value): answers.answer(field.key, value)
                case .skip: continue
                case .quit: return nil
                }
            }
            let left = total - answers.count
            if left == 0 { break }
            Output.line("\(left) left to settle; q stops and keeps your answers:")
        }
        var index = 0
        let text = conflict.text { _ in
            defer { index += 1 }
            return answers.passages[index]!
        }
        return .text(text, fields: answers.fields)
    }

    /// Whether earlier answers are to be kept; `nil` if the person stops.
    private func asksToKeep() -> Bool? {
        while true {
            switch prompt(
                "\(answers.count) of \(total) \(answers.count == 1 ? "was" : "were") answered before. Keep \(answers.count == 1 ? "this answer" : "these answers")? [y]es, [n]o: start over "
            ) {
            case "y", "yes": return true
            case "n", "no": return false
            case nil: return nil
            default: Output.line("  answer y or n, then Enter")
            }
        }
    }

    private func ask(passage index: Int) throws -> Answer {
        let hunk = conflict.hunks[index]
        while true {
            switch prompt("take side \(keys), [b]ase, [a]ll, [e]dit, [s]kip, [q]uit, [?] help: ") {
            case "b": return .value(hunk.base, field: nil)
            // A side that left all as it was adds nothing.
            case "a": return .value(hunk.sides.filter { $0 != hunk.base }.flatMap { $0 }, field: nil)
            case "s": return .skip
            case "q", nil: return .quit
            case "?": explain(Self.passageHelp)
            case "e":
                if let edited = try edit(hunk) { return .value(edited, field: nil) }
            case let key?:
                if let side = side(key) { return .value(hunk.sides[side], field: nil) }
            }
        }
    }

    private func ask(_ field: MergeConflict.Field) throws -> Answer {
        while true {
            switch prompt("take side \(keys), [b]ase, =VALUE, [s]kip, [q]uit, [?] help: ") {
            case "b": return .value([], field: field.base)
            case "s": return .skip
            case "q", nil: return .quit
            case "?": explain(Self.fieldHelp)
            case let key?:
                if key.hasPrefix("="), field.key == FieldKey.title, key.dropFirst().allSatisfy(\.isWhitespace) {
                    Output.line("  an essay needs a title")
                    continue
                }
                if key.hasPrefix("=") { return .value([], field: key.count > 1 ? .text(String(key.dropFirst())) : nil) }
                if let side = side(key) { return .value([], field: field.sides[side]) }
            }
        }
    }

    private var keys: String { conflict.sides.indices.map { "[\($0 + 1)]" }.joined(separator: " ") }

    private func side(_ key: String) -> Int? {
        guard let number = Int(key), conflict.sides.indices.contains(number - 1) else {
            Output.line(
                key.isEmpty
                    ? "  answer with one of the keys, then Enter; ? explains them"
                    : "  '\(key)' is not one of the keys; ? explains them")
            return nil
        }
        return number - 1
    }

    private static let passageHelp = [
        ("1, 2, …", "take what this side has here"), ("b", "take what it was before any side changed it"),
        ("a", "take all sides, one after the other"),
        ("e", "write it yourself, in your editor, with all sides laid out"),
        ("s", "decide later: it is asked again at the end"),
        ("q", "stop; your answers are kept, and the conflict stays until all are given"),
    ]
    private static let fieldHelp = [
        ("1, 2, …", "take this side's value"), ("b", "take the value before any side changed it"),
        ("=VALUE", "another value; = alone means none"), ("s", "decide later: it is asked again at the end"),
        ("q", "stop; your answers are kept, and the conflict stays until all are given"),
    ]

    private func explain(_ keys: [(key: String, meaning: String)]) {
        for (key, meaning) in keys {
            Output.line("  \(key.padding(toLength: 8, withPad: " ", startingAt: 0))\(meaning)")
        }
    }

    /// The answer without blanks around it; `nil` at the end of the input.
    private func prompt(_ question: String) -> String? {
        Output.write(Terminal.styled(question, .cyan))
        Output.flush()
        return readLine()?.trimmingCharacters(in: .whitespaces)
    }

    /// The passage as edited; `nil` if it was left as it was, or not settled.
    private func edit(_ hunk: MergeHunk) throws -> [UInt8]? {
        var alone = hunk
        alone.resultRange = 0..<hunk.base.count
        let sheet = ConflictSheet(text: hunk.base, hunks: [alone], labels: printer.labels, fields: [])
        do {
            return try Editor.edit(sheet.content, subject) { try sheet.answer($0).text }
        } catch {
            guard let error = CommandError(error) else { throw error }
            Output.advice("  \(error)")
            return nil
        }
    }
}
