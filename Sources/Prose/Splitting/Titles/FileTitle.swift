/// The title and the author that a file's name gives: `《旧城》作者：某某`, `旧城 作者：某某`.
package struct FileTitle: Equatable {
    package var title: String
    package var author: String?

    /// - Parameter name: without its ending.
    package init(_ name: String) {
        (title, author) = (name, nil)
        guard let mark = Self.authorMark(in: name) else {
            // `《旧城》全本`, `《旧城》txt下载`: the name stands in the marks.
            if let quoted = Self.quoted(name), Self.notes.contains(Self.compact(quoted.rest)) { title = quoted.title }
            return
        }
        let writer = Self.trimmed(String(name[mark.upperBound...]))
        let before = Self.trimmed(String(name[..<mark.lowerBound]))
        guard !writer.isEmpty, writer.unicodeScalars.count <= Self.longestAuthor, !before.isEmpty else { return }
        author = writer
        title = Self.quoted(before)?.title ?? before
    }

    private static let longestAuthor = 30
    private static let marks = ["作者：", "作者:", "作者_", "作者 "]
    private static let notes: Set<String> = [
        "", "全本", "全集", "完结", "完整版", "精校版", "全文", "txt", "txt下载", "全本下载", "（全本）", "（完结）", "（全）", "(全本)",
    ]

    private static func authorMark(in name: String) -> Range<String.Index>? {
        var name = name
        // Few names have any, and there are many names.
        guard name.withUTF8({ Pattern.contains($0, 0..<$0.count, "作者") }) else { return nil }
        for mark in marks {
            var at = name.startIndex
            while at < name.endIndex {
                if name[at...].hasPrefix(mark) { return at..<name.index(at, offsetBy: mark.count) }
                at = name.index(after: at)
            }
        }
        return nil
    }

    /// `《旧城》（修订本）` as its name and the rest; nil where the name does not begin with `《`.
    private static func quoted(_ name: String) -> (title: String, rest: String)? {
        guard name.hasPrefix("《"), let end = name.firstIndex(of: "》") else { return nil }
        let title = trimmed(String(name[name.index(after: name.startIndex)..<end]))
        return title.isEmpty ? nil : (title, String(name[name.index(after: end)...]))
    }

    private static func compact(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }

    private static func trimmed(_ text: String) -> String {
        let edges: Set<Character> = [" ", "\u{3000}", "\t", "-", "_", "—", "，", ","]
        var rest = Substring(text)
        while let first = rest.first, edges.contains(first) { rest.removeFirst() }
        while let last = rest.last, edges.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
