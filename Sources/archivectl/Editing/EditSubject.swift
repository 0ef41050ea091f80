import Archive
import Foundation
import History
import Interchange

/// What an editor is opened on: enough to name its file, and to say later how an edit that was cut off is taken up.
struct EditSubject: Codable, Sendable {
    let kind: EditKind
    /// The archive's file, without links.
    let archive: String
    /// The archive's replica ID.
    let replica: String
    /// The ID of the essay or annotation; `nil` for a new essay.
    var item: String?
    /// The essay's title, or the one that a new essay is to get.
    var title: String?
    /// The revisions that the text was made from.
    var heads: [String] = []
    /// Whether the text is Markdown.
    var isMarkdown = false

    init(
        _ kind: EditKind, _ session: Session, item: ItemID? = nil, title: String? = nil, heads: [RevisionID] = [],
        isMarkdown: Bool = false
    ) throws {
        self.kind = kind
        archive = URL(fileURLWithPath: session.options.path).resolvingSymlinksInPath().path
        replica = try session.archive.read { try $0.replicaID.hex }
        self.item = item?.hex
        self.title = title
        self.heads = heads.map(\.hex)
        self.isMarkdown = isMarkdown
    }

    /// The first digits of the item's ID; `nil` for a new essay.
    var short: String? { item.map { String($0.prefix(12)) } }

    /// A name for the file that says whose text it holds and is one plain word for a shell: `论水-a7efd5b75885.txt`.
    var fileName: String {
        let (word, ending) =
            switch kind {
            case .essay: (title ?? "essay", isMarkdown ? "md" : "txt")
            case .new: (title ?? "new-essay", "txt")
            case .note: ("note", "txt")
            case .conflict: ("conflict-\(title ?? "")", "txt")
            case .passage: ("passage-\(title ?? "")", "txt")
            }
        return [Self.plain(word), short].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "-") + "." + ending
    }

    /// The letters and digits of a text, 80 bytes at most; what stands between them becomes one dash.
    private static func plain(_ text: String) -> String {
        var name = ""
        for scalar in text.unicodeScalars where name.utf8.count < 80 - scalar.utf8.count {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                name.unicodeScalars.append(scalar)
            } else if !name.isEmpty, !name.hasSuffix("-") {
                name += "-"
            }
        }
        return name.hasSuffix("-") ? String(name.dropLast()) : name
    }

    /// `an edit of '论水'`
    var description: String {
        switch kind {
        case .essay: "an edit of '\(title ?? short ?? "")'"
        case .new: "a new essay" + (title.map { ", '\($0)'" } ?? "")
        case .note: "a note, \(short ?? "")"
        case .conflict: "the conflict of '\(title ?? short ?? "")'"
        case .passage: "a passage of the conflict of '\(title ?? short ?? "")'"
        }
    }

    /// The command that saves the text in a file as the editor's command would have.
    func command(savingFrom file: String) -> String {
        let (file, id) = (ShellWord.quoted(file), short ?? "")
        let bases = heads.map { " --base \($0.prefix(12))" }.joined()
        return switch kind {
        case .essay: "archivectl edit \(id) --from \(file)\(bases)"
        case .new: "archivectl new --from \(file)" + (title.map { " --title \(ShellWord.quoted($0))" } ?? "")
        case .note: "archivectl annotations edit \(id) --note \"$(cat \(file))\", then discard it"
        case .conflict: "archivectl resolve \(id) --from \(file)\(bases)"
        case .passage: "archivectl resolve \(id), and e at that passage"
        }
    }
}

/// Words as a shell takes them.
enum ShellWord {
    /// The word itself if it is plain, else in quotation marks.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty && !word.hasPrefix("~")
            && word.utf8.allSatisfy { byte in
                byte >= 0x80 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || "/._-+~,:@%".utf8.contains(byte)
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
