import Archive
import History
import Prose

/// What is different between two states of an essay, but for how its text differs.
struct VersionChanges {
    struct Field {
        let key: ExactString
        let before: CanonicalValue?
        let after: CanonicalValue?
    }

    let isTextChanged: Bool
    /// Those that differ, in the order of their keys.
    let fields: [Field]
    /// Whether it was deleted, or brought back; `nil` if neither.
    let deletion: Bool?

    init(from old: (fields: Fields, isDeleted: Bool), to new: (fields: Fields, isDeleted: Bool), isTextChanged: Bool) {
        self.isTextChanged = isTextChanged
        fields = Set(old.fields.keys).union(new.fields.keys).sorted().compactMap { key in
            old.fields[key] == new.fields[key] ? nil : Field(key: key, before: old.fields[key], after: new.fields[key])
        }
        deletion = old.isDeleted == new.isDeleted ? nil : new.isDeleted
    }

    /// What a version has that none of those that it was made from had.
    init(of revision: Revision, in history: History) {
        let parents = revision.parents.compactMap { history[$0] }
        let all = parents.map { parent in
            VersionChanges(
                from: (parent.fields, parent.isTombstone), to: (revision.fields, revision.isTombstone),
                isTextChanged: parent.text != revision.text)
        }
        isTextChanged = !all.isEmpty && all.allSatisfy(\.isTextChanged)
        fields = (all.first?.fields ?? []).filter { field in
            all.allSatisfy { $0.fields.contains { $0.key == field.key } }
        }
        deletion = all.allSatisfy { $0.deletion != nil } ? all.first?.deletion : nil
    }

    var isEmpty: Bool { !isTextChanged && fields.isEmpty && deletion == nil }

    /// `text`, `title`, `tags`, other fields by their keys, `deletion`, `undeletion`.
    var names: [String] {
        (isTextChanged ? ["text"] : []) + fields.map(\.key.string)
            + (deletion.map { [$0 ? "deletion" : "undeletion"] } ?? [])
    }

    /// A line for each field, and one for a deletion.
    /// - Parameter inColour: whether what went and what came is told by colours, rather than by marks.
    func lines(inColour: Bool = Terminal.usesColour) -> [Shown] {
        let fields = fields.map { field -> Shown in
            if field.key == FieldKey.tags { return "tags: \(Self.tags(field, inColour))" }
            return
                "\(field.key): \([Self.shown(field.before, .removed, inColour), Self.shown(field.after, .inserted, inColour)].compactMap { $0 }.joined())"
        }
        return fields + (deletion.map { [$0 ? "the essay was deleted" : "the essay was brought back"] } ?? [])
    }

    private static func shown(_ value: CanonicalValue?, _ kind: Terminal.Style, _ inColour: Bool) -> Shown? {
        value.map { value in
            let text = Array(ConflictPrinter.text(value).utf8)
            return DiffPrinter.render(kind == .removed ? .removed(text) : .inserted(text), inColour: inColour)
        }
    }

    private static func tags(_ field: Field, _ inColour: Bool) -> Shown {
        func tags(_ value: CanonicalValue?) -> [ExactString] {
            var fields = Fields()
            fields[FieldKey.tags] = value
            return fields.tags
        }
        let (before, after) = (tags(field.before), tags(field.after))
        let removed = before.filter { !after.contains($0) }.map {
            DiffPrinter.render(.removed(Array("#\($0)".utf8)), inColour: inColour)
        }
        let added = after.filter { !before.contains($0) }.map {
            DiffPrinter.render(.inserted(Array("#\($0)".utf8)), inColour: inColour)
        }
        return (removed + added).joined(separator: " ")
    }
}
