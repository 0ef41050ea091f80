/// Names of collections.
enum CollectionName {
    private static let ends: [StaticString] = [
        "文集", "选集", "散文集", "小说集", "诗集", "随笔集", "杂文集", "作品集", "故事集", "书信集", "讲话集", "演讲集", "文选", "诗选", "散文选", "小说选",
        "作品选",
        "精选", "选编", "汇编", "文萃", "随笔", "杂文", "杂感", "小品", "书信", "家书", "札记", "短篇", "短篇小说", "童话", "寓言", "傳奇選", "詩選", "文選",
        "作品精选",
        "自选集", "杂记", "散文", "文存", "文钞", "诗钞", "诗抄", "合集",
    ]
    private static let holds: [StaticString] = [
        "文集", "散文", "诗集", "诗选", "文选", "小说选", "选集", "作品集", "短篇", "随笔", "杂文", "故事集", "童话", "詩選", "傳奇選", "作品精选",
    ]

    private static let works: [StaticString] = [
        "传", "史", "论", "学", "原理", "概论", "导论", "教程", "讲义", "手册", "指南", "回忆录", "自述", "演义", "条例", "规定", "办法", "研究", "纲要",
        "通论", "史纲",
        "概要", "学史", "战争史", "纪实", "長篇", "长篇小说", "傳", "學", "論",
    ]

    /// Whether a name is such as one long work bears: `清河志`'s kin `…史`, `…传`, `…概论`.
    static func isWork(_ name: String) -> Bool {
        withCompact(name) { bytes in
            let core = TitleScoring.withoutSuffix(bytes, 0..<bytes.count)
            return works.contains { Pattern.hasSuffix(bytes, core, $0) }
        }
    }

    /// Runs `body` with a name without blanks and in half width.
    private static func withCompact(_ name: String, _ body: (TextBytes) -> Bool) -> Bool {
        var compact: [UInt8] = []
        for scalar in name.unicodeScalars {
            let folded = ScalarCursor.fold(scalar.value)
            if folded > 0x20, let folded = Unicode.Scalar(folded) { compact += UTF8.encode(folded)! }
        }
        return compact.withUnsafeBufferPointer(body)
    }

    private static let gatherings: [StaticString] = ["全集", "征集", "收集", "密集", "市集", "采集", "聚集"]

    static func isOne(_ name: String) -> Bool {
        if SplitterLatin.namesCompilation(name) { return true }
        return withCompact(name) { bytes in
            let range = 0..<bytes.count
            let core = TitleScoring.withoutSuffix(bytes, range)
            if ends.contains(where: { Pattern.hasSuffix(bytes, core, $0) }) { return true }
            if holds.contains(where: { Pattern.contains(bytes, range, $0) }) { return true }
            return Pattern.hasSuffix(bytes, core, "集") && !gatherings.contains { Pattern.hasSuffix(bytes, core, $0) }
        }
    }
}
