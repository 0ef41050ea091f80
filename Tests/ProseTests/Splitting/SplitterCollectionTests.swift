import Foundation
import Testing

@testable import Prose

/// Collections of essays whose titles bear no marks, and single works that look like some.
@Suite struct SplitterCollectionTests {
    static let names = ["渡口", "旧船", "灯下", "磨坊", "晒谷场", "老井", "夜雨", "青石巷"]

    /// Paragraphs of a text of its own for each number.
    static func paragraphs(_ number: Int, _ count: Int = 6) -> [String] {
        let things = ["石桥", "竹篮", "水车", "油灯", "蓑衣", "木门", "柳树", "陶罐", "渔网", "炊烟"]
        let acts = ["被雨淋湿了半边", "还像从前那样放着", "是外婆亲手做的", "在河边过了许多年", "叫孩子们看得出神", "早已没有人去修"]
        return (0..<count).map { line in
            let thing = things[(number * 3 + line) % things.count]
            let other = things[(number * 7 + line * 2 + 1) % things.count]
            let act = acts[(number + line) % acts.count]
            return "村里的\(thing)\(act)，我每次走过都要停下来看一看。后来\(other)也旧了，大家说起第\(number + 2)年的事情，声音总是很低。"
                + "那时候天黑得早，风从水面上吹过来，\(thing)就轻轻地响，像有人在远处说话一样。"
        }
    }

    static func cuts(_ text: String, isMarkdown: Bool = false, name: String = "河湾") throws -> [Cut] {
        try CompilationSplitter.cuts(in: Array(text.utf8), mode: .auto, isMarkdown: isMarkdown, fallbackTitle: name)
    }

    static func titles(_ text: String, isMarkdown: Bool = false, name: String = "河湾") throws -> [String] {
        try cuts(text, isMarkdown: isMarkdown, name: name).map(\.title)
    }

    /// Texts under each title, with `before` lines above it and `between` above each paragraph.
    static func book(_ titles: [String], before: Int, between: Int = 0, indent: String = "　　", head: String = "河湾散文集\n")
        -> String
    {
        let blank = { (count: Int) in String(repeating: "\n", count: count) }
        return head
            + titles.enumerated().map { number, title in
                blank(before) + title + "\n" + paragraphs(number).map { blank(between) + indent + $0 + "\n" }.joined()
            }.joined()
    }

    @Test(arguments: [(1, 0), (2, 0), (2, 1), (3, 1), (4, 2)])
    func titlesThatMoreBlankLinesSetApartBeginEssays(_ gaps: (before: Int, between: Int)) throws {
        #expect(try Self.titles(Self.book(Self.names, before: gaps.before, between: gaps.between)) == Self.names)
    }

    @Test func titlesOfAnEBookBeginEssaysWhateverPartsItHasBefore() throws {
        let front = "# 版权信息\n\n书名：河湾短篇小说选\n\n# 前言\n\n\(Self.paragraphs(20, 2).joined(separator: "\n\n"))\n\n"
        let essays = Self.names.enumerated().map {
            "# \($1)\n\n" + Self.paragraphs($0).joined(separator: "\n\n") + "\n\n"
        }
        let found = try Self.cuts(front + essays.joined(), isMarkdown: true)
        #expect(found.map(\.title) == Self.names)
        #expect(found[0].range.lowerBound == 0)
    }

    @Test func linesWithADateUnderThemBeginEssays() throws {
        let text = Self.names.enumerated().map {
            "\($1)\n（二〇三\($0)年三月五日）\n" + Self.paragraphs($0).joined(separator: "\n") + "\n"
        }
        #expect(try Self.titles("河湾文选\n\n" + text.joined()) == Self.names)
    }

    @Test func whatATableOfContentsListsBeginsEssaysAndNoOrdinalInTheText() throws {
        let table = "河湾文选（全一卷）\n\n目录\n" + Self.names.enumerated().map { "\($0 + 1)\($1)\n" }.joined()
        let notes = "\n第一篇 是从《河湾渠志》上摘下来的；\n第二篇 是从会上的讲话中摘下来的；\n第三篇 是从《小舟集》里选出的；\n"
        let text = Self.book(Self.names, before: 3, head: table)
        #expect(try Self.titles(text) == Self.names)
        #expect(try Self.titles(text + notes) == Self.names)
    }

    @Test(arguments: ["第N章　T", "第N回 T旧事 T新闻", "N", "N　T", "卷N"])
    func oneWorkInChaptersStaysOne(_ form: String) throws {
        let han = ["一", "二", "三", "四", "五", "六", "七", "八"]
        let titles = Self.names.enumerated().map {
            form.replacingOccurrences(of: "N", with: han[$0]).replacingOccurrences(of: "T", with: $1)
        }
        #expect(try Self.cuts(Self.book(titles, before: 2, head: "河湾演义\n")).count == 1)
    }

    @Test func pagesOfAChapterBeginNoEssays() throws {
        let titles = Self.names.prefix(4).flatMap { ["\($0)（1）", "\($0)（2）", "\($0)（3）"] }
        #expect(try Self.cuts(Self.book(titles, before: 2, head: "某某自传\n")).count == 1)
    }

    @Test(arguments: ["「もう帰ろうか、雨が降る」", "“这笔账，到底还算不算？”"])
    func whatSomebodySaysBeginsNoEssay(_ line: String) throws {
        let text =
            "一、起初\n" + Self.paragraphs(1).joined(separator: "\n") + "\n二、后来\n"
            + Self.paragraphs(2).joined(separator: "\n")
            + "\n" + line + "\n一、起初\n" + Self.paragraphs(3).joined(separator: "\n") + "\n二、后来\n"
            + Self.paragraphs(4).joined(separator: "\n")
        #expect(try Self.cuts(text).allSatisfy { !line.contains($0.title) })
    }

    @Test(arguments: [3, 5])
    func aLineThatComesAgainAndAgainBeginsNoEssay(_ times: Int) throws {
        let page = Self.paragraphs(1, 3).joined() + "\n----------------\nLast Updated: Monday, May 6, 2030\n"
        #expect(try Self.cuts("河湾旧事　第一章\n" + String(repeating: page, count: times)).count == 1)
    }

    @Test func theColophonBelongsToTheEssayAbove() throws {
        let text = "川辺の話\n" + Self.paragraphs(3).joined(separator: "\n") + "\n\n\n底本：「川辺名作集　下」みなと文庫\n　　　2030年9月4日初版発行\n"
        #expect(try Self.cuts(text).count == 1)
    }

    @Test func linksOfATableOfContentsBeginNoEssay() throws {
        let table = "目录\n\n" + ["第一篇 论渡口", "第二篇 论灯", "第三篇 论茶"].map { "[\($0)](#c1.xhtml)\n\n" }.joined()
        let found = try Self.cuts(table + Self.paragraphs(5).joined(separator: "\n\n"), isMarkdown: true)
        #expect(found.count == 1 && !found[0].title.contains("]("))
    }

    @Test(arguments: ["“卖茶叶——”", "星期日的早晨，我翻开那本旧账，终于对他说：", "- 记账", "| 品名 | 价 |", "「行くぞ」", "有一天……"])
    func theNameOfTheFileIsBetterThanAFirstSentence(_ line: String) throws {
        #expect(try Self.titles(line + "\n" + Self.paragraphs(2).joined(separator: "\n")) == ["河湾"])
    }
}
