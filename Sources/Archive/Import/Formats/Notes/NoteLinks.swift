import Foundation

/// How notes and links to them look.
enum NoteLinks {
    static let blocks: Set<String> = [
        "p", "li", "div", "aside", "dd", "dt", "td", "section", "article", "blockquote", "body", "h1", "h2", "h3", "h4",
        "h5", "h6",
        "pre", "figure", "tr",
    ]
    /// What may be a note.
    static let noteBlocks: Set<String> = ["p", "li", "div", "aside", "dd", "dt", "section", "blockquote"]

    static let referenceNames: Set<String> = [
        "noteref", "doc-noteref", "footnote-ref", "duokan-footnote", "footnoteref",
    ]
    static let noteNames: Set<String> = [
        "footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote", "duokan-footnote-item", "footnote-item",
        "note",
    ]
    static let backNames: Set<String> = [
        "backlink", "doc-backlink", "footnote-back", "footnote-backref", "reversefootnote",
    ]

    /// Whether an element is called one of these: by `epub:type`, role, or class.
    static func isNamed(_ element: MarkupElement, _ names: Set<String>) -> Bool {
        ["epub:type", "role", "class"].contains { attribute in
            element[attribute]?.lowercased().split(whereSeparator: \.isWhitespace).contains {
                names.contains(String($0))
            } == true
        }
    }

    /// Whether a link is what stands for a note in the text: `[1]`, `①`, `注3`, `*`, or a picture.
    static func isMark(_ link: MarkupElement) -> Bool {
        let text = link.text.filter { !$0.isWhitespace }
        if text.isEmpty { return !link.all("img").isEmpty }
        return text.count <= 8
            && text.wholeMatch(
                of:
                    /[\[［(（〔【{]?(?:注|註|译注|note)?[:：]?(?:[0-9０-９]{1,4}|[a-z]|[ivx]{1,5}|[一二三四五六七八九十]{1,3}|[①-⑳㉑-㉟㊱-㊿]|[*＊†‡§]{1,3})?[\]］)）〕】}]?/
            ) != nil
    }

    static func isBracketed(_ text: String) -> Bool {
        text.filter { !$0.isWhitespace }.wholeMatch(of: /[\[［〔【].*[\]］〕】]|[①-⑳㉑-㉟㊱-㊿]/) != nil
    }

    static func isArrow(_ text: String) -> Bool {
        ["↩", "↩︎", "↑", "^", "⤴", "←", "返回", "back", "↵"].contains(
            text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased())
    }

    private static let longest = 5000

    /// Whether a block is no longer than a note, and holds no headings.
    static func isShort(_ block: MarkupElement) -> Bool {
        block.beginning(longest * 4).count <= longest && !["h1", "h2", "h3", "h4"].contains { !block.all($0).isEmpty }
    }

    /// The note that a picture has for a description, as some Chinese publishers write them.
    static func describedNote(_ picture: MarkupElement) -> String? {
        guard picture.name == "img" else { return nil }
        let text =
            picture["zy-footnote"]
            ?? (picture["class"]?.lowercased().contains("footnote") == true ? picture["alt"] : nil)
        return text.flatMap { $0.count > 1 ? $0 : nil }
    }

    /// Takes the mark that a reference has off the beginning of a note, and a list of one item from around it.
    static func strip(_ mark: String, from note: MarkupElement) {
        while let only = onlyElement(note), ["ol", "ul", "li"].contains(only.name) { note.children = only.children }
        let mark = mark.filter { !$0.isWhitespace }
        guard !mark.isEmpty else { return }
        _ = strip(mark, in: note)
    }

    private static func onlyElement(_ element: MarkupElement) -> MarkupElement? {
        let nodes = element.children.filter { node in
            if case .text(let text) = node { text.contains { !$0.isWhitespace } } else { true }
        }
        guard nodes.count == 1, case .element(let only)? = nodes.first else { return nil }
        return only
    }

    /// Returns whether the first text was found.
    private static func strip(_ mark: String, in element: MarkupElement) -> Bool {
        for (index, node) in element.children.enumerated() {
            switch node {
            case .text(let text):
                let rest = text.drop { $0.isWhitespace }
                if rest.isEmpty { continue }
                let bare = mark.filter { $0.isNumber || $0.isLetter }
                for form in bare.isEmpty ? [mark] : [mark, "[\(bare)]", "\(bare)."] where rest.hasPrefix(form) {
                    element.children[index] = .text(String(rest.dropFirst(form.count).drop { $0.isWhitespace }))
                    break
                }
                return true
            case .element(let child): if strip(mark, in: child) { return true }
            }
        }
        return false
    }
}
