import Interchange

/// What a command prints with `--json`, in one of the ways of calling it.
package struct CommandOutput: Sendable {
    /// The command's words, without the program's name.
    package let command: String
    /// The options, or what else, that make it print this; `nil` where nothing is needed.
    package let condition: String?
    /// The type of the value; of a stream, of each line.
    package let type: any (Codable & Sendable).Type

    private init(_ command: String, when condition: String? = nil, _ type: any (Codable & Sendable).Type) {
        self.command = command
        self.condition = condition
        self.type = type
    }

    /// The command with its condition, as docs/json.md names it: `show --source`.
    package var label: String { [command, condition].compactMap(\.self).joined(separator: " ") }

    /// The file of its JSON Schema, in docs/schema: `hub/token/list.json`.
    package var schema: String { command.split(separator: " ").joined(separator: "/") + ".json" }

    /// Whether the command prints many such values, one a line.
    package var isStream: Bool { condition == "--watch" || condition == "--queries" }

    /// What a command that fails prints on standard error.
    package static let error = CommandOutput("error", ErrorLine.self)

    /// Every command that takes `--json`, in the order of docs/json.md.
    package static let all: [CommandOutput] = archive + reading + writing + importing + machines

    private static let archive = [
        CommandOutput("init", NewArchive.self),
        CommandOutput("status", ArchiveStatus.self),
        CommandOutput("backup", BackupCopy.self),
        CommandOutput("restore", RestoredArchive.self),
        CommandOutput("restore", when: "--salvage", SalvagedArchive.self),
        CommandOutput("rebuild", RebuiltArchive.self),
        CommandOutput("verify", Verification.self),
    ]

    private static let reading = [
        CommandOutput("list", [ListedEssay].self),
        CommandOutput("show", ShownEssay.self),
        CommandOutput("show", when: "--source", EssaySources.self),
        CommandOutput("sections", [EssaySection].self),
        CommandOutput("log", [EssayVersion].self),
        CommandOutput("diff", [ChangedPassage].self),
        CommandOutput("search", SearchAnswer.self),
        CommandOutput("search", when: "--queries", AnsweredQuery.self),
        CommandOutput("search", when: "--queries", RefusedQuery.self),
    ]

    private static let writing = [
        CommandOutput("new", NewEssay.self),
        CommandOutput("edit", EditedEssay.self),
        CommandOutput("set", EssayChange.self),
        CommandOutput("set", when: "without fields", EssayFields.self),
        CommandOutput("revert", EssayChange.self),
        CommandOutput("resolve", EssayChange.self),
        CommandOutput("delete", [DeletionChange].self),
        CommandOutput("undelete", [DeletionChange].self),
        CommandOutput("tag", EssayTags.self),
        CommandOutput("annotate", ListedAnnotation.self),
        CommandOutput("annotations list", [ListedAnnotation].self),
        CommandOutput("annotations show", ListedAnnotation.self),
        CommandOutput("annotations edit", ListedAnnotation.self),
        CommandOutput("annotations reply", ListedAnnotation.self),
        CommandOutput("annotations delete", [DeletedAnnotation].self),
        CommandOutput("annotations undelete", [DeletionChange].self),
        CommandOutput("conflicts", [ListedConflict].self),
    ]

    private static let importing = [
        CommandOutput("import", ImportOutcome.self),
        CommandOutput("import", when: "--watch", ImportEvent.self),
        CommandOutput("import", when: "--watch", WatchBegun.self),
        CommandOutput("import", when: "--watch", WatchedFolderEvent.self),
        CommandOutput("import", when: "--formats", [ImportFormat].self),
    ]

    private static let machines = [
        CommandOutput("remote add", ListedRemote.self),
        CommandOutput("remote default", ListedRemote.self),
        CommandOutput("remote remove", ListedRemote.self),
        CommandOutput("remote list", [ListedRemote].self),
        CommandOutput("sync", SyncOutcome.self),
        CommandOutput("sync", when: "--dry-run", SyncOutlook.self),
        CommandOutput("sync", when: "--watch", SyncRunEvent.self),
        CommandOutput("sync", when: "--watch", SyncWaitEvent.self),
        CommandOutput("sync", when: "--watch", SyncEndEvent.self),
        CommandOutput("clone", SyncOutcome.self),
        CommandOutput("hub create", NewHubArchive.self),
        CommandOutput("hub list", [HubArchive].self),
        CommandOutput("hub quota", HubArchiveQuota.self),
        CommandOutput("hub token create", NewHubToken.self),
        CommandOutput("hub token list", [ListedHubToken].self),
        CommandOutput("hub token revoke", RevokedHubToken.self),
    ]
}
