import Archive
import Foundation
import History

/// Which versions of essays this machine last gave out, or wrote, as texts: what a file that comes back was made from.
///
/// A small record outside the archive, as `ReplicaState` is. `show` notes what it writes to a file, a program or as JSON (not
/// what goes to a terminal, where nobody edits it, nor an old version, which whoever names it knows to be old); `new`, `edit`,
/// `revert` and `resolve` note what a person gave or chose as the whole text. It holds the last texts of the last essays; one
/// that is missing, damaged, or about another file of the archive counts for nothing.
struct GivenOut {
    private let replica: ReplicaID
    private let archive: String

    /// - Parameters:
    ///   - archive: the archive's file.
    ///   - replica: its replica ID.
    init(archive: String, replica: ReplicaID) {
        self.archive = URL(fileURLWithPath: archive).resolvingSymlinksInPath().path
        self.replica = replica
    }

    /// The heads that an essay's text was given out with, each time, the last first.
    func texts(of essay: ItemID) -> [[RevisionID]] {
        guard let content = try? String(contentsOfFile: file(essay), encoding: .utf8) else { return [] }
        return content.split(separator: "\n").compactMap { line in
            let names = line.split(separator: " ")
            let heads = names.compactMap { RevisionID(hex: String($0)) }
            return heads.isEmpty || heads.count < names.count ? nil : heads
        }
    }

    /// Notes the heads of a text. That it cannot be written fails nothing: the base of a file is then asked for.
    func note(_ heads: [RevisionID], of essay: ItemID) {
        let before = texts(of: essay)
        if before.first != heads { write([heads] + before.filter { $0 != heads }, of: essay) }
    }

    /// Notes that a version has the same text as those that it was made from.
    func follow(_ revision: RevisionID?, from parents: [RevisionID], of essay: ItemID) {
        let texts = texts(of: essay)
        guard let revision, texts.contains(where: { Set($0) == Set(parents) }) else { return }
        write(texts.map { Set($0) == Set(parents) ? [revision] : $0 }, of: essay)
    }

    // MARK: Files

    /// How many essays, and how many texts of each.
    private static let (essays, texts) = (1000, 4)

    private func write(_ texts: [[RevisionID]], of essay: ItemID) {
        let file = file(essay)
        if access(file, F_OK) != 0 { prune() }
        let temporary = "\(folder)/.\(UUID().uuidString)"
        let content = Array(texts.prefix(Self.texts).map { $0.map(\.hex).joined(separator: " ") + "\n" }.joined().utf8)
        let output = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { return }
        let isWhole = content.withUnsafeBytes { Foundation.write(output, $0.baseAddress, $0.count) } == content.count
        if close(output) != 0 || !isWhole || rename(temporary, file) != 0 { unlink(temporary) }
    }

    private var folder: String { Places.state + "/shown" }

    private func file(_ essay: ItemID) -> String {
        folder + "/" + TextHash(hashing: Array("\(archive)\n\(replica.hex)\n\(essay.hex)".utf8)).hex
    }

    /// Makes the folder, and room in it.
    private func prune() {
        let files = FileManager.default
        try? files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard let names = try? files.contentsOfDirectory(atPath: folder), names.count >= Self.essays else { return }
        let dated = names.map { name in
            var status = stat()
            return (stat("\(folder)/\(name)", &status) == 0 ? status.st_mtim.tv_sec : 0, name)
        }
        for (_, name) in dated.sorted(by: <).prefix(names.count - Self.essays / 2) { unlink("\(folder)/\(name)") }
    }
}

extension Session {
    var givenOut: GivenOut {
        get throws { GivenOut(archive: options.path, replica: try archive.read { try $0.replicaID }) }
    }

    /// What a change of fields is made from: in a conflict the side that was last written or given out here, so that two changes in
    /// a row are not of two sides; else what is shown.
    func headsToChange(of state: ItemState) throws -> [RevisionID] {
        guard state.isConflict, let last = try givenOut.texts(of: state.item).first,
            last.allSatisfy(state.heads.contains), last.count == 1
        else { return state.shownHeads }
        return last
    }
}
