/// How much a line or a few joined lines read like the title of an essay.
enum TitleScoring {
    /// Kinds of official documents (《党政机关公文处理工作条例》, 第八条) and of other documents that end a title for certain.
    static let documents: [StaticString] = [
        "意见", "通知", "决定", "报告", "方案", "的函", "复函", "批复", "请示", "公告", "通告", "通报", "规定", "办法", "条例", "细则", "规划",
        "计划", "要点", "纪要", "决议", "公报", "议案", "提案", "答复", "纲要", "规则", "章程", "准则", "解释", "预案", "总结", "讲话",
        "讲话稿", "发言", "发言稿", "心得体会", "倡议书", "申请书", "承诺书", "责任书", "建议书", "演讲稿", "主持词", "材料",
    ]

    /// Other words that titles of essays end with.
    private static let genres: [StaticString] = [
        "心得", "体会", "讲稿", "党课", "致辞", "致词", "贺词", "献词", "保证书", "检讨书", "汇报", "演讲", "述职", "提纲", "启示", "思考",
        "研究", "探讨", "探析", "浅谈", "浅析", "分析", "对策", "措施", "论文", "评论", "感想", "感悟", "感言", "有感", "后感", "事迹", "函",
        "经验", "做法", "范文", "模板", "模版", "情况", "说明", "简报", "建议", "要求", "制度", "工作", "建设", "问题", "调查", "综述",
        "漫笔", "随笔", "随感", "随想", "札记", "杂谈", "漫谈", "述评", "侧记", "见闻", "日记", "纪实", "访谈", "书信", "家书", "一封信", "慰问信", "感谢信",
        "倡议", "致敬词", "答辞", "悼词", "祝词", "序言", "读后", "观后", "启事", "合同", "协议",
    ]

    /// Words that introduce a point or a part inside an essay.
    private static let inside: [StaticString] = [
        "上篇", "中篇", "下篇", "上编", "下编", "首先", "其次", "再次", "最后", "第一,", "第二,", "第三,", "一是", "二是", "三是", "四是", "五是", "其一",
        "其二", "一方面",
        "另一方面", "综上", "总之", "例如", "比如", "注:", "备注", "来源", "参考文献", "图", "表", "附", "说明", "前言", "引言", "结语",
        "结束语", "结论", "后记", "序言", "目标", "总体要求", "指导思想", "主要任务", "存在问题", "基本原则", "下一步",
    ]

    /// Adds what the text at `range` of `bytes` — without blanks, in half width — says as a title.
    static func read(_ bytes: TextBytes, _ range: Range<Int>, length: Int, into evidence: inout SplitterEvidenceSet) {
        let core = withoutSuffix(bytes, range)
        if endsWithDocument(bytes, core) {
            evidence.insert(.namesDocument)
        } else {
            evidence.insert(.namesGenre, if: endsWithGenre(bytes, core))
        }
        evidence.insert(.saysAbout, if: Pattern.contains(bytes, range, "关于") || Pattern.contains(bytes, range, "關於"))
        evidence.insert(
            .saysOnOccasion, if: Pattern.hasPrefix(bytes, range, "在") && Pattern.contains(bytes, range, "上的"))
        evidence.insert(.usualLength, if: (8...45).contains(length))
        evidence.insert(.tooShort, if: length < 6)
        evidence.insert(.tooLong, if: length > 60)
        evidence.insert(.holdsComma, if: Pattern.contains(bytes, range, ","))
        evidence.insert(
            .endsLikeSentence, if: Pattern.contains(bytes, range, ";") || Pattern.contains(bytes, range, "。"))
        evidence.insert(.isQuestion, if: Pattern.hasSuffix(bytes, range, "?") || Pattern.hasSuffix(bytes, range, "!"))
        evidence.insert(.opensPoint, if: inside.contains { Pattern.hasPrefix(bytes, range, $0) })
    }

    /// How well a line reads as a title by its words alone: above 1 well.
    static func score(_ bytes: TextBytes, _ range: Range<Int>, length: Int) -> Double {
        var evidence = SplitterEvidenceSet()
        read(bytes, range, length: length, into: &evidence)
        var score = evidence.contains(.namesDocument) || evidence.contains(.namesGenre) ? 2.0 : 0
        if evidence.contains(.saysAbout) || evidence.contains(.saysOnOccasion) { score += 1 }
        if evidence.contains(.usualLength) { score += 0.5 }
        if evidence.contains(.opensPoint) || evidence.contains(.endsLikeSentence) { score -= 2.5 }
        return score
    }

    /// Whether the text ends with a word that titles end with.
    static func endsWithGenre(_ bytes: TextBytes, _ range: Range<Int>) -> Bool {
        endsWithDocument(bytes, range) || genres.contains { Pattern.hasSuffix(bytes, range, $0) }
    }

    /// Whether the text ends with the name of a kind of document, which also ends a title over several lines.
    static func endsWithDocument(_ bytes: TextBytes, _ range: Range<Int>) -> Bool {
        documents.contains { Pattern.hasSuffix(bytes, range, $0) }
    }

    private static let issuers: [StaticString] = [
        "国务院", "中共", "中央", "办公厅", "办公室", "人民政府", "委员会", "人民法院", "人民检察院", "常委会", "总局", "党委", "党组",
        "部", "委", "局", "厅",
    ]

    /// Whether the text is the full title of an official document: issuer, 关于, subject, kind (GB/T 9704-2012, 7.3.1).
    static func namesIssuer(_ bytes: TextBytes, _ range: Range<Int>) -> Bool {
        guard endsWithGenre(bytes, withoutSuffix(bytes, range)) else { return false }
        let about = Array("关于".utf8)
        guard
            let at = bytes[range].indices.first(where: {
                bytes[$0] == about[0] && bytes[$0..<range.upperBound].starts(with: about)
            })
        else { return false }
        let issuer = range.lowerBound..<at
        return (9...90).contains(issuer.count) && issuers.contains { Pattern.hasSuffix(bytes, issuer, $0) }
    }

    /// `range` less a remark in brackets at its end, such as （试行）, [范文模版] or （2024年修订）, or less the marks of 《…》.
    static func withoutSuffix(_ bytes: TextBytes, _ range: Range<Int>) -> Range<Int> {
        if Pattern.hasPrefix(bytes, range, "《"), Pattern.hasSuffix(bytes, range, "》") {
            return range.lowerBound..<range.upperBound - 3
        }
        guard let last = range.last, bytes[last] == 0x29 || bytes[last] == 0x5D else { return range }
        let opening: UInt8 = bytes[last] == 0x29 ? 0x28 : 0x5B
        guard let open = range.reversed().first(where: { bytes[$0] == opening }), open > range.lowerBound + 8 else {
            return range
        }
        return range.lowerBound..<open
    }

    /// Share of pairs of neighbouring characters that two titles have in common (Dice's coefficient), 0 to 1.
    static func similarity(_ left: [UInt32], _ right: [UInt32]) -> Double {
        guard left.count > 1, right.count > 1 else { return 0 }
        var pairs: [UInt64: Int] = [:]
        for (a, b) in zip(left, left.dropFirst()) { pairs[UInt64(a) << 32 | UInt64(b), default: 0] += 1 }
        var shared = 0
        for (a, b) in zip(right, right.dropFirst()) {
            let key = UInt64(a) << 32 | UInt64(b)
            if let count = pairs[key], count > 0 {
                pairs[key] = count - 1
                shared += 1
            }
        }
        return 2 * Double(shared) / Double(left.count + right.count - 2)
    }
}
