import History
import Prose

/// A note of somebody on a passage of a document.
struct DocumentComment {
    var author: String?
    var written: Timestamp?
    var text: String
    /// The place in the document's comments of the one that it answers, which comes before it.
    var parent: Int?
    /// Whether it was marked as done.
    var isDone: Bool
    /// Bytes of the document's text.
    var passage: Range<Int>
}

/// The changes that a document kept track of.
struct DocumentChanges {
    /// Who made them; `nil` if it does not say.
    var author: ExactString?
    /// When the last one was made.
    var written: Timestamp?
}
