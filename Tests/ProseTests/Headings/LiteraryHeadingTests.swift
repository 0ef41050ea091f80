import Testing

@testable import Prose

/// Headings of novels, tales and essays, and what in them looks like headings.
@Suite struct LiteraryHeadingTests {
    private static let text = "　　村里的水渠修了三年，春天放水的时候，孩子们沿着渠岸跑。那年冬天来得早，河面结了薄冰，渡船停在对岸，大人们在岸上等了一整天。\n"

    private func outline(_ text: String) -> [String] {
        SectionParser.sections(in: Array(text.utf8), isMarkdown: false).map { "\($0.level) \($0.path) \($0.title)" }
    }

    @Test(arguments: [("一　", "一"), ("一 ", "一"), ("1　", "1")])
    func aNumberAndAWideBlankBeforeATitleMakeAHeading(_ form: (mark: String, label: String)) {
        let second = form.mark.replacing("一", with: "二").replacing("1", with: "2")
        let text = "河湾记\n\(form.mark)渡口\n\(Self.text)\n\(second)灯下\n\(Self.text)"
        let label = form.label.replacing("一", with: "二").replacing("1", with: "2")
        #expect(outline(text) == ["1 \(form.label) 渡口", "1 \(label) 灯下"])
    }

    @Test(arguments: ["一 渡口\n二 灯下\n三 茶\n", "二　渡口\n\(text)", "一　渡口\n\(text)", "一 张三 50\n\(text)二 李四 60\n\(text)"])
    func listsAndLoneNumbersAreNoHeadings(_ text: String) {
        #expect(outline(text).isEmpty)
    }

    @Test func booksStandAboveChapters() {
        let text =
            "第一卷　风起\n第一章　渡口\n\(Self.text)第二章　灯下\n\(Self.text)卷二　雨落\n第一章　旧船\n\(Self.text)番外　雨夜\n\(Self.text)番外二：归人\n\(Self.text)"
        #expect(
            outline(text) == [
                "1 第一卷 风起", "2 第一卷.第一章 渡口", "2 第一卷.第二章 灯下", "1 第二卷 雨落", "2 第二卷.第一章 旧船", "2 第二卷.番外 雨夜",
                "2 第二卷.番外二 归人",
            ])
    }

    @Test(arguments: [
        "二、三十里外有一座旧桥，桥头住着一户人家。", "四、五天以后，渡船又开了。", "二、三！”", "七、八个孩子站在岸上", "卷一卷袖子，他下了水", "番外的话不必多说",
        "第一卷书他读了三遍",
    ])
    func numbersInRunningTextAreNoHeadings(_ line: String) {
        #expect(outline("\(Self.text)\(line)\n\(Self.text)").isEmpty)
    }

    @Test(arguments: ["二、三农工作", "一、二十大精神", "三、四个意识"])
    func aHeadingMayBeginWithANumber(_ line: String) {
        #expect(outline("\(line)\n\(Self.text)").count == (line == "三、四个意识" ? 0 : 1))
    }

    @Test func numberedParagraphsAreNoHeadings() {
        let text =
            "一、\(String(repeating: "他从镇上带回两斤茶叶，分给了值夜的几个人，", count: 4))天就亮了。\n"
            + "二、\(String(repeating: "会计把算盘收好，抬头看了看墙上的钟，", count: 4))夜已经深了。\n"
        #expect(outline(text).isEmpty)
        #expect(outline("一、渡口\n\(Self.text)二、灯下\n\(Self.text)").count == 2)
    }
}
