import Testing
import TestSupport

@testable import Archive
@testable import History
@testable import Prose

/// E-books written part by part.
struct TestBook {
    var title = "河湾集"
    var creators = ["[某国] 王小舟", "李二"]
    var parts: [String]

    var bytes: [UInt8] {
        var zip = TestZip()
        zip.add("mimetype", "application/epub+zip")
        zip.add(
            "META-INF/container.xml",
            "<container xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles><rootfile full-path=\"OEBPS/content.opf\"/></rootfiles></container>"
        )
        let items = parts.indices.map {
            "<item id=\"c\($0)\" href=\"Text/c\($0).xhtml\" media-type=\"application/xhtml+xml\"/>"
        }
        let order = parts.indices.map { "<itemref idref=\"c\($0)\"/>" }
        let authors = creators.map { "<dc:creator>\($0)</dc:creator>" }
        zip.add(
            "OEBPS/content.opf",
            "<package xmlns=\"http://www.idpf.org/2007/opf\"><metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>\(title)</dc:title>\(authors.joined())<dc:date>2031-04-05T00:00:00Z</dc:date><dc:language>zh</dc:language></metadata><manifest>\(items.joined())</manifest><spine>\(order.joined())</spine></package>"
        )
        for (number, part) in parts.enumerated() {
            zip.add(
                "OEBPS/Text/c\(number).xhtml",
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\"><head><title>t</title></head><body>\(part)</body></html>"
            )
        }
        return zip.bytes
    }

    func document() throws -> DocumentText { try DocumentText(of: bytes, name: "a.epub", options: ImportOptions()) }
    func text() throws -> String { String(decoding: try document().bytes, as: UTF8.self) }
}

@Suite struct BookTests {
    @Test func aBookIsReadInItsOrderWithItsAuthorsAsItGivesThem() throws {
        let book = TestBook(parts: ["<h1>渡口</h1><p>船来了。</p>", "<h1>茶</h1><p>茶凉了。</p>"])
        let document = try book.document()
        #expect(String(decoding: document.bytes, as: UTF8.self) == "# 渡口\n\n船来了。\n\n# 茶\n\n茶凉了。\n")
        #expect(document.metadata?.author == "[某国] 王小舟, 李二" && document.metadata?.date == "2031-04-05")
        #expect(document.title == "河湾集" && document.metadata?.language == "zh")
    }

    @Test(arguments: [
        "茶价四十文<sup><a epub:type=\"noteref\" href=\"#n\">[1]</a></sup>，贵。</p><aside epub:type=\"footnote\" id=\"n\"><p>合两元。</p></aside>",
        "茶价四十文<sup><a id=\"w\" href=\"c0.xhtml#n\">[1]</a></sup>，贵。</p><p><a id=\"n\" href=\"c0.xhtml#w\">[1]</a> 合两元。</p>",
        "茶价四十文<a id=\"w\" href=\"#n\">①</a>，贵。</p><hr/><ol><li id=\"n\">合两元。<a href=\"#w\">↩</a></li></ol>",
        "茶价四十文<a class=\"duokan-footnote\" href=\"#n\"><img alt=\"注\" src=\"n.png\"/></a>，贵。</p><ol class=\"duokan-footnote-content\"><li class=\"duokan-footnote-item\" id=\"n\">合两元。</li></ol>",
        "茶价四十文<img class=\"qqreader-footnote\" alt=\"合两元。\" src=\"n.png\"/>，贵。</p>",
        "茶价四十文<sup id=\"w\"><a href=\"#n\">1</a></sup>，贵。</p><dl><dt id=\"n\"><a href=\"#w\">1</a></dt><dd>合两元。</dd></dl>",
        "茶价四十文<sup><a role=\"doc-noteref\" href=\"#n\">*</a></sup>，贵。</p><div role=\"doc-endnotes\"><p id=\"n\" role=\"doc-endnote\">* 合两元。</p></div>",
    ])
    func aNoteIsKeptHoweverItIsLinked(_ linked: String) throws {
        let text = try TestBook(parts: ["<h1>茶</h1><p>\(linked)<p>完。</p>"]).text()
        #expect(text == "# 茶\n\n茶价四十文[^1]，贵。\n\n完。\n\n[^1]: 合两元。\n", "\(text)")
    }

    @Test func notesInAnotherPartStandBehindTheSectionThatRefersToThem() throws {
        let text = try TestBook(parts: [
            "<h1>渡口</h1><p>船<sup><a id=\"a\" href=\"c2.xhtml#n1\">[1]</a></sup>来了。</p>",
            "<h1>茶</h1><p>茶<sup><a id=\"b\" href=\"c2.xhtml#n2\">[2]</a></sup>凉了。</p>",
            "<h1>注释</h1><p id=\"n1\"><a href=\"c0.xhtml#a\">[1]</a> 白鹭号。</p><p id=\"n2\"><a href=\"c1.xhtml#b\">[2]</a> 绿茶，见<b>茶经</b>。</p>",
        ]).text()
        #expect(
            text
                == "# 渡口\n\n船[^1]来了。\n\n[^1]: 白鹭号。\n\n# 茶\n\n茶[^2]凉了。\n\n[^2]: 绿茶，见**茶经**。\n\n# 注释\n", "\(text)")
    }

    @Test func whatIsNoNoteStays() throws {
        // A table of contents, a chapter's number, a note that nothing refers to, and a mark that leads nowhere.
        let book = TestBook(parts: [
            "<p>目录</p><p><a href=\"c1.xhtml#a\">一</a></p><p><a href=\"c1.xhtml#b\">二</a></p><p><a href=\"c1.xhtml#c\">三</a></p>",
            "<h1 id=\"a\">一</h1><p>船来了<sup><a href=\"#gone\">[9]</a></sup>。</p><h1 id=\"b\">二</h1><p>茶凉了。</p><h1 id=\"c\">三</h1><aside epub:type=\"footnote\" id=\"x\"><p>没人提到的注。</p></aside>",
        ])
        let document = try book.document()
        let text = String(decoding: document.bytes, as: UTF8.self)
        #expect(text == "目录\n\n一 / 二 / 三\n\n# 一\n\n船来了。\n\n# 二\n\n茶凉了。\n\n# 三\n\n没人提到的注。\n", "\(text)")
        #expect(document.losses.count == 1 && document.losses[0].hasPrefix("1 mark of notes"), "\(document.losses)")
    }

    @Test func rubyLeavesItsBaseAndNothingIsEscaped() throws {
        let text = try TestBook(parts: [
            "<p>论<ruby>読<rt>ド</rt>書<rt>ショ</rt></ruby>[一]：a_b~c<a href=\"c0.xhtml\">见前</a></p>"
        ]).text()
        #expect(text == "论読書[一]：a_b~c见前\n")
    }

    @Test func whatIsNoBookIsRefusedAndAMissingPartTold() throws {
        #expect(throws: ArchiveError.self) { try BookPackage(Array("不是书".utf8)) }
        #expect(throws: ArchiveError.self) { try BookPackage(TestZip().bytes) }
        let good = TestBook(parts: ["<p>甲</p>"]).bytes
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<1000 {
            var bytes = good
            bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            _ = try? BookPackage(bytes).texts()
        }
        #expect(try BookPackage(good).texts().all.count == 1)
    }
}
