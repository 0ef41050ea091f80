import Crypto
import Foundation
import History
import Prose

/// An annotation and the row of its root.
struct HeldAnnotation {
    let row: Int64
    let annotation: Annotation
}

/// Finds annotations' passages in the current text of their essay: what is kept is taken, the rest is computed, version by version,
/// so that no more than two texts and what compares them are in memory at once.
struct AnchorPlacement {
    let reader: ArchiveReader
    let essay: ItemState
    /// Whether places that are kept are taken, and those that are computed are put down to be kept.
    var usesKept = true

    /// What a passage is followed from.
    private enum Origin {
        /// A place in a text.
        case version(TextHash?)
        /// A quotation, whose version is not here.
        case quotation
    }

    /// The places, in the order of the annotations.
    func places(of annotations: [HeldAnnotation]) throws -> [AnchorStore.Place] {
        let current = try currentText()
        var places = [AnchorStore.Place?](repeating: nil, count: annotations.count)
        var open: [(index: Int, basis: Data)] = []
        for (index, held) in annotations.enumerated() {
            let basis = basis(of: held.annotation, in: current.hash)
            if usesKept { places[index] = try AnchorStore(db: reader.db).place(of: held.row, basis: basis) }
            if places[index] == nil { open.append((index, basis)) }
        }
        guard !open.isEmpty else { return places.map { $0! } }
        let found = try compute(
            open.map { annotations[$0.index].annotation }, in: try current.bytes ?? reader.text(of: essay), current.hash
        )
        for ((index, basis), place) in zip(open, found) {
            places[index] = place
            if usesKept {
                reader.known.anchors.append(
                    AnchorStore.Record(annotation: annotations[index].row, basis: basis, place: place))
            }
        }
        return places.map { $0! }
    }

    /// The hash of the current text, and the text itself if it had to be read for that.
    private func currentText() throws -> (hash: TextHash, bytes: [UInt8]?) {
        if let stored = essay.storedText { return (stored, nil) }
        let bytes = try reader.text(of: essay)
        return (TextHash(hashing: bytes), bytes)
    }

    private func origin(of annotation: Annotation) -> Origin {
        annotation.version.flatMap { essay.history[$0] }.map { .version($0.text) } ?? .quotation
    }

    /// The digest of all that an annotation's place follows from.
    private func basis(of annotation: Annotation, in current: TextHash) -> Data {
        var hasher = SHA256()
        // Each part after its length, or of a fixed one: no two lists of parts read the same.
        func add(_ bytes: [UInt8]) {
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hasher.update(bufferPointer: $0) }
            hasher.update(data: bytes)
        }
        add([UInt8(Anchoring.algorithm), essay.isMarkdown ? 1 : 0])
        add(current.bytes)
        switch origin(of: annotation) {
        case .version(let text):
            add(text?.bytes ?? [])
            add(Array("\(annotation.range.lowerBound) \(annotation.range.upperBound)".utf8))
        case .quotation:
            for part in [annotation.quote, annotation.prefix, annotation.suffix] { add(Array(part.utf8)) }
        }
        return Data(Array(hasher.finalize()).prefix(AnchorStore.basisLength))
    }

    // MARK: Computing

    private func compute(_ annotations: [Annotation], in text: [UInt8], _ hash: TextHash) throws -> [AnchorStore.Place]
    {
        var anchors = [Anchor](repeating: .none, count: annotations.count)
        var versions: [TextHash?: [Int]] = [:]
        for (index, annotation) in annotations.enumerated() {
            switch origin(of: annotation) {
            case .version(let old): versions[old, default: []].append(index)
            case .quotation:
                let selector = TextQuoteSelector(
                    exact: annotation.quote, prefix: annotation.prefix, suffix: annotation.suffix)
                anchors[index] = Anchoring.resolve(selector, in: text)
            }
        }
        var target: Anchoring.Target?
        for (old, indices) in versions {
            let passages = indices.map { annotations[$0].range }
            let found: [Anchor]
            if old == hash || old == nil && text.isEmpty {
                found = Anchoring.unchanged(passages, in: text)
            } else {
                // Folded once for all versions.
                if target == nil { target = Anchoring.Target(text) }
                found = Anchoring.resolve(
                    passages, from: try old.map { try reader.texts.bytes(of: $0) } ?? [], to: target!)
            }
            for (index, anchor) in zip(indices, found) { anchors[index] = anchor }
        }
        return places(anchors, in: text)
    }

    /// In code points, with the innermost section around each.
    private func places(_ anchors: [Anchor], in text: [UInt8]) -> [AnchorStore.Place] {
        let sections = SectionParser.sections(in: text, isMarkdown: essay.isMarkdown)
        let ranges = anchors.compactMap(\.range)
        var offsets = CodePoints.codePointOffsets(
            ofBytes: ranges.flatMap { [$0.lowerBound, $0.upperBound] }, in: text)[...]
        return anchors.map { anchor in
            guard let range = anchor.range else {
                return AnchorStore.Place(state: anchor.state, range: nil, section: nil)
            }
            let (start, end) = (offsets.removeFirst(), offsets.removeFirst())
            let section = sections.last {
                $0.range.lowerBound <= range.lowerBound && range.upperBound <= $0.range.upperBound
            }
            return AnchorStore.Place(state: anchor.state, range: start..<end, section: section?.path)
        }
    }
}

extension Anchor {
    fileprivate static var none: Anchor { Anchor(state: .orphan, range: nil, coverage: 0) }
}
