import Archive
import ArgumentParser
import Foundation
import History
import Interchange
import Prose

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import files, folders and ZIP archives.",
        discussion: """
            Reads plain text and Markdown, and, with the help of pandoc and pdftotext, HTML, Word, OpenDocument, RTF, EPUB \
            and PDF. --formats lists what works on this machine. A file that you name yourself may have any ending; - is \
            standard input.

            A compilation is cut into its essays; --dry-run shows where, and changes nothing. Files that were imported before \
            are recognised: unchanged ones are skipped, and changed ones update their essays, which keep their history and \
            annotations. The original bytes are kept: see `show --source` and `export-source`.

            If a file fails, the error is reported and the others are imported; the exit status is then 2. Ctrl-C stops \
            reading: what was read by then is imported, and the same command continues later. With --quiet, only problems \
            and a summary are printed.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The author of new essays whose file names none.", valueName: "name")) var author: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How to cut compilations: auto, markers or none. The choice is remembered for each file.", valueName: "mode"
        )) var split: String?
    @Option(
        name: .customLong("split-at"), parsing: .unconditional,
        help: ArgumentHelp("Begin a new essay at each line that matches. This is remembered, too.", valueName: "regex"))
    var pattern: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The encoding of the text files, if detection gets it wrong: utf-8, gb18030, big5, …", valueName: "name"))
    var encoding: String?
    @Option(
        name: .customLong("tag"), parsing: .unconditionalSingleValue,
        help: "A tag for the essays. May be given several times.", completion: .tags) var tags: [String] = []
    @Option(
        parsing: .unconditional, help: ArgumentHelp("The file name to record for standard input.", valueName: "name"))
    var name = "stdin.txt"
    @Option(
        name: .customLong("time-limit"), parsing: .unconditional,
        help: ArgumentHelp("How long a converter may take for one file.", valueName: "seconds")) var timeLimit = 60.0
    @Option(
        help: ArgumentHelp(
            "What to keep of tracked changes in Word documents: versions (the text before them, then the text after), accept or reject.",
            valueName: "what"), completion: .list(TrackedChanges.allCases.map(\.rawValue)))
    var tracked = TrackedChanges.versions
    @Flag(name: .customLong("whole-page"), help: "Keep all of web pages, menus included, not their articles only.")
    var isWholePage = false
    @Flag(help: "Bring back essays that were deleted here and are in the files.") var undelete = false
    @Flag(name: .customLong("as-new"), help: "Make new essays, even if the archive has the same ones already.")
    var asNew = false
    @Flag(name: .customLong("dry-run"), help: "Show each cut, its reason and what would come of it. Change nothing.")
    var isDryRun = false
    @Flag(help: "Keep importing what changes in the folders until Ctrl-C.") var watch = false
    @Flag(name: .customLong("formats"), help: "List the formats, and whether each can be imported here.")
    var listsFormats = false
    @Argument(help: ArgumentHelp("Files, folders and ZIP archives.", valueName: "path"), completion: .file()) var paths:
        [String] = []

    /// How many essays are listed for a person.
    private static let listed = 200

    func validate() throws {
        for path in paths { try requirePath(path, "<paths>") }
        if paths.isEmpty, !listsFormats {
            throw ValidationError("Name the files or folders to import, or - for standard input.")
        }
        if split != nil, pattern != nil { throw ValidationError("Give --split or --split-at, not both.") }
        if watch, isDryRun || asNew || paths.contains("-") {
            throw ValidationError("--watch works on folders only, and not with --dry-run or --as-new.")
        }
        guard timeLimit > 0, timeLimit <= 86_400 else {
            throw ValidationError("--time-limit is a number of seconds greater than 0, and at most 86400 (a day).")
        }
    }

    func run() throws {
        let options = try options()
        if listsFormats { return ImportFormats(options.converters).print(asJSON: json.isOn) }
        let session = try isDryRun ? Session(rehearsingOn: archive) : Session(archive, concurrently: true)
        if watch {
            let watch = ImportWatch(
                session: session, options: options, folders: Arguments.paths(paths), stop: StopSignal(),
                isJSON: json.isOn, listed: Self.listed)
            let needsAttention = try watch.run()
            if !session.close() || needsAttention { throw Failure.needsAttention }
            return
        }
        let walker = FileWalker(Arguments.paths(paths.filter { $0 != "-" }), workingDirectory: .workingDirectory)
        var inputs = walker.files.map(ImportInput.file)
        if paths.contains("-") { inputs.append(.bytes(try Input.read("-"), name: name)) }
        guard !inputs.isEmpty || !walker.failures.isEmpty else {
            throw CommandError(
                .notFound,
                "nothing to import in \(paths.joined(separator: ", "))\(ImportPrinter.skipped(walker.skipped).map { ", but \($0)" } ?? "")",
                advice: "`archivectl import --formats` lists the file endings that are recognised")
        }
        var report = try run(inputs, options, session)
        // Threads of the import may still hold the archive when the process ends: without this its log would stay beside it.
        let isClosed = session.close()
        for failure in walker.failures { report.add(failure) }
        if isDryRun { archive.usePager(json) }
        let printer = ImportPrinter(
            report: report, skipped: walker.skipped, ignored: walker.ignored, special: walker.special,
            isDryRun: isDryRun, listed: Self.listed)
        if json.isOn { Output.json(printer.outcome) } else { printer.print(quiet: archive.quiet) }
        printer.complain(quiet: archive.quiet)
        if !report.failures.isEmpty || report.unread > 0 || !isClosed { throw Failure.needsAttention }
    }

    private func run(_ inputs: [ImportInput], _ options: ImportOptions, _ session: Session) throws -> ImportReport {
        let progress = Progress(
            isDryRun ? "looking" : "importing", total: inputs.count, bytes: inputs.reduce(0) { $0 + $1.size },
            quiet: archive.quiet)
        defer { progress.finish() }
        // Only now: whoever is asked for standard input, or for a folder without end, is left at once.
        let importer = Importer(session.archive, options: options.stopping(at: StopSignal()))
        if isDryRun { return try importer.preview(inputs, progress: progress.update) }
        let index = SearchIndex(session.archive)
        let report = try session.notingNewReplica {
            try importer.run(
                inputs, listing: json.isOn ? .max : Self.listed, written: { try? index.catchUp() },
                progress: progress.update)
        }
        session.updateIndex()
        return report
    }

    private func options() throws -> ImportOptions {
        var options = ImportOptions()
        options.split = try splitMode()
        options.encoding = try encoding.map { name in
            guard let encoding = TextEncoding(name: name) else {
                throw CommandError(
                    .usage, "there is no encoding '\(name)'",
                    advice: "Known: \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return encoding
        }
        options.tags = tags.map { ExactString($0) }
        options.tracked = tracked
        options.wholePages = isWholePage
        options.undelete = undelete
        options.asNew = asNew
        options.author = Author(author ?? Places.author)
        options.essayAuthor = author.flatMap { $0.isEmpty ? nil : ExactString($0) }
        options.converters = Converters(searchPath: Places.searchPath, timeLimit: timeLimit)
        return options
    }

    private func splitMode() throws -> SplitMode? {
        if let pattern {
            try SplitPatternArgument.check(pattern)
            return .pattern(pattern)
        }
        guard let split else { return nil }
        guard ["auto", "markers", "none"].contains(split) else {
            throw CommandError(
                .usage, "--split takes auto, markers or none, not '\(split)'",
                advice: "For a regular expression: --split-at")
        }
        return SplitMode(split)
    }
}

extension TrackedChanges: ExpressibleByArgument {}
