import Foundation
import GRDB

extension ArchiveReader {
    /// The annotations of an essay, each with its place in the current text, by that place; orphans last. None is ever
    /// missing.
    public func annotations(of essay: ItemID) throws -> [PlacedAnnotation] {
        let ids = try Data.fetchAll(
            db, sql: "SELECT e.hash FROM item i JOIN entry e ON e.id = i.id WHERE i.target = ? AND i.kind = 'annotation' AND NOT i.deleted",
            arguments: [essay.blob])
        guard !ids.isEmpty else { return [] }
        let annotations = try ids.map { try Annotation(state(ItemID(blob: $0))) }
        guard try contains(essay) else { return annotations.map(Self.unplaced) }
        return try placed(annotations, in: state(essay)).sorted { left, right in
            (left.range?.lowerBound ?? .max, left.annotation.modified, left.annotation.id)
                < (right.range?.lowerBound ?? .max, right.annotation.modified, right.annotation.id)
        }
    }

    /// All annotations in the archive, essay by essay.
    public func allAnnotations() throws -> [PlacedAnnotation] {
        let essays = try Data.fetchAll(
            db, sql: "SELECT DISTINCT target FROM item WHERE target IS NOT NULL AND kind = 'annotation' AND NOT deleted ORDER BY target")
        return try essays.flatMap { try annotations(of: ItemID(blob: $0)) }
    }

    /// One annotation, placed.
    public func annotation(_ id: ItemID) throws -> PlacedAnnotation {
        let annotation = try Annotation(state(id))
        guard try contains(annotation.essay) else { return Self.unplaced(annotation) }
        return try placed([annotation], in: state(annotation.essay))[0]
    }

    /// An annotation whose essay is not here (yet).
    private static func unplaced(_ annotation: Annotation) -> PlacedAnnotation {
        PlacedAnnotation(annotation: annotation, state: .orphan, range: nil, section: nil, version: nil)
    }

    private func placed(_ annotations: [Annotation], in state: ItemState) throws -> [PlacedAnnotation] {
        let text = try text(of: state)
        let sections = SectionParser.sections(in: text, isMarkdown: state.isMarkdown)
        var maps: [RevisionID: Anchoring.Map] = [:]
        return try annotations.map { annotation in
            let anchor = try anchor(of: annotation, in: text, history: state.history, maps: &maps)
            return PlacedAnnotation(
                annotation: annotation, state: anchor.state,
                range: anchor.range.map { range in
                    let start = CodePoints.codePointOffset(ofByte: range.lowerBound, in: text)
                    return start..<start + CodePoints.count(text, in: range)
                },
                section: anchor.range.flatMap { range in
                    sections.last { $0.range.lowerBound <= range.lowerBound && range.upperBound <= $0.range.upperBound }?.path
                },
                version: annotation.version.flatMap { state.history.version(of: $0) })
        }
    }

    private func anchor(
        of annotation: Annotation, in text: [UInt8], history: History, maps: inout [RevisionID: Anchoring.Map]
    ) throws -> Anchor {
        guard let version = annotation.version, let revision = history[version] else {
            let selector = TextQuoteSelector(exact: annotation.quote, prefix: annotation.prefix, suffix: annotation.suffix)
            return Anchoring.resolve(selector, in: text)
        }
        let map: Anchoring.Map
        if let known = maps[version] {
            map = known
        } else {
            map = Anchoring.Map(from: try self.text(of: revision), to: text)
            maps[version] = map
        }
        let bytes = CodePoints.byteOffsets(ofCodePoints: [annotation.range.lowerBound, annotation.range.upperBound], in: map.old)
        guard let start = bytes[0], let end = bytes[1] else { return Anchor(state: .orphan, range: nil, coverage: 0) }
        return map.resolve(Passage(range: start..<end))
    }

}
