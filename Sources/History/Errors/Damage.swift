/// What of an archive is damaged or missing, by the hash that names it.
public enum Damage: Hashable, Sendable {
    /// A text: an essay's version, or an imported original.
    case text(TextHash)
    /// An entry of a log, which is a revision or says something of texts and logs.
    case entry(EntryID)
    /// Some rows of a table of what follows from the entries.
    case rows(String)
}
