import Archive
import ArgumentParser
import Foundation
import History
import Interchange
import Prose
import Sync

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the whole archive.",
        discussion:
            "Checks the SQLite file, compares every text, revision and log with its hash, and checks all that is derived from them. With --remote, reads everything that a remote holds, and compares it with this archive. Exit status 2 if there is a problem."
    )

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Check this remote instead of the archive.", valueName: "name"),
        completion: .remotes) var remote: String?
    @Flag(help: "Make the next sync send again what is damaged or missing on the remote.") var repair = false

    @Flag(help: "List every problem, not only the first \(VerificationReport.most).") var all = false

    func run() throws {
        let opened = try opened()
        let progress = { (step: String) in
            if !archive.quiet, Terminal.isErrorTerminal { Terminal.note("checking \(step)") }
        }
        if remote != nil { return try checkRemote(opened, progress) }
        guard !repair else {
            throw CommandError(
                .usage, "--repair needs --remote",
                advice: "Name the remote with --remote; to repair this archive, use `archivectl rebuild`")
        }
        Interruption.says("the check is not complete; nothing was changed")
        var report = try verified(opened, progress)
        try SearchIndex(opened).verify(into: &report)
        try print(report, subject: "the archive")
    }

    private func opened() throws -> Archive {
        do {
            return try repair ? archive.open() : archive.openForReading(.checking)
        } catch let error as ArchiveError where error.code == .corrupt && error.remedy == nil && error.damage == nil {
            throw Failure.unreadable(error, archive.path)
        }
    }

    private func verified(_ opened: Archive, _ progress: (String) -> Void) throws -> VerificationReport {
        do {
            return try opened.verify(listing: all ? .max : VerificationReport.most, progress: progress)
        } catch let error as ArchiveError where error.code == .corrupt && error.remedy == nil && error.damage == nil {
            throw Failure.unreadable(error, archive.path)
        }
    }

    private func checkRemote(_ opened: Archive, _ progress: (String) -> Void) throws {
        let record = try opened.read { try $0.namedRemote(remote) }
        let place = try RemotePlace.open(record.address, wasFilled: !record.ends.isEmpty)
        var report = try RemoteVerification(opened, remote: record.name, place).run(
            repairs: repair, listing: all ? .max : VerificationReport.most, progress: progress)
        // A hub gives nothing up to a client, and takes no such wish; texts go there by the own log.
        let request = VerificationReport.Repair.request(record.name)
        let isAsked =
            repair && !report.isSound
            && (!place.properties.keepsOrder || report.problems.contains { $0.repair == request })
        if isAsked {
            report.problems = report.problems.map { problem in
                problem.repair == request
                    ? .init(
                        what: problem.what, item: problem.item, repair: .sync(record.name), subjects: problem.subjects)
                    : problem
            }
        }
        try print(
            report, subject: "the remote",
            after: isAsked
                ? """
                what is missing or damaged will be sent again: `archivectl sync \(record.name)` sends what this archive has, and other \
                machines send the rest with their next sync. Then verify the remote again
                """ : nil)
    }

    /// One of what is checked: `log entries` → `log entry`, `documents in the search index` → `document in the search index`.
    private static func one(_ many: String) -> String {
        var words = many.split(separator: " ").map(String.init)
        let place = words.firstIndex { $0.hasSuffix("s") } ?? 0
        words[place] = words[place].hasSuffix("ies") ? words[place].dropLast(3) + "y" : String(words[place].dropLast())
        return words.joined(separator: " ")
    }

    /// Prints problems with what repairs them: once for all that the same repairs.
    private static func list(_ problems: [VerificationReport.Problem]) {
        var groups: [(repair: VerificationReport.Repair, problems: [VerificationReport.Problem])] = []
        for problem in problems {
            if let index = groups.firstIndex(where: { $0.repair == problem.repair }) {
                groups[index].problems.append(problem)
            } else {
                groups.append((problem.repair, [problem]))
            }
        }
        for group in groups {
            for problem in group.problems {
                // A hash is long, and whoever needs all of it has the JSON.
                let item =
                    problem.item.count > 32 && problem.item.allSatisfy(\.isHexDigit)
                    ? String(problem.item.prefix(12)) : problem.item
                Output.advice("problem: \(problem.what)\(problem.what.contains(item) ? "" : " (\(item))")")
            }
            Output.advice("  to repair: \(group.repair.advice)")
        }
    }

    /// - Parameter last: what to say at the end.
    private func print(_ report: VerificationReport, subject: String, after last: String? = nil) throws {
        if json.isOn {
            let problems = report.problems.map { problem in
                FoundProblem(
                    what: Advice.complete(problem.what), item: problem.item,
                    repair: Advice.complete(problem.repair.advice), subjects: problem.subjects.map(Subject.init))
            }
            Output.json(Verification(report, problems: problems))
        } else {
            Output.line(
                report.checked.map { "\(counted($0.count, Self.one($0.what), $0.what))" as Shown }.joined(
                    separator: ", ") + " checked")
            Self.list(report.problems)
            if report.unlisted > 0 {
                Output.line("and \(counted(report.unlisted, "more problem")); --all lists every one")
            }
            if !report.isSound, !report.sound.isEmpty {
                Output.line("sound: " + report.sound.map { "\($0.count) \($0.what)" }.joined(separator: ", "))
            }
            Output.line(
                report.isSound
                    ? "\(subject) is sound" : "\(counted(report.problems.count + report.unlisted, "problem"))")
            if let last { Output.advice(last) }
        }
        if !report.isSound { throw Failure.needsAttention }
    }
}

struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Recompute everything that is derived from the history, including the search index.",
        discussion: """
            With --from, damaged texts and log entries are first replaced by sound ones from a remote or from another file of \
            this archive, such as a backup. Exit status 2 if something is still damaged.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Option(
        help: ArgumentHelp("Where to get sound copies: the name of a remote, or a file.", valueName: "remote-or-file"),
        completion: .remotes) var from: String?

    func validate() throws {
        try requirePath(from, "--from")
    }

    func run() throws {
        let session = try Session(archive)
        let index = SearchIndex(session.archive)
        try index.requireOwnFile()
        // For what is told alone: what is to be rebuilt may be past reading.
        let before = try? session.archive.read { try $0.counts() }
        let repaired = try from.map { try repair(session, from: $0) }
        Interruption.says("nothing was changed; if the search index was removed, the next search makes it again")
        let items = before.map { $0.essays + $0.annotations + $0.sources + $0.deleted }
        let progress = Progress("rebuilding", total: items ?? 0, quiet: archive.quiet)
        let damaged = try rebuilt(session, progress)
        progress.finish()
        let total = try session.archive.read { try $0.counts() }
        try index.remove()
        try index.catchUp()
        if json.isOn {
            Output.json(
                RebuiltArchive(
                    essays: total.essays, repaired: repaired?.repaired, damaged: damaged.map(Subject.init)))
        } else {
            let added = before.map { total.versions - $0.versions } ?? 0
            if let from, added > 0 { Output.line("\(counted(added, "missing version")) came from \(from)") }
            if let repaired, repaired.repaired + repaired.left == 0 {
                if added <= 0 { Output.line("no text or entry was damaged") }
            } else if let repaired {
                Output.line(
                    "repaired \(repaired.repaired) of \(repaired.repaired + repaired.left) damaged texts and entries")
            }
            Output.line("rebuilt \(counted(total.essays, "essay")) and the search index")
        }
        for item in damaged { archive.note("damaged: \(item)") }
        let isWhole = try session.archive.isStructureSound()
        if !isWhole { archive.note("the file's structure is still damaged: \(Self.salvage(archive.path))") }
        if !isWhole || !damaged.isEmpty || repaired?.left ?? 0 > 0 {
            archive.note("`archivectl verify` lists what is damaged and what repairs it")
            throw Failure.needsAttention
        }
    }

    private func repair(_ session: Session, from source: String) throws -> (repaired: Int, left: Int) {
        do {
            // What is repaired is found by indexes.
            if try !session.archive.isStructureSound() { _ = try session.archive.rebuild() }
            return try Repair(session: session, from: source).run()
        } catch let error as ArchiveError where error.code == .corrupt && error.damage == nil {
            throw CommandError(
                .corrupt, "\(archive.path) is too damaged to be repaired in place: \(error.message)",
                advice: Self.salvage(archive.path))
        }
    }

    private func rebuilt(_ session: Session, _ progress: Progress) throws -> [DamagedItem] {
        do {
            return try session.archive.rebuild { progress.update($0) }
        } catch let error as ArchiveError where error.code == .corrupt {
            progress.finish()
            throw CommandError(
                .corrupt, "\(archive.path) is too damaged to be repaired in place: \(error.message)",
                advice: Self.salvage(archive.path))
        }
    }

    private static func salvage(_ path: String) -> String {
        "`archivectl restore --salvage \(ShellWord.quoted(path)) --to NEW` makes a new archive of all that can be read; `archivectl rebuild --from REMOTE --archive NEW`, or --from FILE with a backup, then adds what is missing"
    }
}
