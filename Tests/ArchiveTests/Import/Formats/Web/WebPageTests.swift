import Testing
import TestSupport

@testable import Archive
@testable import History
@testable import Prose

/// Web pages: their articles, with what they say of themselves.
@Suite struct WebPageTests {
    private static let first = "村里的水渠修了三年，春天放水的时候，孩子们沿着渠岸跑，老支书说，账要一笔一笔地记，话要一句一句地讲。"
    private static let second = "后来渠修好了，水从山上下来，一直流到村口，大家都来看，连平日不出门的老人也来了。"
    private static let menu =
        "<ul><li><a href='/'>首页</a></li><li><a href='/sw'>散文</a></li><li><a href='/xs'>小说</a></li></ul>"

    private func document(_ page: String, whole: Bool = false) throws -> DocumentText {
        var options = ImportOptions()
        options.wholePages = whole
        return try DocumentText(of: Array("<meta charset=utf-8>\(page)".utf8), name: "a.html", options: options)
    }

    private func text(_ page: String) throws -> String { String(decoding: try document(page).bytes, as: UTF8.self) }

    private let article = "# 渡口旧事\n\n\(first)\n\n\(second)\n"

    @Test func theArticleIsFoundWhereverItStands() throws {
        let paragraphs = "<p>\(Self.first)</p><p>\(Self.second)</p>"
        let heading = "<h1>渡口旧事</h1>"
        let footer = "<div class='footer'>Copyright 2031 河湾网 版权所有</div>"
        for page in [
            "\(Self.menu)<div>\(heading)<div>\(paragraphs)</div></div>\(footer)",
            "<nav>\(Self.menu)</nav><main>\(heading)\(paragraphs)</main><aside>\(Self.menu)</aside>\(footer)",
            "<div id='sidebar'><p>\(Self.second)\(Self.second)</p></div><article>\(heading)\(paragraphs)</article>\(footer)",
            "<table><tr><td>\(Self.menu)</td><td>\(heading)<table><tr><td>\(Self.first)</td></tr><tr><td>\(Self.second)</td></tr></table></td></tr></table>",
            "<font>\(Self.menu)</font><div>\(heading)\(Self.first)<br><br>　　\(Self.second)</div>",
            "<div>\(heading)\(Self.first)<br>　　\(Self.second)</div><div class='comments'><p>写得真好，我小时候也常在那条渠里游水。</p></div>",
            "\(heading)<script>var a = '\(Self.first)';</script><style>p { }</style>\(paragraphs)<p>上一篇：<a href='/1'>灯下</a></p>",
        ] {
            #expect(try text("<title>渡口旧事 - 河湾网</title>\(page)") == article, "\(page)")
        }
    }

    @Test func theTitleIsTheLineThatTheHeadNames() throws {
        let body = "<p>\(Self.first)</p><p>\(Self.second)</p>"
        for (head, lines, title) in [
            ("渡口旧事 - 河湾网", "<h1>河湾网</h1><h2>渡口旧事</h2>", "渡口旧事"), ("河湾网_散文_渡口旧事", "<h3>渡口旧事</h3>", "渡口旧事"),
            ("渡口旧事", "<div><font size=5>渡口旧事</font></div>", "渡口旧事"), ("渡口旧事_河湾网", "", "渡口旧事"),
            ("The Ferry | Notes", "<h1>Notes</h1><h2>The Ferry</h2>", "The Ferry"),
            ("Well-known ferries", "", "Well-known ferries"),
            ("", "<h1>渡口旧事</h1>", "渡口旧事"),
        ] {
            #expect(try document("<title>\(head)</title>\(lines)\(body)").title == title, "\(head)")
        }
    }

    @Test func authorAndDateAreThoseOfTheHeadOrTheByline() throws {
        let body = "<p>\(Self.first)</p><p>\(Self.second)</p>"
        let linked =
            "<script type='application/ld+json'>{\"@graph\":[{\"@type\":\"NewsArticle\",\"author\":[{\"name\":\"王小舟\"},{\"name\":\"李二\"}],\"datePublished\":\"2031-04-05T10:00:00+08:00\"}]}</script>"
        for (page, author, date) in [
            (
                "<meta name=author content='王小舟'><meta property='article:published_time' content='2031-04-05T10:00:00Z'><h1>渡口</h1>",
                "王小舟", "2031-04-05"
            ),
            ("\(linked)<h1>渡口</h1>", "王小舟, 李二", "2031-04-05"),
            ("<h1>渡口</h1><p>作者：王小舟　发布时间：2031年4月5日 10:00</p>", "王小舟", "2031-04-05"),
            ("<h1>Ferry</h1><time datetime='2031-04-05'>April</time>", nil, "2031-04-05"),
        ] as [(String, String?, String?)] {
            let document = try document("<title>渡口</title>\(page)\(body)")
            #expect(document.metadata?.author == author && document.metadata?.date == date, "\(page)")
        }
    }

