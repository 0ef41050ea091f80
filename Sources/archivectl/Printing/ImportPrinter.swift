import Archive
import Foundation
import Interchange
import Prose

/// Shows what an import did, or would do.
struct ImportPrinter {
    let report: ImportReport
    /// Files passed over because of their ending, by ending, or because they are none, by what they are.
    let skipped: [String: Int]
    /// Locks, backups and the like of systems and editors that were passed over.
    let ignored: Int
    /// Pipes, sockets and devices that were passed over.
    let special: [SpecialFile]
    let isDryRun: Bool
    /// How many essays are listed for a person.
    let listed: Int

    private func count(_ status: ImportedItem.Status) -> Int { report.counts[status] ?? 0 }

    // MARK: For a person

    /// - Parameter quiet: whether the summary alone is asked for.
    func print(quiet: Bool) {
        if isDryRun { printCuts() } else if !quiet { printChanges() }
        Output.line("\(summary)")
    }

    private func printChanges() {
        let changes = report.items.filter { $0.status != .unchanged }
        for item in changes.prefix(listed) {
            Output.line(
                "\(Terminal.styled(item.id.short, .yellow))  \(padded(item.status))  \(Shown(line: item.title))")
        }
        if report.items.count == listed { Output.line("…") }
    }

    private func printCuts() {
        var source: String?
        var number = 0
        for item in report.items {
            if item.source != source {
                Output.line(Terminal.styled(Shown(line: item.source), .bold))
                number = 0
            }
            source = item.source
            number += 1
            Output.line("  " + line(item, number))
        }
    }

    /// `  3  new         95 %       1200–3400  论水  (marker 第三篇)`
    private func line(_ item: ImportedItem, _ number: Int) -> Shown {
        let share = item.confidence.map { "\(Int(($0 * 100).rounded())) %" } ?? ""
        let range = item.range.map { "\($0.lowerBound)–\($0.upperBound)" } ?? ""
        let place: Shown =
            "\(left(item.range == nil ? "–" : "\(number)", 3))  \(padded(item.status))  \(left(share, 5))  \(left(range, 17))  "
        return place + "\(Shown(line: item.title))\(Terminal.styled("  (\(item.reason))", .dim))"
    }

    private func padded(_ status: ImportedItem.Status) -> String {
        // What is not in a file any more has not vanished from the archive.
        (status == .vanished ? "kept" : status.rawValue).padding(toLength: 9, withPad: " ", startingAt: 0)
    }

    private func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// One line in which all that went in comes out: files as imported, unchanged, failed and skipped, essays likewise.
    private var summary: String {
        var essays =
            "\(counted(report.essays, "essay")): \(count(.new)) \(would)new, \(count(.updated)) \(would)updated, \(count(.unchanged)) unchanged"
        if count(.deleted) > 0 {
            essays +=
                ", \(count(.deleted)) deleted here and left deleted (--undelete brings \(count(.deleted) == 1 ? "it" : "them") back)"
        }
        if report.annotations > 0 { essays += "; \(counted(report.annotations, "annotation"))" }
        if count(.vanished) > 0 { essays += "; \(counted(count(.vanished), "earlier essay")) kept" }
        var files =
            "\(counted(files, "file")): \(report.imported) \(would)imported, \(report.unchanged) unchanged, \(report.failures.count) failed"
        if let skipped = Self.skipped(skipped) { files += ", \(skipped)" }
        if ignored > 0 { files += ", \(ignored) ignored (locks, backups and the like)" }
        if report.unread > 0 {
            files += ", \(report.unread) not read because you stopped; run the same command again to continue"
        }
        return (isDryRun ? "Nothing was changed. " : "") + essays + "; " + files
    }

    private var would: String { isDryRun ? "would be " : "" }

    private var files: Int {
        report.imported + report.unchanged + report.failures.count + report.unread + skipped.values.reduce(0, +)
    }

    /// `3 skipped (.png 2, .xls 1)`; `nil` if none were.
    static func skipped(_ skipped: [String: Int]) -> String? {
        guard !skipped.isEmpty else { return nil }
        let endings = skipped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let more = endings.count > 6 ? ", …" : ""
        return
            "\(skipped.values.reduce(0, +)) skipped (\(endings.prefix(6).map { "\($0.key) \($0.value)" }.joined(separator: ", "))\(more))"
    }

