import Archive
import Foundation
import Testing
import TestSupport

@testable import History
@testable import Sync

/// What has the name of a segment in a folder and is no file.
enum NoFile: String, CaseIterable, Sendable {
    case pipe, folder, fullFolder, device, danglingLink, linkToItself, socketPath

    /// Puts it in a file's place.
    func replace(_ path: String) throws {
        try FileManager.default.removeItem(atPath: path)
        switch self {
        case .pipe: #expect(mkfifo(path, 0o600) == 0)
        case .folder: #expect(mkdir(path, 0o700) == 0)
        case .fullFolder:
            #expect(mkdir(path, 0o700) == 0)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/notes"))
        case .device: #expect(symlink("/dev/zero", path) == 0)
        case .danglingLink: #expect(symlink("nowhere", path) == 0)
        case .linkToItself: #expect(symlink(path, path) == 0)
        case .socketPath: #expect(mknod(path, S_IFSOCK | 0o600, 0) == 0)
        }
    }
}

@Suite struct NoFileTests {
    @Test(arguments: NoFile.allCases) func `what is no file is a damaged segment, which is named and sent again`(what: NoFile) throws {
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
        let problems = try RemoteVerification(a.archive, remote: "r", remote).run(mends: true).problems
        #expect(problems.contains { $0.what.contains("is not what its name says") }, "\(problems)")
        try a.sync("r")
        try b.sync("r")
        #expect(try b.titles == ["甲"])
        if what == .fullFolder { #expect(FileManager.default.fileExists(atPath: folder.file(name) + ".damaged/notes")) }
        #expect(try RemoteVerification(a.archive, remote: "r", remote).run().isSound)
    }
}
