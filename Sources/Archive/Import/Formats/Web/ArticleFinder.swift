/// Finds a page's article as reader views do: where the prose is, without menus, lists of links and what else stands around it.
///
/// After "Boilerplate Detection using Shallow Text Features" (Kohlschütter, Fankhauser and Nejdl, 2010): how long a block is, and how much of it
/// are links; and Readability, which looks for the element that holds most such blocks.
struct ArticleFinder {
    /// What is the article, in order.
    private(set) var blocks: [PageBlock] = []
    /// How much prose is left out, in Han characters.
    private(set) var leftOut = 0.0

    /// So much of the page's prose is in the article's element.
    private static let mostOf = 0.75
    /// Less prose than this has no place of its own on the page.
    private static let leastProse = 60.0

    private static let apart: Set<String> = ["nav", "footer", "aside", "menu", "dir"]
    private static let apartWords: Set<String> = [
        "comment", "comments", "disqus", "footer", "foot", "sidebar", "side", "menu", "nav", "navbar", "navigation",
        "breadcrumb",
        "breadcrumbs", "crumb", "crumbs", "related", "recommend", "recommended", "share", "sharing", "social", "ad",
        "ads", "advert",
        "advertisement", "banner", "copyright", "login", "search", "toolbar", "pager", "pagination", "widget", "popup",
        "cookie",
        "cookies", "contentinfo", "complementary", "subscribe", "newsletter", "promo", "sponsor", "links", "friendlink",
        "hot", "rank",
    ]
    private static let articleWords: Set<String> = [
        "article", "articlebody", "content", "main", "body", "post", "entry", "text", "story",
    ]

    init(_ body: PageBlock, title: PageBlock?) {
        let prose = body.leaves.filter { $0.measure.isProse && !Self.isApart($0) && !Self.isLegal($0) }
        let total = prose.reduce(0) { $0 + $1.measure.all }
        let amounts = Self.amounts(prose)
        guard total >= Self.leastProse else {
            blocks = [body]
            Self.clean(body, amounts, title: title)
            if let title { Self.dropWhatIsBefore(title, in: &blocks) }
            return
        }
        let root = Self.root(body, amounts, total)
        var parts = [root]
        Self.extend(&parts, from: root, amounts, atLeast: max(20, total * 0.01))
        let kept = amounts.filter { entry in parts.contains { $0 === entry.value.block } }
        leftOut = total - kept.reduce(0) { $0 + $1.value.amount }
        let titlePlace = title.flatMap { title in parts.first { $0.holds(title) } }
        for part in parts { Self.clean(part, amounts, title: title) }
        if let title, titlePlace != nil { Self.dropWhatIsBefore(title, in: &parts) }
        blocks = parts
    }

    private typealias Amounts = [ObjectIdentifier: (block: PageBlock, amount: Double)]

    /// How much prose each block holds, with those in it.
    private static func amounts(_ prose: [PageBlock]) -> Amounts {
        var amounts: Amounts = [:]
        for leaf in prose {
            var next: PageBlock? = leaf
            while let block = next {
                amounts[ObjectIdentifier(block), default: (block, 0)].amount += leaf.measure.all
                next = block.parent
            }
        }
        return amounts
    }

    /// The smallest block that holds most of the prose, or the one that the page calls its article.
    private static func root(_ body: PageBlock, _ amounts: Amounts, _ total: Double) -> PageBlock {
        func amount(_ block: PageBlock) -> Double { amounts[ObjectIdentifier(block)]?.amount ?? 0 }
        var root = body
        while let next = root.children.first(where: { amount($0) >= total * mostOf }), !next.isLeaf { root = next }
        let named = amounts.values.filter { entry in
            entry.block.name == "article" || entry.block.name == "main" || entry.block.hints.contains("articlebody")
        }
        // One article on the page, which need not hold most where readers comment at length.
        if named.count == 1, named[0].amount >= total * 0.3 { return named[0].block }
        return root
    }

    /// Adds what stands beside the root, at any level, and holds prose of its own.
    private static func extend(
        _ parts: inout [PageBlock], from root: PageBlock, _ amounts: Amounts, atLeast least: Double
    ) {
        if root.name == "article" || root.name == "main" || root.hints.contains("articlebody") { return }
        var current = root
        while let parent = current.parent {
            guard let place = parent.children.firstIndex(where: { $0 === current }) else { break }
            func isMore(_ block: PageBlock) -> Bool {
                (amounts[ObjectIdentifier(block)]?.amount ?? 0) >= least && block.measure.linkShare < 0.5
            }
            parts.insert(contentsOf: parent.children[..<place].filter(isMore), at: 0)
            parts += parent.children[(place + 1)...].filter(isMore)
            current = parent
        }
    }

    /// Takes menus and the like out of the article.
    private static func clean(_ part: PageBlock, _ amounts: Amounts, title: PageBlock?) {
        let all = max(part.measure.all, 1)
        part.remove { block in
            if let title, block.holds(title) { return false }
            let prose = amounts[ObjectIdentifier(block)]?.amount ?? 0
            if isCalledApart(block) { return prose < all * 0.3 }
            if prose > 0 { return false }
            if block.measure.linkShare > 0.5 && (block.measure.linkCount > 2 || isWayfinding(block)) { return true }
            return isWayfinding(block) || isLegal(block)
        }
    }

    /// What stands before the title in the article's element is none of it, unless it is prose.
    private static func dropWhatIsBefore(_ title: PageBlock, in parts: inout [PageBlock]) {
        var isBefore = true
        func drop(_ block: PageBlock) {
            for child in block.children where isBefore {
                if child === title { isBefore = false } else if child.holds(title) { drop(child) }
            }
            guard let place = block.children.firstIndex(where: { $0.holds(title) }) else { return }
            block.children = block.children.enumerated().filter { $0.offset >= place || $0.element.measure.isProse }
                .map(\.element)
        }
        for part in parts where part.holds(title) { drop(part) }
    }

    // MARK: Blocks that are none of the article

    static func isCalledApart(_ block: PageBlock) -> Bool {
        if apart.contains(block.name) { return true }
        let words = block.hints.split { !$0.isLetter }.map(String.init)
        return words.contains(where: apartWords.contains) && !words.contains(where: articleWords.contains)
    }

    private static func isApart(_ block: PageBlock) -> Bool {
        var next: PageBlock? = block
        while let current = next {
            if isCalledApart(current) { return true }
            next = current.parent
        }
        return false
    }

    private static func isLegal(_ block: PageBlock) -> Bool {
        guard block.measure.all < 120 else { return false }
        let text = block.text.lowercased()
        return ["copyright", "all rights reserved", "icp备", "icp证", "版权所有", "公网安备", "©"].contains { text.contains($0) }
    }

    /// Links to the next page, buttons and counters, which are short.
    private static func isWayfinding(_ block: PageBlock) -> Bool {
        guard block.measure.all < 40, !block.isHeading else { return false }
        let text = block.text
        return wayfinding.contains { text.hasPrefix($0) }
    }

    private static let wayfinding = [
        "上一篇", "下一篇", "上一页", "下一页", "上一章", "下一章", "返回", "打印", "关闭", "【打印", "【关闭", "[打印", "[关闭", "分享", "收藏", "点击",
        "阅读次数", "阅读：", "浏览", "字号", "字体：", "当前位置", "您的位置", "您现在的位置", "责任编辑", "编辑：", "Share", "Print", "Previous",
        "Next", "Back to", "Subscribe", "Skip to", "首页",
    ]
}
