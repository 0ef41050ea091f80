import Archive
import Foundation
import History
import Sync

/// Takes what is damaged in an archive from a remote or from another file of the same archive; from a file also what is missing.
struct Repair {
    let session: Session
    /// The name of a remote, or a file.
    let from: String

    /// - Returns: how many damaged texts and entries are sound now, and how many are not.
    func run() throws -> (repaired: Int, left: Int) {
        var damage = try session.archive.damage()
        let before = damage.count
        if try session.archive.renameTexts(damage) > 0 { damage = try session.archive.damage() }
        guard before == 0 || !damage.isEmpty else { return (before, 0) }
        if let record = try session.archive.read({ reader in
            try reader.remotes().first { $0.name.utf8.elementsEqual(from.utf8) }
        }) {
            guard before > 0 else { return (0, 0) }
            let place = try RemotePlace.open(record.address, wasFilled: !record.ends.isEmpty)
            try RemoteRepair(session.archive, place).run(&damage) { step in
                if !session.options.quiet, Terminal.isErrorTerminal { Terminal.note("reading \(step)") }
            }
        } else {
            guard FileManager.default.fileExists(atPath: from) else {
                let near = Mistyped.nearest(from, in: try session.archive.read { try $0.remotes().map(\.name) })
                throw CommandError(
                    .notFound, "'\(from)' is neither a remote nor a file",
                    advice: near.map { "Did you mean '\($0)'?" } ?? "`archivectl remote list` shows the remotes",
                    subject: from)
            }
            try session.archive.repair(&damage, fromFile: from)
        }
        try session.archive.removeUnnamedTexts(&damage)
        return (before - damage.count, damage.count)
    }
}
