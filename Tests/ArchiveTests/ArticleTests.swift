import Archive
import History
import TestSupport
import Testing

/// The code of the article "An archive in ten lines of Swift".
@Suite struct ArticleTests {
    @Test func `an archive in ten lines of Swift`() throws {
        let place = try TemporaryFolder()
        let folder = place.path
        // article
        let environment = Archive.Environment(stateDirectory: folder + "/state")
        let archive = try Archive.create(folder + "/essays.db", environment: environment)
        let me = Author("张三")
        let essay = try archive.write { writer in
            try writer.create([FieldKey.title: .text("论读书")], text: Array("读书使人充实。".utf8), author: me).asRoot
        }
        _ = try archive.write { try $0.revise(essay, author: me) { $0.text = Array("读书使人充实，讨论使人机敏。".utf8) } }
        _ = try archive.write {
            try $0.annotate(essay, .quote(Array("机敏".utf8), occurrence: nil), AnnotationContent(body: "妙"), author: me)
        }
        let text = try archive.read { try $0.text(of: $0.state(essay)) }
        print(String(decoding: text, as: UTF8.self))
        // end
        #expect(String(decoding: text, as: UTF8.self) == "读书使人充实，讨论使人机敏。")
        #expect(try archive.read { try $0.annotations(of: essay).count } == 1)
        #expect(try archive.verify().problems.isEmpty)
    }

    @Test func `the article holds the code that is tested`() throws {
        let article = try DocumentedCode.block(of: "Sources/Archive/Archive.docc/An-archive-in-ten-lines-of-Swift.md")
        #expect(
            try !article.isEmpty
                && DocumentedCode.compact(article) == DocumentedCode.compact(DocumentedCode.marked(in: #filePath)))
    }
}
