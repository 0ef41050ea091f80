import Archive
import Foundation
import History

/// An open archive and its search index, which every change brings up to date.
struct Session {
    let archive: Archive
    let options: ArchiveOptions

    init(_ options: ArchiveOptions, concurrently: Bool = false) throws {
        archive = try options.open(concurrently: concurrently)
        self.options = options
    }

    /// For a change that is only rehearsed: it works on whatever can be read.
    init(rehearsingOn options: ArchiveOptions) throws {
        archive = try options.openForReading()
        self.options = options
    }

    /// Runs a change and updates the search index.
    func write<Value>(_ body: (ArchiveWriter) throws -> Value) throws -> Value {
        var hasRepaired = false
        let value = try notingNewReplica {
            try archive.write { writer in
                let value = try body(writer)
                hasRepaired = writer.hasRepaired
                return value
            }
        }
        if hasRepaired {
            options.note("note: this text was damaged in the archive, and is repaired now")
            // It has that text as it was.
            try? SearchIndex(archive).remove()
        }
        updateIndex()
        return value
    }

    /// Runs a change, and says so if from there on the archive logs under a new replica ID: nobody asked for that.
    func notingNewReplica<Value>(_ change: () throws -> Value) throws -> Value {
        let before = try archive.read { (replica: try $0.replicaID, entries: try $0.lastEntry()) }
        let value = try change()
        let isNew = try archive.read { reader in
            let replica = try reader.replicaID
            return try replica != before.replica && reader.isLogEmpty(replica, upTo: before.entries)
        }
        if isNew {
            options.note(
                """
                note: \(options.path) was copied, moved or restored, or is new to this machine; it has a new replica ID now, because \
                another copy may use the old one. Nothing is lost
                """)
        }
        return value
    }

    /// The index is disposable: that it cannot be written fails no change. The next search tries again.
    func updateIndex() {
        do {
            try SearchIndex(archive).catchUp()
        } catch {
            options.note(
                "warning: the search index was not updated (\(CommandError.text(of: error))); the next search will try again"
            )
        }
    }

    /// Closes the archive after an import. That its log stays beside it fails no import: all is in the two.
    /// - Returns: whether it did not stay.
    func close() -> Bool {
        do {
            try archive.close()
            return true
        } catch {
            Terminal.note("archivectl: warning: \(CommandError.text(of: error))")
            return false
        }
    }

    /// Finds an essay by the name that a person gave.
    func essay(_ name: String, deleted: Bool = false) throws -> ItemID {
        try archive.read { try $0.essay(name, deleted: deleted) }
    }
}

extension ItemID {
    /// Enough digits to name an item.
    var short: String { String(hex.prefix(12)) }
}

extension RevisionID {
    var short: String { String(hex.prefix(12)) }
}
