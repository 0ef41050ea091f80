import Archive
import ArgumentParser
import Files
import Foundation
import History
import Interchange
import Prose

struct ExportSource: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-source",
        abstract: "Write out an imported original, byte for byte.",
        discussion: """
            Name the source by the first digits of its ID or by its file name, or name an essay that was cut from it. \
            `archivectl show --source ESSAY` lists the sources of an essay. If the file was imported in several forms, the \
            newest is written. With --version, it is the form that became that version of the essay.
            """)

    @OptionGroup var archive: ArchiveOptions
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The file to write. Without it, standard output.", valueName: "file"), completion: .file())
    var to: String?
    @Flag(help: "Overwrite an existing file.") var force = false
    @Option(
        parsing: .unconditional, help: "Write the original of this version of the essay: a number or a revision ID.")
    var version: String?
    @Argument(help: "A source or an essay.") var source: String

    func validate() throws {
        try requirePath(to, "--to")
    }

    func run() throws {
        let opened = try archive.openForReading()
        let (record, bytes) = try opened.read { reader in
            let record =
                try version.map { try reader.source(of: reader.essay(source, deleted: true), version: $0) }
                ?? found(reader)
            guard let original = record.original else {
                throw CommandError(.notFound, "the source \(record.id.short) has no original")
            }
            return (record, try reader.text(original))
        }
        guard let to else {
            guard !Terminal.isOutputTerminal || !bytes.contains(0) else {
                throw CommandError(
                    .usage, "\(record.name) is not text, and would garble the terminal",
                    advice: "Write it into a file with --to FILE")
            }
            return Output.write(bytes: bytes)
        }
        try DatabaseFile.requireNoCompanionName(to)
        let replaceable = SafeFile.Replaceable.file { try opened.requireForeign($0, path: to) }
        do {
            try SafeFile.write(bytes, to: to, replacing: force ? replaceable : .nothing)
        } catch let error as ArchiveError where !force && error.message.hasSuffix("exists already") {
            throw ArchiveError(error.code, error.message, subject: error.subject, remedy: .chooseAnotherNameOrReplace)
        }
        archive.note("\(to): \(counted(bytes.count, "byte")), as imported from \(record.name)")
    }
}

extension ExportSource {
    /// The source that is named, also by an essay's title as `show` takes it.
    private func found(_ reader: ArchiveReader) throws -> SourceRecord {
        do {
            return try reader.findSource(source)
        } catch let error as ArchiveError where error.code == .notFound {
            guard let essay = try named(reader) else { throw error }
            return try reader.findSource(essay.hex)
        }
    }

    private func named(_ reader: ArchiveReader) throws -> ItemID? {
        do {
            return try reader.essay(source, deleted: true)
        } catch  where CommandError(error)?.code == .notFound {
            return nil
        }
    }
}

/// Where an essay came from.
struct SourceListing {
    let reader: ArchiveReader
    let essay: ItemID
    /// The version whose source alone is meant: a number or a revision ID; `nil` for all.
    var version: String?

    private func sources() throws -> [SourceRecord] {
        try version.map { [try reader.source(of: essay, version: $0)] } ?? reader.sources(of: essay)
    }

    func print() throws {
        let sources = try sources()
        if sources.isEmpty { Terminal.note("this essay was written here, not imported") }
        for source in sources {
            Output.line(
                "\(Terminal.styled(source.id.short, .yellow))  \(Terminal.styled(Shown(line: source.name), .bold))\(try reader.isCurrent(source) ? "" : "  (an older form)")"
            )
            for (label, value) in try details(source) {
                Output.line("  \(label.padding(toLength: 11, withPad: " ", startingAt: 0))\(Shown(line: value))")
            }
        }
    }

    private func details(_ source: SourceRecord) throws -> [(String, String)] {
        var details: [(String, String)] = []
        func add(_ label: String, _ value: String?) { if let value { details.append((label, value)) } }
        add("type", source.mediaType)
        add("encoding", source.encoding)
        add("converter", source.converter)
        add("size", try source.original.flatMap { try reader.size(of: $0) }.map { counted($0, "byte") })
        add("SHA-256", source.original?.hex)
        add("split", source.split?.description)
        for (index, cut) in source.cuts.enumerated() where cut.essay == essay {
            let place =
                source.cuts.count > 1
                ? "; essay \(index + 1) of the \(source.cuts.count) that were cut from the file" : ""
            add("range", "bytes \(cut.range.lowerBound)–\(cut.range.upperBound) of its text\(place)")
        }
        add("revision", source.form?.hex)
        for path in try reader.paths(of: source) { add("file", path) }
        return details
    }

    /// What a program reads.
    func sources(title: String?) throws -> EssaySources { try EssaySources(essay, title: title, sources(), reader) }
}
