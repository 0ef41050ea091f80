import Prose

/// What a person can do about an error: the kind of remedy and its facts. The program that talks to the person makes a sentence of
/// it, because only that program knows its own commands and options.
public enum Remedy: Hashable, Sendable {

    // MARK: Files

    /// Another name than the one that was chosen for a new file.
    case chooseAnotherName
    /// Another name, or permission to replace the file.
    case chooseAnotherNameOrReplace
    /// Another name, or the file moved away.
    case chooseAnotherNameOrMoveAway
    /// The file that a symbolic link leads to, by its own name.
    case nameTarget
    /// An archive, in place of a file that is none.
    case nameArchive
    /// An archive, in place of a file that is none, or what can be read of it if it was one.
    case nameOrSalvage(String)
    /// Another file for a new archive.
    case nameNewArchive
    /// Another file to read from.
    case nameAnotherFile
    /// A look at what another process wrote.
    case inspectFile
    /// A file that stands where another one belongs, moved away.
    case moveAway(String)
    /// A file that stands where one of the search index belongs, moved away, or the archive renamed.
    case moveAwayFromIndex(String)
    /// A write-ahead log and a file that do not belong together, each put back where it belongs.
    case separateLog(String)
    /// A write-ahead log kept beside its archive until there is room.
    case keepLogBeside
    /// The missing folder, made, or its disk mounted.
    case makeFolder
    case makeRoom
    case checkDisk
    case checkPermissions
    /// Permissions, or a copy where one may write.
    case checkPermissionsOrCopy
    case checkFolderPermissions
    /// The same again when another process has finished.
    case waitForOthers

    // MARK: Archives

    /// An archive made, or another one named.
    case makeArchive
    /// A later version of this program.
    case update
    /// A later version of this program, or reading alone; where a damaged version number is possible, all that can be read.
    case updateOrReadOnly(salvaging: String?)
    /// A later version of this program, as this one cannot even read the file.
    case updateToRead
    /// The very program that wrote the file; where a damaged version number is possible, all that can be read.
    case useItsWriter(salvaging: String?)
    /// An archive made of the backup.
    case restore(String)
    /// What follows from the history, made again.
    case rebuild
    /// All that can be read of the file, taken into a new archive.
    case salvage(String)
    /// The same of a file whose write-ahead log is damaged.
    case salvageWithLog(String)

    // MARK: Names

    /// The first digits of an ID, at least so many.
    case giveDigits(Int)
    /// An ID, or what else names an item of the kind.
    case nameItem(ItemKind)
    /// More of a title, or an ID, where several items fit.
    case nameItemExactly
    /// Give the first digits of the ID: the titles are the same.
    case nameItemByID
    /// A deleted item brought back: by the first digits of its ID.
    case undelete(String)
    /// One of the versions that the essay has, given by its ID.
    case listVersions(of: String)
    /// A version's number, or at least so many digits of a revision's ID.
    case nameVersion(of: String, count: Int, digits: Int)
    case nameSource
    case nameSourceExactly
    /// What was written here and not imported, shown as an essay.
    case showEssay(String)
    /// The same of one version.
    case showVersion(String, of: String)

    // MARK: Passages

    /// Code points counted from 0, the end not included.
    case countFromZero
    case quoteExactly
    case quoteMore
    case listSections
    case nameSectionExactly

    // MARK: Remotes

    case listRemotes
    case addRemote
    case chooseRemote
    case removeRemoteFirst
    /// An archive sent there first.
    case fillRemote

    // MARK: Hubs

    /// A store made in this folder.
    case makeStore(String)
    case nameTokenByID(archive: String)
    case makeTokens

    // MARK: Conflicts and edits

    /// The conflict that is meant, among all there are.
    case listConflicts
    case listHeads
    /// One base named, or the conflict between several settled.
    case nameOneBase
    /// A conflict settled by the text of one version.
    case settle(item: String, byVersion: String)
    /// One of the sides taken, or the item deleted.
    case settleOrDelete
    /// The present conflict settled before what waits.
    case settleFirst
    /// Marks of an unsettled place removed from a text.
    case removeMarks
    /// One of several lines kept.
    case keepOneLine
    case shortenNote

    // MARK: Import

    /// The file as one essay, or in several files.
    case importWhole
    /// A regular expression with fewer ways to match.
    case simplifyExpression
    /// A file that is not text, converted to text.
    case convertToText
    /// A file in an encoding that is not read, converted to UTF-8.
    case convertToUTF8
    /// Another encoding named: the one that the bytes look most like, if they look like any.
    case nameEncoding(TextEncoding?)
    /// The bytes that break the encoding, repaired, or another encoding named.
    case repairBytes
    case getAgain
    case unpack
    case recognizeText
    case openInItsProgram
    /// A package of the system, installed.
    case install(package: String)
    /// A package of the system, installed, or the document saved in another format by the program that wrote it.
    case installOrSaveAs(package: String, ending: String)
    case nameFolder
    case nameFileOrFolder
    case checkWatchers
    case raiseWatchLimit
    /// The import run again, after another remedy if there is one: it continues where it stopped.
    indirect case continueImport(after: Remedy?)
}
