import Archive
import Sync

extension VerificationReport.Repair {
    /// What repairs it, as `verify` prints it after `to repair:`.
    var advice: String {
        switch self {
        case .copies: "archivectl rebuild --from REMOTE, or --from FILE with a backup"
        case .rebuild: "archivectl rebuild"
        case .rebuildOrSalvage: "archivectl rebuild; if that fails, \(Self.salvage.advice)"
        case .salvage:
            """
            archivectl restore --salvage FILE --to NEW makes a new archive of all that can be read; \
            archivectl rebuild --from REMOTE --archive NEW then adds what is missing
            """
        case .moveAwayFromIndex: "move it away; the next search makes another"
        case .sync(let remote): "archivectl sync \(ShellWord.quoted(remote))"
        case .syncOnceSound(let remote): "\(Self.sync(remote).advice), once no segment before it is damaged"
        case .request(let remote):
            "archivectl verify --remote \(ShellWord.quoted(remote)) --repair, then \(Self.sync(remote).advice)"
        case .separateFolder(let log):
            "one folder holds one archive: move log/\(log) and heads/\(log) to a folder of their own"
        case .update: "a newer archivectl"
        }
    }
}

extension SyncReport {
    /// The notes, and what to do where the remote holds what this version cannot read.
    var advisedNotes: [String] {
        notes + (holdsLaterFormat ? ["a newer archivectl can read all of it: update archivectl"] : [])
    }
}
