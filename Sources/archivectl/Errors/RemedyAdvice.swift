import Archive
import History
import Prose

extension Remedy {
    /// The remedy as a sentence that names the commands and options of this program, without a full stop.
    var advice: String {
        switch self {

        // Files
        case .chooseAnotherName: "Choose another name; nothing was changed"
        case .chooseAnotherNameOrReplace: "Choose another name, or replace it with --force; nothing was changed"
        case .chooseAnotherNameOrMoveAway: "Choose another name, or move the file away; nothing was changed"
        case .nameTarget: "Name the file that it leads to; nothing was changed"
        case .nameArchive: "Name another with --archive"
        case .nameOrSalvage(let path):
            "Name another with --archive. If it was an archive, \(Self.salvage(path)) takes out what can be read"
        case .nameNewArchive: "Name another file with --archive; nothing was changed"
        case .nameAnotherFile: "Name another file"
        case .inspectFile: "Look at it, and choose another name or try again; it was not changed"
        case .moveAway(let file): "Move \(file) away, and try again; nothing was changed"
        case .moveAwayFromIndex(let file): "Move \(file) away, or rename the archive; the index was not changed"
        case .separateLog(let log):
            """
            Move \(log) away if another archive left it behind, or put the file back that it belongs to; then try again. \
            Nothing was changed
            """
        case .keepLogBeside: "Keep the two together; once there is room, whatever opens the archive next moves it"
        case .makeFolder: "Make the folder, or mount the disk that it is on"
        case .makeRoom: "Make room and try again"
        case .checkDisk: "Check the disk and try again"
        case .checkPermissions: "Check the permissions of the file"
        case .checkPermissionsOrCopy:
            "Check the permissions of the file and its folder, or copy it to where you may write"
        case .checkFolderPermissions: "Check who may write in the folder above it"
        case .waitForOthers: "Try again when that has finished"

        // Archives
        case .makeArchive: "Make one with `archivectl init` or `archivectl clone URL`, or name another with --archive"
        case .update: Self.useNewer
        case .updateOrReadOnly(let path): "\(Self.useNewer), or read it with --read-only" + Self.salvage(ifNone: path)
        case .updateToRead: "\(Self.useNewer): this one cannot read that schema"
        case .useItsWriter(let path): "Use the archivectl that wrote it" + Self.salvage(ifNone: path)
        case .restore(let path):
            "`archivectl restore \(ShellWord.quoted(path)) --to NEW` makes an archive of it to work with; nothing was changed"
        case .rebuild: "Run `archivectl rebuild`"
        case .salvage(let path):
            """
            Keep the file. \(Self.salvage(path)) takes what can be read of the rest. You can also restore a backup, or clone \
            from a remote
            """
        case .salvageWithLog(let path):
            "Nothing was changed. \(Self.salvage(path)) takes all that can be read, these changes too"

        // Names
        case .giveDigits(let count): "Of an ID, give at least \(count) digits"
        case .nameItem(.annotation): "Give the first digits of its ID, which `archivectl annotations` shows"
        case .nameItem:
            "Give the first digits of its ID, its title, or a part of the title; `archivectl list` shows both"
        case .nameItemByID: "Give the first digits of the ID"
        case .nameItemExactly: "Give more of the title or the first digits of the ID"
        case .undelete(let id): "`archivectl undelete \(id)` brings it back"
        case .listVersions(let essay): "`archivectl log \(essay)` lists them"
        case .nameVersion(let essay, let count, let digits):
            """
            Give \(count == 1 ? "1" : "a number from 1 to \(count)"), or at least \(digits) digits of a revision's ID; \
            `archivectl log \(essay)` shows both
            """
        case .nameSource:
            """
            Give the first digits of its ID, a file's name, or an essay; `archivectl show --source ESSAY` lists an essay's \
            sources
            """
        case .nameSourceExactly: "Give the first digits of the source's ID"
        case .showEssay(let essay): "`archivectl show \(essay)` prints it"
        case .showVersion(let version, let essay):
            """
            `archivectl show --source \(essay)` lists the versions that were; \
            `archivectl show \(essay) --version \(ShellWord.quoted(version))` prints this one
            """

        // Passages
        case .countFromZero: "Count from 0, the end not included"
        case .quoteExactly:
            "Quote it as `archivectl show ESSAY` prints it; line breaks, widths and capitals do not matter"
        case .quoteMore: "Quote more of it, or say which with --occurrence N"
        case .listSections: "`archivectl sections ESSAY` lists them"
        case .nameSectionExactly: "Give the whole path"

        // Remotes
        case .listRemotes: "`archivectl remote list` shows them"
        case .addRemote: "Name one with `archivectl remote add NAME URL|FOLDER`"
        case .chooseRemote: "Say which, or choose one with `archivectl remote default NAME`"
        case .removeRemoteFirst: "Remove it first, or choose another name"
        case .fillRemote: "Sync an archive to it first, then clone"

        // Hubs
        case .makeStore(let path):
            "Check the name, or make a store there with `archivectl hub create NAME --store \(ShellWord.quoted(path))`"
        case .nameTokenByID(let archive): "Name one by its ID, as `archivectl hub token list \(archive)` shows it"
        case .makeTokens: "Restore the file, or delete it and make new tokens with `archivectl hub token create`"

        // Conflicts and edits
        case .listConflicts: "`archivectl conflicts` lists those that have"
        case .listHeads: "`archivectl conflicts` lists the heads"
        case .nameOneBase: "Name one of them, or settle the conflict"
        case .settle(let item, let version):
            """
            `archivectl show \(item) --version \(version) | archivectl resolve \(item) --from -` settles it by that version's \
            text
            """
        case .settleOrDelete: "Settle it by one of the sides, or delete it as it is: `archivectl delete`"
        case .settleFirst:
            """
            Settle it by one of the sides first; then `archivectl conflicts` shows whether the rest conflicts with that
            """
        case .removeMarks: "Delete such lines once their place is settled"
        case .keepOneLine: "Keep one of them"
        case .shortenNote: "Shorten them; long prose has its place in an essay's text"

        // Import
        case .importWhole: "Divide it into several files, or import it as one essay with --split none"
        case .simplifyExpression: "Leave out repetitions within repetitions, such as (a+)+, and begin it with ^"
        case .convertToText: "Convert it to text first"
        case .convertToUTF8: "Convert it to UTF-8 first"
        case .nameEncoding(let guess?): "It looks most like \(guess.rawValue): try --encoding \(guess.rawValue)"
        case .nameEncoding(nil): "Name it with --encoding"
        case .repairBytes: "Repair it there, or name another encoding with --encoding"
        case .getAgain: "Get it again from where it came from"
        case .unpack: "Unpack it and import what it holds"
        case .recognizeText: "It may hold pictures of pages only: run it through text recognition first"
        case .openInItsProgram: "Open it in the program that wrote it to see what it holds"
        case .install(let package): "On Debian or Ubuntu: apt install \(package)"
        case .installOrSaveAs(let package, let ending):
            "Save it as .\(ending) in the program that wrote it, or, on Debian or Ubuntu: apt install \(package)"
        case .nameFolder: "Name the folder that holds it"
        case .nameFileOrFolder: "Name a file or folder, or a part of one"
        case .checkWatchers: "`sysctl fs.inotify.max_user_instances` says how many programs may watch"
        case .raiseWatchLimit: "Raise the limit: sysctl fs.inotify.max_user_watches=524288"
        case .continueImport(let first?): "\(first.advice). Then run the same command again to continue"
        case .continueImport(nil): "Run the same command again to continue"
        }
    }

    static let useNewer = "Use a newer archivectl"

    private static func salvage(_ path: String) -> String {
        "`archivectl restore --salvage \(ShellWord.quoted(path)) --to NEW`"
    }

    /// - Parameter path: of a file whose version number may be what is damaged; `nil` if it cannot be.
    private static func salvage(ifNone path: String?) -> String {
        path.map { "; if there is none, that number is damaged: \(salvage($0)) does not need it" } ?? ""
    }
}

extension ImportFailure {
    /// What is wrong and what to do about it.
    var advised: String { Advice.joined(message, remedy?.advice ?? "") }
}
