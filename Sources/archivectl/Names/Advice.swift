import ArgumentParser

/// Commands that a message advises. They are for the archive that the person named, or they would do something to another one.
enum Advice {
    /// What names the archive, for a shell; `nil` if the command line does not: the environment is the same for the next command.
    private static let archive: String? = archive(in: Array(CommandLine.arguments.dropFirst()))

    /// The commands that work on an archive. `restore` makes one of its own, and a hub has its store.
    private static let commands: Set<String> = {
        Set(Archivectl.configuration.subcommands.map { $0._commandName }).subtracting(["hub", "restore"])
    }()

    private static func archive(in arguments: [String]) -> String? {
        var file: String?
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { break }
            if argument == "--archive", index + 1 < arguments.count { file = arguments[index + 1] }
            if argument.hasPrefix("--archive=") { file = String(argument.dropFirst("--archive=".count)) }
        }
        return file
    }

    /// A message and what to do about it, which may be empty.
    static func joined(_ message: String, _ advice: String) -> String {
        if advice.isEmpty { return message }
        // After a list.
        return message.hasSuffix("\n") ? message + advice : "\(message). \(advice)"
    }

    /// A message in which each `archivectl …` names the archive, if the person named one: `archivectl --archive b.db sync`.
    static func complete(_ message: String) -> String {
        guard let archive, message.contains("archivectl ") else { return message }
        return complete(message, archive: ShellWord.quoted(archive))
    }

    /// - Parameter archive: as a shell takes it.
    private static func complete(_ message: String, archive: String) -> String {
        let parts = message.components(separatedBy: "archivectl ")
        var result = parts[0]
        for (before, part) in zip(parts, parts.dropFirst()) {
            let isWord = before.last.map { !$0.isLetter && !$0.isNumber && !"/-_.".contains($0) } ?? true
            result += "archivectl " + (isWord && takesArchive(part) ? "--archive \(archive) " : "") + part
        }
        return result
    }

    /// - Parameter line: what follows `archivectl` in a message, up to the next one.
    private static func takesArchive(_ line: String) -> Bool {
        let command = line.prefix { $0 != "`" && !$0.isNewline }
        let name = String(command.prefix { $0.isLetter || $0 == "-" })
        return commands.contains(name) && !["--archive", "--help", "--formats"].contains { command.contains($0) }
    }
}
