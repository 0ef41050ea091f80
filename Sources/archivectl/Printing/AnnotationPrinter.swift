import Archive
import History
import Interchange

/// Shows annotations: under their essay, replies under what they answer.
struct AnnotationPrinter {
    private let archive: Archive

    init(_ archive: Archive) { self.archive = archive }

    /// One annotation; its replies are not shown.
    func print(_ id: ItemID, json: Bool) throws {
        let placed = try archive.readKeepingAnchors { try $0.annotation(id) }
        if json { return Output.json(ListedAnnotation(placed)) }
        try heading(placed.annotation.essay)
        show(placed, depth: 1, showsQuote: true)
    }

    /// - Parameter list: essay by essay.
    func print(_ list: [PlacedAnnotation], json: Bool) throws {
        if json { return Output.json(list, ListedAnnotation.init) }
        let listed = Set(list.map(\.annotation.id))
        let replies = Dictionary(grouping: list.filter { $0.annotation.replyTo.map(listed.contains) == true }) {
            $0.annotation.replyTo!
        }
        var essay: ItemID?
        func show(_ placed: PlacedAnnotation, depth: Int, above: Set<ItemID>) {
            self.show(placed, depth: depth, showsQuote: depth == 1)
            let (id, replies) = (placed.annotation.id, replies[placed.annotation.id] ?? [])
            for reply in replies.sorted(by: {
                ($0.annotation.modified, $0.annotation.id) < ($1.annotation.modified, $1.annotation.id)
            })
            where !above.contains(reply.annotation.id) {
                show(reply, depth: depth + 1, above: above.union([id]))
            }
        }
        for placed in list where placed.annotation.replyTo.map(listed.contains) != true {
            if placed.annotation.essay != essay {
                if essay != nil { Output.line() }
                try heading(placed.annotation.essay)
            }
            essay = placed.annotation.essay
            show(placed, depth: 1, above: [])
        }
    }

    private func heading(_ essay: ItemID) throws {
        let summary = try archive.read { reader in try reader.contains(essay) ? reader.summary(essay) : nil }
        let mark: Shown = summary?.isDeleted == true ? "  \(Terminal.styled("deleted essay", .red))" : ""
        let title = Shown(line: summary?.title ?? "(an essay that is not here)")
        Output.line("\(Terminal.styled(title, .bold))  \(Terminal.styled(essay.short, .yellow))\(mark)")
    }

    private func show(_ placed: PlacedAnnotation, depth: Int, showsQuote: Bool) {
        let annotation = placed.annotation
        let margin = String(repeating: "    ", count: depth - 1)
        let style: Terminal.Style = placed.state == .orphan || placed.state == .review ? .red : .green
        var parts: [Shown] = [Terminal.styled(annotation.id.short, .yellow)]
        if annotation.isDeleted { parts.append(Terminal.styled("deleted", .red)) }
        if showsQuote {
            parts += [
                Terminal.styled(placed.state.rawValue, style),
                "\(placed.range.map { "\($0.lowerBound)–\($0.upperBound)" } ?? "gone")",
            ]
            if let section = placed.section { parts.append("\(section)") }
        }
        if let target = annotation.replyTo { parts.append(depth > 1 ? "reply" : "reply to \(target.short)") }
        if !annotation.tags.isEmpty { parts.append("\(annotation.tags.map { "#\($0)" }.joined(separator: " "))") }
        if let colour = annotation.colour { parts.append("\(Shown(line: colour))") }
        if annotation.isConflict { parts.append(Terminal.styled("conflict", .red)) }
        parts.append(
            Terminal.styled(
                "\([annotation.author, LocalTime.minute(annotation.modified)].compactMap { $0 }.joined(separator: ", "))",
                .dim))
        Output.line("\(margin)\(parts.joined(separator: "  "))")
        if showsQuote { Output.line("\(margin)    “\(Self.shortened(annotation.quote))”") }
        if !annotation.body.isEmpty {
            let lines = annotation.body.split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines.last == "" ? lines.dropLast() : lines[...] { Output.line("\(margin)    \(line)") }
        }
    }

    private static func shortened(_ quote: String) -> String {
        let line = quote.replacing("\n", with: " ")
        return line.unicodeScalars.count > 80
            ? String(String.UnicodeScalarView(line.unicodeScalars.prefix(80))) + "…" : line
    }
}
