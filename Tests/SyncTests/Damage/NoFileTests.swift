import Archive
import Foundation
import TestSupport
import Testing

@testable import History
@testable import Sync

/// What has the name of a segment in a folder and is no file.
@Suite struct NoFileTests {
    @Test(arguments: NoFile.allCases) func `what is no file is a damaged segment, which is named and sent again`(
        what: NoFile
    ) throws {
        let folder = try TemporaryFolder()
        let id = ArchiveID.random()
        let remote = FolderRemote(path: folder.path)
        let a = try Machine(id).connect("r", remote)
        try a.essay("甲")
        try a.sync("r")
        let name = try #require(try remote.list("log/").first)
        try what.replace(folder.file(name))
        #expect(try remote.get(name) == [])
        let b = try Machine(id).connect("r", FolderRemote(path: folder.path))
        try b.sync("r")
        #expect(try b.titles.isEmpty && b.notes.contains { $0.contains("damaged") }, "\(b.notes)")
        // Whoever holds it sees to it, asked or by looking.
        let problems = try RemoteVerification(a.archive, remote: "r", remote).run(repairs: true).problems
        #expect(problems.contains { $0.what.contains("is not what its name says") }, "\(problems)")
        try a.sync("r")
        try b.sync("r")
        #expect(try b.titles == ["甲"])
        if what == .fullFolder { #expect(FileManager.default.fileExists(atPath: folder.file(name) + ".damaged/notes")) }
        #expect(try RemoteVerification(a.archive, remote: "r", remote).run().isSound)
    }
}