    @Test func noDataAndNoDeadLinksAreInTheText() throws {
        let page =
            "<h1><a href='/'><img src='data:image/png;base64,\(String(repeating: "Wdj7", count: 2000))' alt=''>河湾网</a></h1><h2>渡口</h2><p>\(Self.first)</p><img src='data:image/png;base64,AAAA'><p>我们要<b>坚持</b>和完善<a href='/x'>值守</a>制度，见<a href='https://example.org/a'>章程</a>，<a href='javascript:void(0)'>点这里</a>。</p>"
        #expect(
            try text("<title>渡口</title>\(page)")
                == "# 渡口\n\n\(Self.first)\n\n我们要**坚持**和完善值守制度，见[章程](https://example.org/a)，点这里。\n")
    }

    @Test func tablesOfDataStayTablesAndRubyLeavesItsBase() throws {
        let page =
            "<h1>渡口</h1><p>\(Self.first)</p><table><tr><td>名</td><td>数</td></tr><tr><td>钉<br>子</td><td>百</td></tr></table><p><ruby>圳<rp>(</rp><rt>zùn</rt><rp>)</rp></ruby>头村，\(Self.second)</p>"
        let text = try text(page)
        #expect(text.contains("| 钉 子 | 百 |\n") && text.contains("圳头村，后来"), "\(text)")
    }

    @Test func theWholePageIsKeptIfItIsWanted() throws {
        let page = "<title>渡口</title>\(Self.menu)<h1>渡口</h1><p>\(Self.first)</p><div class=footer>版权所有</div>"
        let whole = String(decoding: try document(page, whole: true).bytes, as: UTF8.self)
        for word in ["首页", "散文", "渡口", "版权所有"] { #expect(whole.contains(word)) }
        #expect(try !text(page).contains("首页"))
    }

    @Test func whatIsLeftOutOfProseIsTold() throws {
        let more = (1...12).map { "<p>第\($0)段说的是另一回事，\(Self.second)</p>" }.joined()
        let document = try document(
            "<article><h1>渡口</h1><p>\(Self.first)</p>\(more)</article><div><p>\(String(repeating: Self.second, count: 8))</p></div>"
        )
        #expect(document.losses.count == 1 && document.losses[0].contains("around the article"), "\(document.losses)")
    }

    @Test func listsCodeAndNumbersKeepTheirForm() throws {
        let page =
            "<h1>渡口</h1><p>\(Self.first)</p><ul><li>木料<ul><li>松木</li></ul></li></ul><ol start=3><li>查看</li></ol><pre>let a = 1\n\nlet b[0] = a_b</pre>"
        let text = try text(page)
        #expect(text.hasSuffix("- 木料\n  - 松木\n\n3.  查看\n\n``` text\nlet a = 1\n\nlet b[0] = a_b\n```\n"), "\(text)")
    }

    @Test func aPageTooDeepToTakeApartIsKeptWhole() throws {
        let deep =
            String(repeating: "<div>", count: 2000) + "<p>\(Self.first)</p>" + String(repeating: "</div>", count: 2000)
        let document = try document("<title>渡口</title>\(deep)<p>\(Self.second)</p>")
        let text = String(decoding: document.bytes, as: UTF8.self)
        #expect(text.contains(Self.first) && text.contains(Self.second) && document.losses.count == 1)
    }
}

@Suite struct PandocMarkdownTests {
    @Test(arguments: [
        (##"x\[1\] a\~b a\_b 1\. C\#"##, "x[1] a~b a_b 1. C#"), (##"\# kein \> a"##, ##"\# kein > a"##),
        (#"\*a\* \\ \`"#, #"\*a\* \\ \`"#),
        (#"\[a\](b) \[\^1\]"#, #"[a\](b) [\^1]"#), ("`a\\[b` \\[c\\]", "`a\\[b` [c]"), ("| 甲    |   乙 |", "| 甲 | 乙 |"),
        ("|-----|:---:|", "|---|---|"), (#"|a \| b|c|"#, #"| a \| b | c |"#), ("a\n\n&nbsp;\n\nb", "a\n\nb"),
        ("``` text\na\\[b\n| x   |\n```", "``` text\na\\[b\n| x   |\n```"), ("末行\\\n下行", "末行\\\n下行"),
    ])
    func escapesAndBlanksThatMeanNothingGo(_ markdown: String, _ plain: String) {
        #expect(String(decoding: PandocMarkdown.plain(Array(markdown.utf8)), as: UTF8.self) == plain)
    }
}
