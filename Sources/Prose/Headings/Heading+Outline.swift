/// Builds the tree of sections from headings in order.
///
/// Invariants: the open sections are a path from the root; no kind is open twice; `above` holds (a, b) if a section of
/// kind b was ever opened directly or indirectly inside one of kind a.
struct Outline {
    private let bytes: TextBytes
    private var sections: [Section] = []
    private var open: [(kind: HeadingKind, index: Int)] = []
    private var above: [HeadingKind: Set<HeadingKind>] = [:]
    /// How many unnumbered children the section at each index has, the root's last.
    private var unnumbered: [Int: Int] = [:]

    init(bytes: TextBytes) { self.bytes = bytes }

    mutating func add(_ heading: FoundHeading) {
        close(until: heading.kind, at: heading.start)
        let parent = open.last?.index
        let label = heading.mark?.label(in: bytes) ?? placeLabel(parent)
        let path = parent.map { Self.path(of: label, in: sections[$0]) } ?? label
        let title = Self.oneLine(String(decoding: UnsafeBufferPointer(rebasing: bytes[heading.title]), as: UTF8.self))
        for ancestor in open where above[ancestor.kind]?.contains(heading.kind) != true {
            above[ancestor.kind, default: []].insert(heading.kind)
        }
        open.append((heading.kind, sections.count))
        sections.append(
            Section(
                label: label, path: path, level: open.count, title: title, range: heading.start..<bytes.count,
                headingRange: heading.range))
    }

    /// `1.1` under `1` is `1.1`, under `二` it is `二.1.1`.
    private static func path(of label: String, in parent: Section) -> String {
        guard label.utf8.starts(with: (parent.label + ".").utf8), parent.path.utf8.count >= parent.label.utf8.count
        else { return parent.path + "." + label }
        return String(decoding: parent.path.utf8.dropLast(parent.label.utf8.count), as: UTF8.self) + label
    }

    func finish() -> [Section] { sections }

    /// A heading of Markdown may run over several lines.
    private static func oneLine(_ title: String) -> String {
        guard title.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return title }
        return title.split(whereSeparator: \.isNewline).map { String($0.trimmingPrefix(while: \.isWhitespace)) }.joined(
            separator: " ")
    }

    /// Closes the sections that a heading of `kind` ends: those from the open section of the same kind inward, else those
    /// of kinds that are known to stand below it.
    private mutating func close(until kind: HeadingKind, at start: Int) {
        let keep = open.firstIndex { $0.kind == kind } ?? open.firstIndex { stands(kind, above: $0.kind) } ?? open.count
        for entry in open[keep...] {
            let range = sections[entry.index].range
            sections[entry.index].range = range.lowerBound..<start
        }
        open.removeSubrange(keep...)
    }

    private func stands(_ kind: HeadingKind, above other: HeadingKind) -> Bool {
        if let rank = kind.fixedRank, let otherRank = other.fixedRank { return rank < otherRank }
        // Divisions and Markdown headings stand above bare numbers even where these came first, as in a preface.
        if let rank = kind.fixedRank, rank < 30, other.fixedRank == nil { return true }
        return above[kind]?.contains(other) ?? false
    }

    private mutating func placeLabel(_ parent: Int?) -> String {
        let place = unnumbered[parent ?? -1, default: 0] + 1
        unnumbered[parent ?? -1] = place
        return String(place)
    }
}
