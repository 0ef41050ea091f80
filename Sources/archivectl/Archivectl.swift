import Archive
import ArgumentParser
import Foundation
import History

struct Archivectl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archivectl",
        abstract:
            "An archive for essays. It keeps every version, keeps annotations on their passages, and keeps machines in sync.",
        discussion: """
            The archive is one file: --archive FILE, else $ARCHIVECTL_ARCHIVE, else archive.db in \
            $XDG_DATA_HOME/archivectl (~/.local/share/archivectl).

            Name an essay by the first digits of its ID (at least four), by its title, or by a part of its title that \
            no other essay has.

            `archivectl --version` prints the version. To begin:
              archivectl init
              archivectl import ~/essays
              archivectl search 改革

            Exit status: 0 done; 1 failed; 2 done, but something needs your attention; 64 wrong usage; 65 bad data; \
            66 not found; 69 remote unavailable; 73 cannot write; 75 try again; 77 not allowed.
            """,
        groupedSubcommands: [
            CommandGroup(name: "Archive", subcommands: [Init.self, Clone.self, Status.self]),
            CommandGroup(
                name: "Writing",
                subcommands: [
                    Import.self, New.self, Edit.self, SetCommand.self, Tag.self, Delete.self, Undelete.self,
                    Revert.self,
                ]),
            CommandGroup(
                name: "Reading",
                subcommands: [
                    List.self, Show.self, Sections.self, SearchCommand.self, Log.self, DiffCommand.self,
                    ExportSource.self,
                ]),
            CommandGroup(name: "Annotations", subcommands: [Annotate.self, Annotations.self]),
            CommandGroup(
                name: "Other machines",
                subcommands: [Remote.self, SyncCommand.self, Conflicts.self, Resolve.self, HubCommand.self]),
            CommandGroup(name: "Safety", subcommands: [Backup.self, Restore.self, Verify.self, Rebuild.self]),
        ])

    static let version = "0.1.0"

}

@main
enum Main {
    static func main() async {
        // A reader that has seen enough is no failure: writes then fail with EPIPE, and Output ends the process.
        signal(SIGPIPE, SIG_IGN)
        Terminal.fillStandardStreams()
        do {
            var command = try parse(withGlobalOptionsLast(Array(CommandLine.arguments.dropFirst())))
            try Arguments.check(filesToRead: (command as? any ReadsFiles)?.filesToRead ?? [])
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try run(&command)
            }
            Output.finish()
            if Recomputing.needsAttention { throw Failure.needsAttention }
        } catch {
            Output.finish()
            Failure.exit(with: error)
        }
    }

    /// Runs a command, and once more where that is to compute anew what it found damaged.
    ///
    /// Not an asynchronous function: it would run on a thread of the concurrency library, which blocks signals; so would the editors
    /// and pagers that are started there.
    private static func run(_ command: inout any ParsableCommand) throws {
        do {
            try command.run()
        } catch let error as ArchiveError where Recomputing.begins(after: error) {
            do {
                try command.run()
            } catch let second as ArchiveError where second.code != .notFound {
                // What the history does not have either is not there.
                guard Recomputing.giveUp(error) else { throw error }
                try command.run()
            }
        }
    }

    private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        // A search is done in the time that ArgumentParser takes to go through the tree of all commands.
        // Not by the configuration, which would add the option to every command, beside the --version that some have.
        if arguments.first == "--version" { throw CleanExit.message(Archivectl.version) }
        if let search = SearchCommand.plain(arguments) { return search }
        if arguments.last == "--archive" {
            throw CommandError(
                .usage, "--archive is given without a file", advice: "Name the archive's file: --archive FILE")
        }
        if arguments.first == "help", let error = Mistyped.command(in: arguments) { throw error }
        do {
            return try Archivectl.parseAsRoot(arguments)
        } catch {
            throw isHelp(error) ? error : Mistyped.command(in: arguments) ?? error
        }
    }

    private static func isHelp(_ error: any Error) -> Bool { Archivectl.exitCode(for: error) == .success }

    /// Options that nearly all commands take may stand before the subcommand as well, where ArgumentParser does not look for them.
    private static func withGlobalOptionsLast(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        var global: [String] = []
        while let first = rest.first {
            if first == "--archive", rest.count > 1 {
                global += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if first.hasPrefix("--archive=")
                || ["--quiet", "-q", "--no-pager", "--read-only", "--json"].contains(first)
            {
                global.append(first)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest[..<end] + global + rest[end...]
    }
}
