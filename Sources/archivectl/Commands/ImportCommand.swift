import Archive
import ArgumentParser
import Foundation

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import files and folders.",
        discussion: """
            Takes .txt and .md files from folders, and any file that is named itself; - is standard input. A \
            compilation is cut into its essays. What was imported before is recognised: an unchanged file is left \
            alone, a changed one updates its essays, which keep their history and annotations. Original bytes are kept.

            A file that fails is reported and the others go in; the exit status is then 2.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var author: AuthorOption
    @Option(help: "How to cut compilations: auto, markers, none.") var split: String?
    @Option(name: .customLong("split-at"), help: ArgumentHelp("Begin a new essay at each line that matches.", valueName: "regex"))
    var pattern: String?
    @Option(help: "The encoding of the files, if it is not found out rightly: utf-8, gb18030, big5, …") var encoding: String?
    @Option(name: .customLong("tag"), help: "A tag for the essays; may be given several times.") var tags: [String] = []
    @Option(help: "The name of what comes from standard input.") var name = "stdin.txt"
    @Flag(help: "Bring back essays that were deleted.") var undelete = false
    @Flag(name: .customLong("as-new"), help: "Make new essays even of what is there already.") var asNew = false
    @Argument(help: "Files and folders.") var paths: [String]

    /// How many essays are listed for a person.
    private static let listed = 200

    func run() throws {
        var options = ImportOptions()
        options.split = try splitMode()
        options.encoding = try encoding.map { name in
            guard let encoding = TextEncoding(name: name) else {
                throw ArchiveError(.usage, "no encoding is named '\(name)'", advice: "Known: \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return encoding
        }
        options.tags = tags.map { ExactString($0) }
        options.undelete = undelete
        options.asNew = asNew
        options.author = author.author

        let session = try Session(archive, concurrently: true)
        let walker = FileWalker(paths.filter { $0 != "-" }, workingDirectory: FileManager.default.currentDirectoryPath)
        var inputs = walker.files.map(ImportInput.file)
        if paths.contains("-") { inputs.append(.bytes(try Input.read("-"), name: name)) }
        guard !inputs.isEmpty || !walker.failures.isEmpty else {
            throw ArchiveError(.notFound, "nothing to import in \(paths.joined(separator: ", "))", advice: "Folders are searched for .txt and .md files")
        }
        let progress = Progress("importing", total: inputs.count, quiet: archive.quiet)
        let index = SearchIndex(session.archive)
        var report = try Importer(session.archive, options: options).run(
            inputs, listing: json.isOn ? .max : Self.listed, written: { try? index.catchUp() }, progress: progress.update)
        progress.finish()
        session.updateIndex()
        // Threads of the import may still hold the archive when the process ends: without this its log would stay beside it.
        try session.archive.close()
        for failure in walker.failures { report.add(failure) }
        print(report)
        if !report.failures.isEmpty { throw Failure.needsAttention }
    }

    private func splitMode() throws -> SplitMode? {
        if let pattern { return .pattern(pattern) }
        guard let split else { return nil }
        guard let mode = SplitMode(split) else {
            throw ArchiveError(.usage, "--split takes auto, markers or none, not '\(split)'")
        }
        return mode
    }

    private func print(_ report: ImportReport) {
        func count(_ status: ImportedItem.Status) -> Int { report.counts[status] ?? 0 }
        if json.isOn {
            JSON.object([
                ("essays", .integer(report.essays)), ("new", .integer(count(.new))), ("updated", .integer(count(.updated))),
                ("unchanged", .integer(count(.unchanged))), ("deleted", .integer(count(.deleted))),
                ("failed", .integer(report.failures.count)), ("items", JSON(report.items.map(item))),
                ("errors", JSON(report.failures.map { ["source": .string($0.source), "message": .string($0.message)] })),
            ]).print()
        } else {
            for item in report.items where item.status != .unchanged {
                Output.line("\(Terminal.styled(item.id.short, .yellow))  \(item.status.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0))  \(item.title)")
            }
            if report.items.count == Self.listed { Output.line("…") }
            let deleted = count(.deleted) > 0 ? ", \(count(.deleted)) deleted here and left so (--undelete brings them back)" : ""
            Output.line("\(report.essays) essays: \(count(.new)) new, \(count(.updated)) updated, \(count(.unchanged)) unchanged\(deleted); \(report.failures.count) files failed")
        }
        for failure in report.failures { Terminal.note("archivectl: \(failure.source): \(failure.message)") }
    }

    private func item(_ item: ImportedItem) -> JSON {
        .object([
            ("id", .string(item.id.hex)), ("title", .string(item.title)), ("status", .string(item.status.rawValue)),
            ("source", .string(item.source)), ("version", .integer(item.version)), ("sections", .integer(item.sections)),
            ("start", .integer(item.range.lowerBound)), ("end", .integer(item.range.upperBound)), ("reason", .string(item.reason)),
        ])
    }
}
