/// Finds the essays of a Markdown document whose titles are its headings of the highest rank.
///
/// All of these begin essays or none does. Chapters of a book and sections of a manual are set likewise: they are told by their
/// names and numbers, by a title above all of them, and by how little stands under each.
struct SplitterTopHeadings {
    private(set) var markers: [SplitterMarker] = []

    private let document: SplitterDocument
    private let passages: SplitterPassages
    /// How long essays without numbering are on the average, in characters.
    private static let usualLength = 150

    init(_ document: SplitterDocument, _ passages: SplitterPassages) {
        self.document = document
        self.passages = passages
        let heads = heads()
        guard heads.count > 1, areEssays(heads) else { return }
        markers = heads.enumerated().map { index, row in
            let content = document.rows[row].content
            return SplitterMarker(
                row: row, start: row, ordinal: index + 1, style: .heading, mark: content, title: content, isGlued: false
            )
        }
    }

    /// The headings of rank 1, or those of rank 2 under the name of a compilation.
    private func heads() -> [Int] {
        let tops = headings(of: 1)
        guard let first = tops.first, first == 0, passages.namesWhole(first) else { return tops }
        if tops.count == 1 { return headings(of: 2) }
        return passages.holdsText(1..<tops[1]) ? tops : Array(tops.dropFirst())
    }

    private func headings(of rank: Int) -> [Int] {
        document.rows.indices.filter { document.rows[$0].markdownRank == rank }
    }

    private func areEssays(_ heads: [Int]) -> Bool {
        let ends = heads.dropFirst() + [document.rows.count]
        guard heads.allSatisfy({ document.rows[$0].heading == nil }),
            zip(heads, ends).allSatisfy({ passages.holdsText($0 + 1..<$1) })
        else { return false }
        switch passages.lead(before: heads[0], except: []) {
        case .nameOfCompilation: return true
        case .nothing:
            guard !heads.contains(where: { Self.isSection(document, $0) }) else { return false }
            return passages.areOpened(heads)
                || passages.meanLength(heads) >= Self.usualLength && !Self.isManual(document)
        case .title, .text: return false
        }
    }

    /// Whether code, lists and tables take up a quarter of the rows.
    static func isManual(_ document: SplitterDocument) -> Bool {
        let marks = Set("`~-+|".utf8)
        return document.rows.count { marks.contains(document.bytes[$0.content.lowerBound]) } * 4 >= document.rows.count
    }

    /// Names of the sections of a book, a paper or a manual.
    private static let sections: [StaticString] = [
        "前言", "序言", "序", "引言", "引子", "绪论", "导言", "楔子", "摘要", "背景", "概述", "概要", "简介", "介绍", "说明", "目录", "方法", "结果", "讨论",
        "结论",
        "结语", "尾声", "总结", "后记", "附录", "注释", "致谢", "参考文献", "参考资料", "安装", "使用", "用法", "配置", "使用方法", "使用说明", "快速开始",
        "常见问题", "更新日志",
        "许可", "许可证", "贡献", "依赖",
    ]

    /// Whether the row names a section of a book, a paper or a manual.
    static func isSection(_ document: SplitterDocument, _ row: Int) -> Bool {
        let content = document.rows[row].content
        if document.bytes[content.lowerBound] < 0x80 {
            return SplitterLatin.isDivision(document, row) || SplitterLatin.isSectionOfManual(document.text(content))
        }
        if SplitterOpening.isPart(document, row)
            || SplitterNamedMark.read(document, row)?.isPart(document.bytes) == true
        {
            return true
        }
        return document.withCompact(row) { bytes, range in
            sections.contains { range.count == $0.utf8CodeUnitCount && Pattern.hasPrefix(bytes, range, $0) }
        }
    }
}
