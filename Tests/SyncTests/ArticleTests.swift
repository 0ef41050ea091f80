import Archive
import Foundation
import History
import Sync
import TestSupport
import Testing

/// The code of the article "Synchronize two archives".
@Suite struct ArticleTests {
    @Test func `two archives synchronize as the article has it`() throws {
        let place = try TemporaryFolder()
        let folder = place.path
        let environment = Archive.Environment(stateDirectory: folder + "/state")
        let first = try Archive.create(folder + "/first.db", environment: environment)
        _ = try first.write { writer in
            try writer.create([FieldKey.title: .text("文")], text: Array("一句。".utf8), author: Author("甲"))
        }
        // article
        try FileManager.default.createDirectory(atPath: folder + "/stick", withIntermediateDirectories: false)
        let remote = FolderRemote(path: folder + "/stick")
        try first.write { try $0.addRemote("stick", RemoteAddress(url: folder + "/stick")) }
        let sent = try SyncEngine(first, remote: "stick", exchange: remote).run()

        let opening = try SyncEngine.open(remote)
        let second = try Archive.create(folder + "/second.db", id: opening.archive, environment: environment)
        try second.write { try $0.addRemote("stick", RemoteAddress(url: folder + "/stick")) }
        let received = try SyncEngine(second, remote: "stick", exchange: remote).run(opening: opening)
        print("\(sent.pushed) changes sent, \(received.pulled) received")
        // end
        #expect(sent.pushed == 1 && received.pulled == 1)
        #expect(try first.read { try $0.stateHash() } == second.read { try $0.stateHash() })
    }

    @Test func `the article holds the code that is tested`() throws {
        let article = try DocumentedCode.block(of: "Sources/Sync/Sync.docc/Synchronize-two-archives.md")
        #expect(
            try !article.isEmpty
                && DocumentedCode.compact(article) == DocumentedCode.compact(DocumentedCode.marked(in: #filePath)))
    }
}
