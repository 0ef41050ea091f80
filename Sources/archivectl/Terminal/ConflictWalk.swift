import Archive
import Foundation

/// Settling a conflict place by place: shows each passage and each field, and asks on the terminal, a line an answer.
struct ConflictWalk {
    private enum Answer {
        case value([UInt8], field: CanonicalValue?)
        case skip, quit
    }

    private let conflict: MergeConflict
    private let printer: ConflictPrinter
    private(set) var answers: ConflictAnswers

    /// - Parameters:
    ///   - state: of an item in conflict.
    ///   - replica: the archive's.
    init(_ state: ItemState, replica: ReplicaID) {
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
            switch prompt("\(answers.count) of \(total) were answered before: go on with these answers? [y]es, [n]o, begin anew ") {
            case "n": answers.forget()
            case nil: return nil
            default: break
            }
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
            Output.line("\(left) left, once more; q keeps the answers for another time:")
        }
        var index = 0
        let text = conflict.text { _ in
            defer { index += 1 }
            return answers.passages[index]!
        }
        return .text(text, fields: answers.fields)
    }

    private func ask(passage index: Int) throws -> Answer {
        let hunk = conflict.hunks[index]
        while true {
            switch prompt("take side \(keys), [b]ase, [a]ll sides in turn, [e]dit, [s]kip, [q]uit? ") {
            case "b": return .value(hunk.base, field: nil)
            // A side that left all as it was adds nothing.
            case "a": return .value(hunk.sides.filter { $0 != hunk.base }.flatMap { $0 }, field: nil)
            case "s": return .skip
            case "q", nil: return .quit
            case "e":
                if let edited = try edit(hunk) { return .value(edited, field: nil) }
            case let key?:
                if let side = side(key) { return .value(hunk.sides[side], field: nil) }
            }
        }
    }

    private func ask(_ field: MergeConflict.Field) throws -> Answer {
        while true {
            switch prompt("take side \(keys), [b]ase, =VALUE for another, [s]kip, [q]uit? ") {
            case "b": return .value([], field: field.base)
            case "s": return .skip
            case "q", nil: return .quit
            case let key?:
                if key.hasPrefix("=") { return .value([], field: key.count > 1 ? .text(String(key.dropFirst())) : nil) }
                if let side = side(key) { return .value([], field: field.sides[side]) }
            }
        }
    }

    private var keys: String { conflict.sides.indices.map { "[\($0 + 1)]" }.joined(separator: " ") }

    private func side(_ key: String) -> Int? {
        guard let number = Int(key), conflict.sides.indices.contains(number - 1) else {
            Output.line("  '\(key)' is none of the keys")
            return nil
        }
        return number - 1
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
            return try Editor.edit(sheet.content, name: "passage.txt") { try sheet.answer($0).text }
        } catch let error as ArchiveError {
            Output.line("  \(error)")
            return nil
        }
    }
}
