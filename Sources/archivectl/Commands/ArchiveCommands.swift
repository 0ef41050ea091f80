import Archive
import ArgumentParser
import Files
import Foundation
import History
import Interchange
import Prose
import Sync

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new, empty archive.",
        discussion: "If you already have the archive on another machine, use `archivectl clone` instead.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    // So that the advice can be about it.
    @Argument(help: .hidden) var others: [String] = []

    func run() throws {
        if let other = others.first {
            throw CommandError(
                .usage, "the archive's file is named with --archive; nothing was made",
                advice: "For example: archivectl init --archive \(ShellWord.quoted(other))")
        }
        let made = try Archive.create(archive.pathForNew(), environment: Places.environment)
        let (id, replica) = try made.read { (try $0.archiveID, try $0.replicaID) }
        if json.isOn {
            Output.json(NewArchive(archive: id, replica: replica, path: archive.path))
        } else {
            Output.line("made the archive \(archive.path)")
        }
    }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what the archive holds and how far it is synchronized.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Flag(help: "Also show a hash of all that the archive shows, including merged texts. This takes longer.")
    var views = false

    func run() throws {
        try archive.openForReading(.listing).read { reader in
            let viewHash = views ? try reader.viewHash() : nil
            let edits = try UnfinishedEdit.all(archive: archive.path, reader)
            if json.isOn {
                return Output.json(
                    try ArchiveStatus(reader, viewHash: viewHash, path: archive.path, edits: edits.map(\.pending)))
            }
            let counts = try reader.counts()
            Output.line("archive      \(archive.path)  (\(try reader.archiveID))")
            Output.line("essays       \(counts.essays) in \(counted(counts.versions, "version"))")
            Output.line("annotations  \(counts.annotations)")
            Output.advice(
                "conflicts    \(counts.conflicts)" + (counts.conflicts > 0 ? "  see `archivectl conflicts`" : ""))
            if let viewHash { Output.line("view hash    \(viewHash)") }
            for remote in try reader.remotes() {
                let reached = remote.reached.map { "reached \(LocalTime.minute($0))" } ?? "never reached"
                Output.line(
                    "remote       \(remote.name)  \(RemotePlace.shown(remote.url))  \(reached), \(counted(try reader.unsent(to: remote), "change")) unsent"
                )
            }
            for line in edits.flatMap(\.lines) { Output.advice(line) }
        }
    }
}

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the whole archive, as it is now, into one file.",
        discussion: """
            The archive can be used while the backup is made. The copy is read back and checked before it gets its name. \
            `archivectl restore` makes a new replica from it.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Flag(help: "Replace an older backup of this archive.") var force = false
    @Argument(help: "The file to write.", completion: .file()) var file: String

    func validate() throws {
        try requirePath(file, "<file>")
    }

    func run() throws {
        Interruption.says("there is no new backup")
        let report = try archive.openForReading(.checking).backup(to: file, overwrites: force)
        if json.isOn {
            Output.json(BackupCopy(report))
        } else {
            Output.line(
                "backed up \(Self.shown(report.counts)) to \(file) (\(counted(report.bytes, "byte"))), and read it back"
            )
        }
    }
}

extension Backup {
    /// `3 essays in 1 version and 1 annotation`
    static func shown(_ counts: ArchiveCounts) -> String {
        "\(counted(counts.essays, "essay")) in \(counted(counts.versions, "version")) and \(counted(counts.annotations, "annotation"))"
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a new replica from a backup.",
        discussion: """
            The new replica has its own ID, so that it can be synchronized with the archive that was backed up. Every text is \
            compared with its hash first, and a damaged backup is refused. With --salvage, all that can be read of a backup or \
            of a damaged archive is taken, and the rest is listed; the exit status is then 2.
            """)

    @OptionGroup var json: JSONOption
    @Argument(help: "The backup.") var backup: String
    @Option(
        name: .customLong("to"), parsing: .unconditional,
        help: ArgumentHelp("The file of the new archive. It must not exist.", valueName: "file"), completion: .file())
    var target: String
    @Flag(help: "Take all that can be read of a damaged file.") var salvage = false
    @Option(
        name: .customLong("archive-id"), parsing: .unconditional,
        help: ArgumentHelp(
            "With --salvage, if the file has lost the ID of its archive: that ID, as `status` shows it on another machine, or `new`.",
            valueName: "id"))
    var archiveID: String?

    func validate() throws {
        try requirePath(backup, "<backup>")
        try requirePath(target, "--to")
    }

    func run() throws {
        try requireBackup()
        Interruption.says("nothing was restored")
        if salvage { return try runSalvage() }
        guard archiveID == nil else {
            throw CommandError(.usage, "--archive-id needs --salvage; a sound backup has an ID")
        }
        let archive = try restored()
        if json.isOn {
            Output.json(try archive.read { try RestoredArchive($0, path: target) })
        } else {
            let counts = try archive.read { try $0.counts() }
            Output.line("restored \(Backup.shown(counts)) to \(target)")
            if try archive.read({ try !$0.remotes().isEmpty }) {
                Terminal.note(
                    "note: changes made since the backup, including deletions, arrive with the next sync, which names the essays that it deletes"
                )
            }
        }
    }

    private func restored() throws -> Archive {
        do {
            return try Archive.restore(backup, to: target, environment: Places.environment)
        } catch let error as ArchiveError where error.code == .corrupt && error.remedy == nil {
            throw Failure.unreadable(error, backup)
        }
    }

    /// - Throws: `ArchiveError` if what is named is something else than a file.
    private func requireBackup() throws {
        guard let kind = try FileStatus.of(backup, followingLinks: true)?.kind, kind != .regular else { return }
        let advice =
            kind == .folder
            ? "Name the backup's file; out of a remote's folder an archive comes by `archivectl clone \(ShellWord.quoted(backup))`"
            : "Name the backup's file"
        throw CommandError(.badInput, "\(backup) is \(kind.rawValue), not a backup", advice: advice)
    }

    private func runSalvage() throws {
        let (archive, report) = try salvaged()
        if json.isOn {
            let restored = try archive.read { try RestoredArchive($0, path: target) }
            Output.json(SalvagedArchive(restored, SalvageLosses(report)))
        } else {
            let counts = try archive.read { try $0.counts() }
            Output.line("salvaged \(Backup.shown(counts)) to \(target)")
            for item in report.textsMissing { Output.line("missing: the text of \(item)") }
            if report.entriesMissing > 0 {
                Output.line(
                    "missing: \(counted(report.entriesMissing, "log entry", "log entries")) that cannot be read, or that depend on unreadable ones"
                )
            }
            if let folder = report.looseTextsFolder {
                Output.line(
                    "\(counted(report.looseTexts, "text")) whose log entries are lost: as \(report.looseTexts == 1 ? "a file" : "files") in \(folder)"
                )
            }
            if report.mayMissMore {
                Output.line("more may be missing: the file no longer shows whether there were later changes")
            }
            if !report.isComplete {
                let place = ShellWord.quoted(target)
                if report.entriesMissing > 0 || report.mayMissMore {
                    Output.line("`archivectl --archive \(place) sync` fetches the log entries that a remote has")
                }
                let remote = report.textsMissing.isEmpty ? "" : " or --from REMOTE"
                Output.line(
                    "`archivectl --archive \(place) rebuild --from FILE`\(remote) takes what is missing from a backup\(remote.isEmpty ? "" : " or a remote")"
                )
            }
        }
        if !report.isComplete { throw Failure.needsAttention }
    }

    private func salvaged() throws -> (Archive, SalvageReport) {
        do {
            return try Archive.salvage(backup, to: target, id: givenID(), environment: Places.environment)
        } catch SalvageError.noArchiveID(let path) {
            throw CommandError(
                .corrupt, "\(path) has lost the ID of its archive",
                advice:
                    "Give it with --archive-id: `archivectl status` shows it on any other machine; if there is none, --archive-id new"
            )
        }
    }

    private func givenID() throws -> ArchiveID? {
        guard let archiveID, archiveID != "new" else { return archiveID.map { _ in .random() } }
        guard let id = ArchiveID(hex: archiveID) else {
            throw CommandError(.usage, "--archive-id takes 32 hexadecimal digits, or 'new'")
        }
        return id
    }
}
