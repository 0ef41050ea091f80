import Archive

/// A backup that was made.
package struct BackupCopy: Codable, Sendable {
    /// The backup's file.
    package let path: String
    /// Its size in bytes.
    package let bytes: Int
    /// A hash of all items and their heads in it.
    package let stateHash: String
    /// How many essays are in it, without deleted ones.
    package let essays: Int
    /// How many versions of essays are in it, with those of deleted ones.
    package let versions: Int
    /// How many annotations are in it, replies included, without deleted ones.
    package let annotations: Int

    package init(_ report: BackupReport) {
        path = report.path
        bytes = Int(report.bytes)
        stateHash = report.stateHash
        essays = report.counts.essays
        versions = report.counts.versions
        annotations = report.counts.annotations
    }
}
