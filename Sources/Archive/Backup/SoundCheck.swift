import GRDB
import History

extension VerificationReport {
    /// The problems of one kind, one a line; the first few.
    fileprivate func lines(limit: Int = 20) -> String {
        // Nothing is left out for one line.
        let shown = problems.count + unlisted <= limit + 1 ? problems[...] : problems.prefix(limit)
        let more = problems.count + unlisted - shown.count
        return shown.map { "\n  \($0.what)\($0.subjects.isEmpty && !$0.what.contains($0.item) ? " (\($0.item))" : "")" }
            .joined() + (more > 0 ? "\n  and \(more) more" : "") + "\n"
    }
}

extension Archive {
    /// - Parameter result: what comes of it if it is not, to end a sentence.
    /// - Throws: `ArchiveError` of code `corrupt` that lists what is damaged, unless every text and entry of the file is sound.
    static func requireSound(_ db: Database, _ path: String, else result: String) throws {
        var verification = Verification(db: db)
        try verification.run { _ in }
        guard !verification.report.isSound else { return }
        throw ArchiveError(.corrupt, "\(path) is damaged, \(result):\(verification.report.lines())", subject: path)
    }
}
