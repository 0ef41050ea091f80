import Archive
import ArgumentParser
import History
import Interchange
import Prose

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", _superCommandName: "archivectl", abstract: "Find essays.",
        discussion: """
            An essay is found if it contains all terms. Each term is found exactly as it is written, however short it is. \
            Simplified and traditional characters, full and half width, capitals and accents make no difference.
            Also: OR, -term, "a phrase", tag: author: title: in: before:2024-03 after:2024 has:annotation is:conflict.
              archivectl search 改革 开放
              archivectl search '"rural economy" OR 农村经济' -草案
            """)

    private static let defaultLimit = 20

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(parsing: .unconditional, help: ArgumentHelp("Show at most this many hits.", valueName: "n")) var limit =
        Self.defaultLimit
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only essays that came from files whose name or path contains this.", valueName: "name"))
    var `in`: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The order of the hits.", valueName: "order")) var sort =
        SearchOptions.Order.relevance
    @Flag(help: "Search the notes, passages and tags of annotations instead.") var annotations = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Run each line of this file (- is standard input) as a query, and print JSON Lines.", valueName: "file"),
        completion: .file())
    var queries: String?
    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("What to search for.", valueName: "term")) var terms:
        [String] = []

    func validate() throws {
        try requirePath(queries, "--queries")
        if !terms.isEmpty, queries != nil {
            throw ValidationError("Give either what to search for or --queries, not both.")
        }
        if terms.isEmpty, queries == nil {
            throw ValidationError("Say what to search for, or name a file of queries with --queries.")
        }
    }

    func run() throws {
        let index = SearchIndex(try archive.openForReading(.listing))
        if let queries { return try run(queriesIn: queries, index) }
        let query = words.joined(separator: " ")
        let progress = IndexProgress(quiet: archive.quiet)
        let result: SearchResult
        do {
            result = try index.search(query, options(), progress: progress.update)
        } catch let error as QueryError {
            if !json.isOn { Terminal.standardError(error.caret(under: query) + "\n") }
            throw error
        }
        progress.finish()
        for miss in result.nearMisses { archive.note("note: \(QueryNotes.text(miss))") }
        if let reason = index.reasonForMemory {
            archive.note("note: the search index was made in memory, for this search only (\(reason.message))")
        }
        archive.usePager(json)
        if json.isOn { Output.json(Self.answer(result)) } else { printText(result) }
        noteDamage(result.damaged.map { "\($0)" })
        if !result.damaged.isEmpty { throw Failure.needsAttention }
    }

    /// How many damaged items are named one by one.
    private static let named = 5

    private func noteDamage(_ items: [String]) {
        for item in items.prefix(Self.named) {
            archive.note("\(item) is damaged or missing, and was not searched or shown")
        }
        guard !items.isEmpty else { return }
        let rest = items.count - Self.named
        archive.note(
            "\(rest > 0 ? "\(rest) more are damaged or missing, too; " : "")`archivectl verify` lists all, and what repairs them"
        )
    }

    /// The terms without the `--` that says that no options follow.
    private var words: [String] {
        guard let end = terms.firstIndex(of: "--") else { return terms }
        return Array(terms[..<end] + terms[(end + 1)...])
    }

    /// One process for many queries: each answer as with `--json`, with its query and the time it took.
    private func run(queriesIn file: String, _ index: SearchIndex) throws {
        let options = try options()
        for line in String(decoding: try Input.text(file), as: UTF8.self).split(whereSeparator: \.isNewline) {
            let start = ContinuousClock.now
            func timed() -> TimedQuery {
                let time = (ContinuousClock.now - start).components
                return TimedQuery(
                    query: String(line),
                    milliseconds: Double(time.seconds) * 1e3 + Double(time.attoseconds) * 1e-15)
            }
            do {
                let result = try index.search(String(line), options)
                Output.json(AnsweredQuery(timed(), Self.answer(result)))
            } catch let error as QueryError {
                let problem = QueryProblem(error: Advice.complete(error.message), position: error.position)
                Output.json(RefusedQuery(timed(), problem))
            }
        }
    }

    private func options() throws -> SearchOptions {
        guard limit >= 0 else { throw CommandError(.usage, "--limit cannot be negative") }
        if let option = terms.prefix(while: { $0 != "--" }).first(where: { $0.hasPrefix("--") }) {
            let options = [
                "archive", "quiet", "no-pager", "read-only", "json", "limit", "in", "sort", "annotations", "queries",
                "help",
            ].map { "--" + $0 }
            throw CommandError(
                .usage, "there is no option \(option)",
                advice: Mistyped.nearest(option, in: options).map { "Did you mean \($0)? " } ?? ""
                    + "`archivectl help search` lists them; to search for the text itself, write '\"\(option)\"'")
        }
        var options = SearchOptions()
        options.limit = limit
        options.place = `in`
        options.order = sort
        options.scope = annotations ? .annotations : .essays
        return options
    }

    private func printText(_ result: SearchResult) {
        for hit in result.hits {
            let section = hit.section.map { "  \($0)" } ?? ""
            Output.line(
                Terminal.styled((hit.annotation ?? hit.essay).short, .yellow) + "  "
                    + Terminal.styled(Shown(line: hit.title).text, .bold)
                    + Terminal.styled(section, .dim))
            Output.line("    \(highlighted(hit))")
        }
        if result.total == 0 {
            archive.note("nothing found")
            for suggestion in result.suggestions {
                archive.note("  but \(suggestion.query) is found \(times(suggestion.total))")
            }
        } else if result.total > result.hits.count {
            archive.note(
                "\(counted(result.total, annotations ? "annotation" : "essay")); \(result.hits.count) \(result.hits.count == 1 ? "is" : "are") shown"
            )
        }
    }

    private func times(_ total: Int) -> String {
        "in \(counted(total, annotations ? "annotation" : "essay"))"
    }

    private static func answer(_ result: SearchResult) -> SearchAnswer {
        SearchAnswer(result, notes: result.nearMisses.map { Advice.complete(QueryNotes.text($0)) })
    }

    private func highlighted(_ hit: SearchHit) -> Shown {
        let scalars = Array(hit.snippet.text.unicodeScalars)
        func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
        var line: Shown = ""
        var position = 0
        for range in hit.snippet.highlights {
            line += Shown(text(position..<range.lowerBound)) + Terminal.styled(text(range), .highlight)
            position = range.upperBound
        }
        return line + Shown(text(position..<scalars.count))
    }
}

