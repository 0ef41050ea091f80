import Archive

/// What an import did, or would do.
package struct ImportOutcome: Codable, Sendable {
    /// How many pieces are in the files now: the sum of `new`, `updated`, `unchanged` and `deleted`.
    package let essays: Int
    /// How many pieces became new essays.
    package let new: Int
    /// How many pieces became new versions of essays.
    package let updated: Int
    /// How many pieces were in the archive as they are.
    package let unchanged: Int
    /// How many pieces are essays that are deleted here, and stay so.
    package let deleted: Int
    /// How many essays a file no longer has as essays of their own. They are kept.
    package let vanished: Int
    /// How many essays of the files are in conflict after the import.
    package let conflicts: Int
    /// How many files failed: the length of `errors`.
    package let failed: Int
    /// How many notes of people in documents became annotations.
    package let annotations: Int
    /// Whether nothing was changed, since that was asked for.
    package let dryRun: Bool
    /// What became of the files.
    package let files: ImportedFiles
    /// How many locks, backups and the like of systems and editors were passed over. They count nowhere else.
    package let ignored: Int
    /// What was found in folders and is no file.
    package let special: [SpecialPath]
    /// How many files were passed over, by ending, such as `.png`; what is no file by its kind.
    package let skipped: Members<Int>
    /// The pieces, in the order of the files.
    package let items: [ImportedPiece]
    /// The files that failed.
    package let errors: [ImportMessage]
    /// Files that were imported and need a person's notice.
    package let warnings: [ImportMessage]

    /// - Parameters:
    ///   - skipped: files passed over, by ending or kind.
    ///   - ignored: locks, backups and the like that were passed over.
    ///   - special: pipes, sockets and devices that were passed over.
    ///   - message: what is said of a file, with what to do about it.
    package init(
        _ report: ImportReport, skipped: [String: Int], ignored: Int, special: [SpecialFile], isDryRun: Bool,
        message: (ImportFailure) -> ImportMessage
    ) {
        func count(_ status: ImportedItem.Status) -> Int { report.counts[status] ?? 0 }
        essays = report.essays
        new = count(.new)
        updated = count(.updated)
        unchanged = count(.unchanged)
        deleted = count(.deleted)
        vanished = count(.vanished)
        conflicts = report.conflicts.count
        failed = report.failures.count
        annotations = report.annotations
        dryRun = isDryRun
        files = ImportedFiles(report, skipped: skipped.values.reduce(0, +))
        self.ignored = ignored
        self.special = special.map { SpecialPath(source: $0.source, kind: $0.kind) }
        self.skipped = Members(skipped)
        items = report.items.map(ImportedPiece.init)
        errors = report.failures.map(message)
        warnings = report.warnings.map(message)
    }
}

/// What became of the files of an import, each of which counts once.
package struct ImportedFiles: Codable, Sendable {
    /// How many there are: the sum of all others.
    package let total: Int
    /// How many were imported, or would be.
    package let imported: Int
    /// How many were in the archive as they are.
    package let unchanged: Int
    /// How many failed.
    package let failed: Int
    /// How many were passed over: their ending is of no format, or they are no files.
    package let skipped: Int
    /// How many were not read, since the import was stopped.
    package let unread: Int

    init(_ report: ImportReport, skipped: Int) {
        imported = report.imported
        unchanged = report.unchanged
        failed = report.failures.count
        self.skipped = skipped
        unread = report.unread
        total = imported + unchanged + failed + skipped + unread
    }
}

/// What was found in a folder and is no file.
package struct SpecialPath: Codable, Sendable {
    /// Its path.
    package let source: String
    /// What it is.
    package let kind: SpecialFile.Kind
}

/// What is said of a file.
package struct ImportMessage: Codable, Sendable {
    /// The file, as it was named or found.
    package let source: String
    /// What is wrong, or to be noticed, for people.
    package let message: String

    package init(source: String, message: String) {
        self.source = source
        self.message = message
    }
}