    /// Says on standard error what failed and, unless `quiet`, what may be a renamed essay and what is in conflict.
    func complain(quiet: Bool) {
        for warning in report.warnings {
            Terminal.note("archivectl: warning: \(Shown(line: warning.source).text): \(warning.advised)")
        }
        for file in special.prefix(Self.specialShown) {
            Terminal.note("archivectl: \(Shown(line: file.source).text): a \(file.kind.rawValue), not imported")
        }
        if special.count > Self.specialShown {
            Terminal.note(
                "archivectl: and \(special.count - Self.specialShown) more that are no files; --json lists all")
        }
        for failure in report.failures {
            Terminal.note("archivectl: \(Shown(line: failure.source).text): \(failure.advised)")
        }
        guard !quiet else { return }
        for item in report.items { if let similar = item.similar { hint(item, similar) } }
        tellKept()
        guard !report.conflicts.isEmpty else { return }
        Terminal.note(
            "\(report.conflicts.count) \(isDryRun ? "would be in conflict" : "in conflict: see `archivectl conflicts`")"
        )
    }

    private static let specialShown = 20

    /// So many essays are named in one note.
    private static let named = 6

    /// Says of the essays that a file held before, file by file, that they are where they were, and how they would go.
    private func tellKept() {
        var sources: [(name: String, items: [ImportedItem])] = []
        for item in report.items where item.status == .vanished {
            if sources.last?.name != item.source { sources.append((item.source, [])) }
            sources[sources.count - 1].items.append(item)
        }
        for (name, items) in sources {
            let named = items.count > Self.named + 1 ? items.prefix(Self.named) : items[...]
            let more = items.count - named.count
            let titles =
                named.map { "'\(Shown(line: $0.title).text)'" }.joined(separator: ", ")
                + (more > 0 ? " and \(more) more" : "")
            Terminal.note(
                """
                note: \(counted(items.count, "essay")) cut from \(Shown(line: name).text) before \(verb(items.count)) in the archive, with history and \
                annotations: \(titles). To delete \(items.count == 1 ? "it" : "them")\(isDryRun ? " then" : ""): archivectl delete \
                \(named.map(\.id.short).joined(separator: " "))\(more > 0 ? " …; --dry-run lists them all" : "")
                """)
        }
    }

    private func verb(_ count: Int) -> String { isDryRun ? "would stay" : count == 1 ? "stays" : "stay" }

    private func hint(_ item: ImportedItem, _ similar: SimilarEssay) {
        let share = Int((similar.similarity * 100).rounded(.down))
        Terminal.note(
            "archivectl: \(item.source): a new essay, but \(share) % of it is in \(similar.id.short) \(similar.title), whose file \(similar.path) is gone. "
                + "If that file was renamed and changed, continue its history: archivectl edit \(similar.id.short) --from FILE"
        )
    }

    /// What a program reads.
    var outcome: ImportOutcome {
        ImportOutcome(report, skipped: skipped, ignored: ignored, special: special, isDryRun: isDryRun) {
            ImportMessage(source: $0.source, message: Advice.complete($0.advised))
        }
    }
}

/// What can be imported on this machine.
struct ImportFormats {
    private let converters: Converters

    init(_ converters: Converters) { self.converters = converters }

    func print(asJSON: Bool) {
        if asJSON { return Output.json(SourceFormat.allCases) { ImportFormat($0, converters) } }
        for format in SourceFormat.allCases {
            let endings = format.endings.map { "." + $0 }.joined(separator: " ").padding(
                toLength: 14, withPad: " ", startingAt: 0)
            Output.line("\(isAvailable(format) ? "yes" : Terminal.styled("no ", .red))  \(endings)  \(note(format))")
        }
    }

    private func isAvailable(_ format: SourceFormat) -> Bool {
        format.converters.allSatisfy { converters.installed($0) != nil }
    }

    private func note(_ format: SourceFormat) -> String {
        guard !format.converters.isEmpty else {
            return format == .zip ? "each file in it that is of another of these formats" : "read as it is"
        }
        let missing = format.converters.filter { converters.installed($0) == nil }
        guard missing.isEmpty else {
            let names = missing.map(\.rawValue).joined(separator: " and ")
            return "needs \(names): apt install \(missing.map(\.package).joined(separator: " "))"
        }
        let installed = format.converters.compactMap { converters.installed($0) }
        return "through " + installed.map { "\($0.version) (\($0.path))" }.joined(separator: ", then ")
    }
}
