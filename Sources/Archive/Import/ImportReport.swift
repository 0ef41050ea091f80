import History
import Prose

/// What became of one piece of a source.
public struct ImportedItem: Sendable {
    /// What the archive did with it.
    public enum Status: String, Sendable {
        case new, updated, unchanged
        /// It was deleted from the archive and stays so.
        case deleted
        /// It was in an older form of the source and is not in this one. The essay is kept.
        case vanished
    }

    public let id: ItemID
    /// The title of the essay.
    public let title: String
    /// What the archive did with it.
    public internal(set) var status: Status
    /// The path of the file, as it is shown.
    public let source: String
    /// The version number of the imported text.
    public let version: Int
    /// How many sections its text has.
    public let sections: Int
    /// Byte range in the decoded source; `nil` if it is not in it any more.
    public let range: Range<Int>?
    /// Why the source was cut there.
    public let reason: String
    /// How sure that is, from 0 to 1; `nil` if the source was not cut again.
    public let confidence: Double?
    /// Of a new essay: one that is much like it and whose file is gone. The file may have been renamed and changed.
    public var similar: SimilarEssay?
}

/// An essay that another is much like.
public struct SimilarEssay: Sendable {
    public let id: ItemID
    public let title: String
    /// The path of the file that it was imported from and that is there no more.
    public let path: String
    /// Share of what both say, from 0 to 1.
    public let similarity: Double
}

extension ImportedItem {
    /// A piece of a source that is in the archive already.
    /// - Parameter piece: the same piece, if the source was read and cut again.
    init(
        _ cut: SourceRecord.Cut, _ status: Status, source: String, reason: String?, piece: PreparedSource.Piece? = nil,
        reader: ArchiveReader
    ) throws {
        let revision = try reader.revision(cut.revision)
        self.init(
            id: cut.essay, title: revision?.fields[string: FieldKey.title] ?? "", status: status, source: source,
            version: try reader.history(cut.essay).version(of: cut.revision) ?? 1,
            sections: try piece?.sections ?? Self.sections(of: revision, reader),
            range: status == .vanished ? nil : cut.range,
            reason: reason ?? piece?.reason ?? "imported before", confidence: piece?.confidence)
    }

    static func sections(of revision: Revision?, _ reader: ArchiveReader) throws -> Int {
        guard let revision else { return 0 }
        let isMarkdown = revision.fields[string: FieldKey.mediaType] == "text/markdown"
        return SectionParser.sections(in: try reader.text(of: revision), isMarkdown: isMarkdown).count
    }
}

/// What became of one original.
struct ImportedSource {
    let items: [ImportedItem]
    /// Whether the archive did not hold these bytes under this name.
    let isNew: Bool
    var warnings: [String] = []
    /// How many notes of people in it became annotations.
    var annotations = 0
}

/// What an import did.
public struct ImportReport: Sendable {
    /// The pieces, in the order of their sources; no more than `maximumItems`.
    public private(set) var items: [ImportedItem] = []
    /// How many pieces to list: an import of a great many files need not hold all in memory. All are counted.
    public let maximumItems: Int
    public private(set) var failures: [ImportFailure] = []
    /// Counts by status; also of files that were not read again, for which no items are listed.
    public private(set) var counts: [ImportedItem.Status: Int] = [:]
    /// How many originals were entered, and how many the archive held already. Those that failed are `failures`.
    public private(set) var imported = 0
    public private(set) var unchanged = 0
    /// Inputs that were not read, since the import was stopped.
    public private(set) var unread = 0
    /// The essays in the sources that are in conflict after the import.
    public private(set) var conflicts: Set<ItemID> = []
    /// Originals that were read.
    var files: Int { imported + unchanged + failures.count }
    /// Originals that the import took notice of and that need a person's.
    public private(set) var warnings: [ImportFailure] = []

    /// Notes of people in the originals that became annotations.
    public private(set) var annotations = 0

    /// Pieces that are in the sources now: new, updated, unchanged and deleted ones.
    public var essays: Int { counts.reduce(0) { $0 + ($1.key == .vanished ? 0 : $1.value) } }

    public init(maximumItems: Int = .max) { self.maximumItems = maximumItems }

    mutating func add(_ source: ImportedSource, named name: String) {
        for item in source.items {
            if items.count < maximumItems { items.append(item) }
            counts[item.status, default: 0] += 1
        }
        if source.isNew { imported += 1 } else { unchanged += 1 }
        annotations += source.annotations
        warnings += source.warnings.map { ImportFailure(source: name, message: $0) }
    }

    /// Notes which of the pieces listed are in conflict.
    /// - Parameter conflicting: all essays that are.
    mutating func note(conflicting: Set<ItemID>) { conflicts = conflicting.intersection(items.map(\.id)) }

    /// Notes that pieces are in conflict.
    mutating func note(conflicting: [ItemID]) { conflicts.formUnion(conflicting) }

    /// Leaves out what is not in conflict any more.
    public mutating func keepConflicts(in conflicting: Set<ItemID>) { conflicts.formIntersection(conflicting) }

    mutating func addUnchanged(essays: Int, deleted: Int, conflicts: Set<ItemID>) {
        self.conflicts.formUnion(conflicts)
        for (status, count) in [(ImportedItem.Status.unchanged, essays), (.deleted, deleted)] where count > 0 {
            counts[status, default: 0] += count
        }
        unchanged += 1
    }

    mutating func addUnread(_ count: Int) { unread += count }

    public mutating func add(_ failure: ImportFailure) { failures.append(failure) }

    public mutating func add(_ other: ImportReport) {
        items += other.items.prefix(maximumItems - items.count)
        conflicts.subtract(other.items.map(\.id))
        conflicts.formUnion(other.conflicts)
        failures += other.failures
        warnings += other.warnings
        annotations += other.annotations
        counts.merge(other.counts, uniquingKeysWith: +)
        imported += other.imported
        unchanged += other.unchanged
        unread += other.unread
    }
}
