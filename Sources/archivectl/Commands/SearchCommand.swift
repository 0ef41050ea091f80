import Archive
import ArgumentParser

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find essays.",
        discussion: """
            Terms apart from each other must all be in an essay; a term is found exactly as it stands, one character or \
            more. Simplified and traditional characters, full and half width, capitals and accents are not told apart.
              archivectl search 改革 开放
              archivectl search '"rural economy" OR 农村经济' -草案
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(help: "At most so many hits.") var limit = 20
    @Argument(help: "What to look for.") var terms: [String]

    func run() throws {
        guard limit >= 0 else { throw ArchiveError(.usage, "--limit is not negative") }
        let index = SearchIndex(try archive.open())
        let progress = IndexProgress(quiet: archive.quiet)
        try index.catchUp(progress: progress.update)
        progress.finish()
        let result = try index.search(terms.joined(separator: " "), limit: limit)
        if json.isOn {
            JSON.object([("total", .integer(result.total)), ("hits", JSON(result.hits.map(object)))]).print()
            return
        }
        for hit in result.hits {
            let section = hit.section.map { "  \($0)" } ?? ""
            Output.line("\(Terminal.styled(hit.item.short, .yellow))  \(Terminal.styled(hit.title, .bold))\(Terminal.styled(section, .dim))")
            Output.line("    \(highlighted(hit))")
        }
        if result.total == 0 {
            archive.note("nothing found")
        } else if result.total > result.hits.count {
            archive.note("\(result.total) essays; the best \(result.hits.count) are shown")
        }
    }

    private func object(_ hit: SearchHit) -> JSON {
        .object([
            ("id", .string(hit.item.hex)), ("title", .string(hit.title)), ("section", JSON(hit.section)),
            ("snippet", .string(hit.snippet.text)), ("start", .integer(hit.range.lowerBound)), ("end", .integer(hit.range.upperBound)),
            ("score", .number(hit.score)),
            ("highlights", JSON(hit.snippet.highlights.map { [.integer($0.lowerBound), .integer($0.upperBound)] })),
        ])
    }

    private func highlighted(_ hit: SearchHit) -> String {
        let scalars = Array(hit.snippet.text.unicodeScalars)
        var line = ""
        var position = 0
        for range in hit.snippet.highlights {
            line.unicodeScalars.append(contentsOf: scalars[position..<range.lowerBound])
            var match = ""
            match.unicodeScalars.append(contentsOf: scalars[range])
            line += Terminal.styled(match, .highlight)
            position = range.upperBound
        }
        line.unicodeScalars.append(contentsOf: scalars[position...])
        return line
    }
}

/// A progress line for an index that has to be made first.
final class IndexProgress {
    private let quiet: Bool
    private var progress: Progress?

    init(quiet: Bool) { self.quiet = quiet }

    func update(_ done: Int, _ total: Int) {
        if progress == nil { progress = Progress("indexing", total: total, quiet: quiet) }
        progress?.update(done)
    }

    func finish() { progress?.finish() }
}
