import Archive

/// What a check of an archive or of a remote found.
package struct Verification: Codable, Sendable {
    /// Whether there are no problems.
    package let ok: Bool
    /// The version of the system's SQLite.
    package let sqlite: String
    /// Whether that has the fix of the WAL-reset bug.
    package let sqliteHasWALResetFix: Bool
    /// How many of each kind were checked, such as `texts`. What could not be checked at all is left out.
    package let checked: Members<Int>
    /// How many `texts` and `revisions` are sound.
    package let sound: Members<Int>
    /// How many more problems there are than those that are listed.
    package let unlisted: Int
    /// The problems.
    package let problems: [FoundProblem]

    package init(_ report: VerificationReport, problems: [FoundProblem]) {
        ok = report.isSound
        sqlite = SQLiteLibrary.version
        sqliteHasWALResetFix = SQLiteLibrary.hasWALResetFix
        checked = Members(report.checked.map { ($0.what, $0.count) })
        sound = Members(report.sound.map { ($0.what, $0.count) })
        unlisted = report.unlisted
        self.problems = problems
    }
}

/// Something that is damaged or missing.
package struct FoundProblem: Codable, Sendable {
    /// What is wrong, for people.
    package let what: String
    /// With which item: a hash, a name or a path.
    package let item: String
    /// What repairs it, for people.
    package let repair: String
    /// The versions, annotations and originals that it strikes, as far as is known.
    package let subjects: [Subject]

    package init(what: String, item: String, repair: String, subjects: [Subject]) {
        self.what = what
        self.item = item
        self.repair = repair
        self.subjects = subjects
    }
}