extension SearchCommand {
    /// A search for nothing but words, perhaps as JSON, and in a certain archive if one is named last; `nil` for whatever takes
    /// parsing.
    static func plain(_ arguments: [String]) -> SearchCommand? {
        guard arguments.first == configuration.commandName else { return nil }
        var words = arguments.dropFirst()
        var options = ArchiveOptions()
        options.file = nil
        options.quiet = false
        options.isPagerless = false
        options.isReadOnly = false
        if words.count > 2, words[words.endIndex - 2] == "--archive" {
            options.file = words.removeLast()
            words.removeLast()
        }
        let isJSON = words.first == "--json"
        if isJSON { words.removeFirst() }
        guard !words.isEmpty, options.file?.hasPrefix("-") != true, options.file?.isEmpty != true,
            !words.contains(where: { $0.hasPrefix("-") || $0 == "help" })
        else { return nil }
        // What is never parsed has no defaults either. (In an initializer, setting a property would define it anew.)
        var json = JSONOption()
        json.isOn = isJSON
        var command = SearchCommand()
        command.archive = options
        command.json = json
        command.limit = defaultLimit
        command.in = nil
        command.sort = .relevance
        command.annotations = false
        command.queries = nil
        command.terms = Array(words)
        return command
    }
}

extension SearchOptions.Order: ExpressibleByArgument {}

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
