import Foundation
import TestSupport
import Testing

@testable import Archive

/// A file that goes from machine to machine, as on a stick.
@Suite struct MovedFileTests {
    @Test func `two machines that pass a file to and fro use two replica IDs`() throws {
        let folder = try TemporaryFolder()
        let machines = ["甲", "乙"].map { Archive.Environment(stateDirectory: folder.file($0)) }
        try Archive.create(folder.file("a.db"), environment: machines[0]).close()
        for turn in 0..<12 {
            let archive = try Archive.open(folder.file("a.db"), environment: machines[turn % 2])
            _ = try archive.essay("第\(turn)次。", title: "\(turn)")
            try archive.close()
        }
        let archive = try Archive.open(folder.file("a.db"), environment: machines[0])
        #expect(try archive.read { try $0.vector() }.values.map(\.sequence).sorted() == [6, 6])
        #expect(try archive.verify().isSound)
    }

    /// The other machine went on from a copy that was made before: the log does not end where this machine left it.
    @Test func `an ID is not used again in a file that lacks a part of its log`() throws {
        let folder = try TemporaryFolder()
        let machines = ["甲", "乙"].map { Archive.Environment(stateDirectory: folder.file($0)) }
        let first = try Archive.create(folder.file("a.db"), environment: machines[0])
        _ = try first.essay("一。")
        try first.close()
        try FileManager.default.copyItem(atPath: folder.file("a.db"), toPath: folder.file("copy.db"))
        let again = try Archive.open(folder.file("a.db"), environment: machines[0])
        _ = try again.essay("二。")
        let id = try again.read { try $0.replicaID }
        try again.close()
        try FileManager.default.removeItem(atPath: folder.file("a.db"))
        try FileManager.default.moveItem(atPath: folder.file("copy.db"), toPath: folder.file("a.db"))
        let second = try Archive.open(folder.file("a.db"), environment: machines[1])
        _ = try second.essay("三。")
        try second.close()
        let back = try Archive.open(folder.file("a.db"), environment: machines[0])
        _ = try back.essay("四。")
        #expect(try back.read { try $0.replicaID } != id)
        #expect(try back.read { try $0.vector()[id]?.sequence } == 1)
    }
}
