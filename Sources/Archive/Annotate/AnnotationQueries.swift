import Foundation
import GRDB
import History
import Prose

extension ArchiveReader {
    /// The annotations of an essay, each with its place in the current text, by that place; orphans last. None is ever
    /// missing.
    /// - Parameter deleted: whether deleted ones are listed, too.
    public func annotations(of essay: ItemID, deleted: Bool = false) throws -> [PlacedAnnotation] {
        let annotations = try held(on: essay, deleted: deleted)
        guard !annotations.isEmpty else { return [] }
        let unplaced = annotations.map { Self.unplaced($0.annotation) }
        guard try contains(essay) else { return unplaced }
        // Of an essay that cannot be read, they are listed all the same.
        return try passingOver(unplaced) { try placed(annotations, in: state(essay)) }.sorted { left, right in
            (left.range?.lowerBound ?? .max, left.annotation.modified, left.annotation.id)
                < (right.range?.lowerBound ?? .max, right.annotation.modified, right.annotation.id)
        }
    }

    /// All annotations in the archive, essay by essay.
    /// - Parameter deleted: whether deleted ones are listed, too.
    public func allAnnotations(deleted: Bool = false) throws -> [PlacedAnnotation] {
        let essays = try Data.fetchAll(
            db,
            sql:
                "SELECT DISTINCT target FROM item WHERE target IS NOT NULL AND kind = 'annotation' AND deleted <= ? ORDER BY target",
            arguments: [deleted])
        return try essays.flatMap { try annotations(of: ItemID(blob: $0), deleted: deleted) }
    }

    /// The first revisions of all annotations of an essay, deleted ones included: what their authors wrote at first.
    func annotationRoots(of essay: ItemID) throws -> [(id: ItemID, root: Revision)] {
        let rows = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM item WHERE target = ? AND kind = 'annotation' ORDER BY id"),
            arguments: [essay.blob])
        return try rows.map { row in
            let id = try ItemID(
                blob: Row.fetchOne(
                    db.cachedStatement(sql: "SELECT hash FROM entry WHERE id = ?"), arguments: [row])![0])
            return (id, try entries.revision(row: row))
        }
    }

    /// How many annotations an essay has, which takes no look at them.
    public func annotationCount(of essay: ItemID) throws -> Int {
        let statement = try db.cachedStatement(
            sql: "SELECT count(*) FROM item WHERE target = ? AND kind = 'annotation' AND NOT deleted")
        return try Int.fetchOne(statement, arguments: [essay.blob])!
    }

    /// One annotation, placed.
    public func annotation(_ id: ItemID) throws -> PlacedAnnotation {
        guard let row = try entries.row(of: id.root.entry) else {
            throw ArchiveError(.notFound, "there is no item \(id)")
        }
        let annotation = try Annotation(state(id))
        guard try contains(annotation.essay) else { return Self.unplaced(annotation) }
        return try passingOver(Self.unplaced(annotation)) {
            try placed([HeldAnnotation(row: row, annotation: annotation)], in: state(annotation.essay))[0]
        }
    }

    /// The annotations whose kept place is another than the texts give. Computes all that is kept: for `verify`.
    func wrongAnchors() throws -> [ItemID] {
        let essays = try Data.fetchAll(
            db,
            sql:
                "SELECT DISTINCT i.target FROM anchor a JOIN item i ON i.id = a.annotation WHERE i.target IS NOT NULL AND i.kind = 'annotation'"
        )
        return try essays.map { try ItemID(blob: $0) }.filter { try contains($0) }.flatMap { essay in
            // What cannot be read is named elsewhere.
            try passingOver([]) { try wrongAnchors(on: essay) }
        }
    }

    private func wrongAnchors(on essay: ItemID) throws -> [ItemID] {
        let (held, state) = (try held(on: essay), try state(essay))
        let kept = try AnchorPlacement(reader: self, essay: state).places(of: held)
        let computed = try AnchorPlacement(reader: self, essay: state, usesKept: false).places(of: held)
        return held.indices.filter { kept[$0] != computed[$0] }.map { held[$0].annotation.id }
    }

    /// The annotations on an essay; deleted ones only if they are asked for. Their histories are not read, but of those that show a merge.
    private func held(on essay: ItemID, deleted: Bool = false) throws -> [HeldAnnotation] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT i.id, e.hash, i.shown, i.modified, i.conflict, i.deleted FROM item i JOIN entry e ON e.id = i.id
                    WHERE i.target = ? AND i.kind = 'annotation' AND i.deleted <= ?
                    """), arguments: [essay.blob, deleted])
        return try rows.compactMap { row in try passingOver(nil) { try held(row) } }
    }

    private func held(_ row: Row) throws -> HeldAnnotation {
        let id = try ItemID(blob: row[1])
        guard let shown = try row[2] as Int64? else {
            return HeldAnnotation(row: try row[0], annotation: try Annotation(state(id)))
        }
        let revision = try entries.revision(row: shown)
        return try HeldAnnotation(
            row: row[0],
            annotation: Annotation(
                id, revision.fields, author: revision.author?.string, modified: Timestamp(milliseconds: row[3]),
                isConflict: row[4],
                isDeleted: row[5]))
    }

    /// An annotation whose essay is not here (yet).
    private static func unplaced(_ annotation: Annotation) -> PlacedAnnotation {
        PlacedAnnotation(annotation: annotation, state: .orphan, range: nil, section: nil, version: nil)
    }

    private func placed(_ annotations: [HeldAnnotation], in state: ItemState) throws -> [PlacedAnnotation] {
        let places = try AnchorPlacement(reader: self, essay: state).places(of: annotations)
        let versions = Dictionary(uniqueKeysWithValues: zip(state.history.order, 1...))
        return zip(annotations, places).map { held, place in
            PlacedAnnotation(
                annotation: held.annotation, state: place.state, range: place.range, section: place.section,
                version: held.annotation.version.flatMap { versions[$0] })
        }
    }
}
