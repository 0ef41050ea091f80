import GRDB

/// A step from one version of the archive file's schema to the next.
///
/// A step that was released never changes: it runs SQL of its own, and calls nothing that may become something else later. It
/// changes the replicated and the local tables. The derived ones need no steps, since they are made anew after the last.
package struct Migration: Sendable {
    let change: @Sendable (Database) throws -> Void

    package init(_ change: @escaping @Sendable (Database) throws -> Void) { self.change = change }

    /// The steps of all releases, the first of them to the version after `Schema.oldest`. There are none yet.
    static let released: [Migration] = []
}

/// What was done to an archive file of an older schema when it was opened.
public struct MigrationReport: Sendable {
    public let from: Int
    public let to: Int
    /// The file as it was before, which is kept where the archive turned out to be damaged; else `nil`.
    public let keptCopy: String?
}
