import Prose

/// What of a Word document is not in its text.
struct WordLosses {
    /// Tables of other programs and the like.
    var embedded = 0
    var diagrams = 0
    /// Of the editor that came with Word before 2007.
    var equations = 0
    /// Characters that mean nothing to others, and look like our marks.
    var characters = 0

    /// What to tell a person.
    var warnings: [String] {
        let all = [
            (embedded, "embedded object"), (diagrams, "diagram"), (equations, "old equation"),
            (characters, "private character"),
        ]
        return all.filter { $0.0 > 0 }.map { count, name in
            "\(counted(count, name)) of it \(count == 1 ? "is" : "are") not in the text, but in the original, which is kept"
        }
    }
}
