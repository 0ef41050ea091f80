import Foundation
import GRDB
import TestSupport
import Testing

@testable import Archive
@testable import History
@testable import Sync

/// No row is trusted: whatever numbers stand in an archive, nothing ends the process, and what a command meets `verify` names.
@Suite struct ExtremeNumberTests {
    private static let numbers: [Int64] = [.max, .min, -1, 0]
    private static let tables = [
        "text", "text_pack", "text_piece", "text_open", "dictionary", "entry", "replica", "log", "log_end", "revision",
        "head", "item", "tag", "totals",
        "anchor", "local", "pending", "lacking", "remote", "remote_log", "remote_cut", "imported",
    ]

    /// An archive with something in each table.
    fileprivate struct Sample {
        let folder = try! TemporaryFolder()
        let remote = MemoryRemote()
        let path: String
        let essay: ItemID

        init() throws {
            path = folder.file("sample.db")
            let environment = Archive.Environment(stateDirectory: nil)
            let archive = try Archive.create(path, environment: environment)
            let machine = try Machine(archive).connect("r", remote)
            essay = try machine.essay("推进社区建设的说明。")
            try machine.edit(essay, "推进社区建设的说明，改过。")
            try machine.essay(String((0..<300).map { "第\($0)句。" }.joined()))
            try machine.sync("r")
            try machine.essay("后来的。")
            try archive.close()
            try change { db in
                try db.execute(sql: "INSERT INTO lacking (number) VALUES (1)")
                try db.execute(sql: "INSERT INTO remote_cut (remote, replica, seq) VALUES (1, 1, 4)")
                try db.execute(sql: "INSERT INTO log_end (replica, last) VALUES (1, 99)")
                try db.execute(sql: "INSERT INTO dictionary (id, data) VALUES (7, x'00')")
                try db.execute(
                    sql:
                        "INSERT INTO anchor (annotation, basis, state, start, length) VALUES (1, zeroblob(16), 'exact', 1, 2)"
                )
                try db.execute(
                    sql:
                        "INSERT INTO imported (path, device, inode, size, modified, changed, source, pieces) VALUES ('/x', 1, 1, 1, 1, 1, 1, x'')"
                )
                try db.execute(
                    sql: """
                        INSERT INTO pending (replica, seq, previous, chain, hash, recorded, kind, bytes, wanted, reached)
                        VALUES (1, 9, zeroblob(32), zeroblob(32), zeroblob(32), 0, 'x', x'', 0, 0)
                        """)
                try db.execute(sql: "DELETE FROM dictionary")
            }
        }

        func change(_ path: String? = nil, _ body: (Database) throws -> Void) throws {
            var configuration = Configuration()
            configuration.foreignKeysEnabled = false
            let queue = try DatabaseQueue(path: path ?? self.path, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
                try body(db)
            }
            try queue.close()
        }

        /// The integer columns of a table; the values of `local`, whose type is any.
        func columns(_ table: String) throws -> [String] {
            var columns: [String] = []
            try change { db in
                columns = try Row.fetchAll(db, sql: "PRAGMA table_info(\(table))").compactMap { row in
                    let (name, type): (String, String) = (row["name"], row["type"])
                    return ["INTEGER", "ANY"].contains(type) ? name : nil
                }
            }
            return columns
        }
    }

    @Test(arguments: tables)
    func `no number in a row ends the process, and what commands meet is named`(table: String) throws {
        let sample = try Sample()
        for column in try sample.columns(table) {
            for number in Self.numbers { try check(sample, table, column, number) }
        }
    }

    private func check(_ sample: Sample, _ table: String, _ column: String, _ number: Int64) throws {
        let path = sample.folder.file("damaged.db")
        for end in ["", "-wal", "-shm", ".search", ".backup"] { unlink(path + end) }
        try FileManager.default.copyItem(atPath: sample.path, toPath: path)
        try sample.change(path) { db in
            do {
                try db.execute(sql: "UPDATE \(table) SET \(column) = \(number)")
            } catch is DatabaseError {
                // Two rows cannot have one key.
                try db.execute(
                    sql:
                        "UPDATE \(table) SET \(column) = \(number) WHERE \(column) = (SELECT max(\(column)) FROM \(table))"
                )
            }
        }
        let changed = "\(table).\(column) = \(number)"
        guard let archive = try? Archive.open(path, environment: Archive.Environment(stateDirectory: nil)) else {
            return
        }
        defer { try? archive.close() }
        let isSound = try archive.verify().isSound
        var failures: [String] = []
        func attempt(_ what: String, _ body: () throws -> Void) {
            do { try body() } catch let error as ArchiveError where error.code != .corrupt {} catch {
                failures.append("\(what): \(error)")
            }
        }
        attempt("list") {
            _ = try archive.read { try ($0.items(), $0.counts(), $0.stateHash(), $0.remotes().map { _ in 0 }) }
        }
        attempt("status") {
            try archive.read { reader in for remote in try reader.remotes() { _ = try reader.unsent(to: remote) } }
        }
        attempt("show") { try archive.read { _ = try $0.text(of: $0.state($0.find(sample.essay.hex))) } }
        attempt("search") { _ = try SearchIndex(archive).search("社区") }
        if isSound { attempt("backup") { _ = try archive.backup(to: path + ".backup", overwrites: false) } }
        attempt("tag") {
            try archive.write {
                _ = try $0.revise(sample.essay, author: Author("甲")) { $0.fields[FieldKey.tags] = .array([.text("新")]) }
            }
        }
        attempt("write") {
            try archive.write {
                _ = try $0.create([FieldKey.title: .text("新")], text: Array("新的。".utf8), author: Author("甲"))
            }
        }
        attempt("sync") { _ = try SyncEngine(archive, remote: "r", exchange: sample.copy()).run() }
        if isSound { #expect(failures.isEmpty, "\(changed): sound, and yet") }
        attempt("rebuild") { _ = try archive.rebuild() }
        // What is derived or only remembered is repaired.
        let problems = try archive.verify().problems
        guard
            DerivedRows.tables.contains(table)
                || ["pending", "lacking", "remote_log", "remote_cut", "imported"].contains(table)
        else { return }
        #expect(problems.isEmpty, "\(changed)")
    }
}

extension ExtremeNumberTests.Sample {
    fileprivate func copy() -> MemoryRemote {
        let copy = MemoryRemote()
        copy.content = remote.content
        return copy
    }
}
