import Testing

@testable import Prose

@Suite struct TitleTests {
    @Test(arguments: [
        ("**渡口**", "渡口"), ("*渡口*旧事", "渡口旧事"), ("[渡口](#c1.xhtml)", "渡口"), (#"渡口^[\[1\]](#c0.xhtml#n1)^"#, "渡口"),
        ("渡口[^1]", "渡口"),
        ("![](logo.png) 渡口", "渡口"), (#"渡口 \[上\]"#, "渡口 [上]"), ("snake_case 之道", "snake_case 之道"), ("_渡口_", "渡口"),
        ("`main` 函数", "main 函数"),
        ("A * B", "A  B"), ("~~旧~~渡口", "旧渡口"), ("2^10", "2^10"), ("[未完", "[未完"), ("", ""),
    ])
    func aTitleIsPlainWords(_ form: (line: String, words: String)) {
        #expect(MarkdownTitle.plain(form.line) == form.words)
    }

    @Test(arguments: [
        ("《旧城》作者：某某", "旧城", "某某"), ("旧城 作者：某某", "旧城", "某某"), ("《旧城》（修订本）作者:某 某", "旧城", "某 某"), ("《旧城》全本", "旧城", nil),
        ("旧城", "旧城", nil), ("《旧城》读后", "《旧城》读后", nil), ("作者：某某", "作者：某某", nil),
    ])
    func aFilesNameGivesTitleAndAuthor(_ form: (name: String, title: String, author: String?)) {
        let found = FileTitle(form.name)
        #expect(found.title == form.title && found.author == form.author)
    }
}
