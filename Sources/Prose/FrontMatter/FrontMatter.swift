import Yams

/// The block that many Markdown files begin with: YAML between two lines of `---` (as Jekyll and Pandoc read it), or TOML between two of `+++`
/// (as Hugo and Zola do).
///
/// It is read for metadata only: it stays part of the text, which is never altered.
public struct FrontMatter: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case scalar(String)
        case list([String])
        /// A mapping or something else that has no place among an essay's fields.
        case other
    }

    /// Keys and values in the order written; scalars as written, without YAML's reading of dates and numbers.
    public var fields: [(key: String, value: Value)]
    /// Bytes of the block, both `---` or `+++` lines and the last line's end included.
    public var range: Range<Int>
    /// What is wrong, if the block is not YAML; there are no fields then.
    public var warning: String?

    public static func == (left: FrontMatter, right: FrontMatter) -> Bool {
        left.range == right.range && left.warning == right.warning
            && left.fields.elementsEqual(right.fields) { $0.key == $1.key && $0.value == $1.value }
    }

    /// The front matter at the start of `text`, or nil if it has none.
    public static func parse(_ text: [UInt8]) -> FrontMatter? {
        guard let range = range(in: text) else { return nil }
        if text[0] == 0x2B { return toml(text, range) }
        let yaml = String(decoding: text[body(of: range, in: text)], as: UTF8.self)
        do {
            guard let node = try Yams.compose(yaml: yaml) else { return FrontMatter(fields: [], range: range) }
            guard case .mapping(let mapping) = node else {
                return FrontMatter(
                    fields: [], range: range, warning: "front matter is not a list of keys and values; ignored")
            }
            return FrontMatter(fields: mapping.map { (key: string($0.key), value: value(of: $0.value)) }, range: range)
        } catch {
            return FrontMatter(
                fields: [], range: range,
                warning: "the front matter is not valid YAML and was ignored\(Self.place(error))")
        }
    }

    /// `: line 3: did not find expected key`, counted from the text's first line.
    private static func place(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            // Before the block stands its first fence.
            ": line \(mark.line + 1): \(problem)"
        case .reader(let problem, _, _, _): ": \(problem)"
        case .duplicatedKeysInMapping(let keys, _):
            ": \(keys.map { "'\($0)'" }.joined(separator: ", ")) is there more than once"
        default: ""
        }
    }

    /// The bytes of the block at the start of `text`, without reading it.
    public static func range(in text: [UInt8]) -> Range<Int>? {
        guard text.starts(with: [0x2D, 0x2D, 0x2D]) || text.starts(with: [0x2B, 0x2B, 0x2B]) else { return nil }
        return text.withUnsafeBufferPointer { bytes in
            let lines = Lines.all(in: bytes)
            guard isFence(bytes, lines[0], allowingDots: false) else { return nil }
            // A thematic break is also `---`: a block holds at least one line, and that one is not blank.
            guard lines.count > 2, !lines[1].isBlank else { return nil }
            guard
                let last = lines.dropFirst().first(where: {
                    isFence(bytes, $0, allowingDots: bytes[0] == 0x2D)
                        && (bytes[$0.start] == 0x2B) == (bytes[0] == 0x2B)
                })
            else { return nil }
            return 0..<last.end
        }
    }

    public var title: String? { scalar("title", "标题", "題目", "题目") }
    public var author: String? {
        scalar("author", "authors", "作者") ?? list("author", "authors", "作者")?.joined(separator: ", ")
    }
    /// The date as it is written, if it is one.
    public var date: String? { writtenDate.flatMap { WrittenDate.milliseconds($0) == nil ? nil : $0 } }
    public var language: String? { scalar("language", "lang", "语言") }

    /// All that is wrong with it: what of it has no place among an essay's fields, though it was meant for one.
    public var warnings: [String] {
        let date =
            date == nil ? writtenDate.map { "'\($0)' in the front matter is not a date; the essay has none" } : nil
        return [warning, date].compactMap { $0 }
    }

    private var writtenDate: String? { scalar("date", "日期", "created") }

    /// A list of tags, or one scalar with tags between commas.
    public var tags: [String] {
        let keys = ["tags", "tag", "标签", "keywords", "关键词"]
        for key in keys {
            switch value(key) {
            case .list(let items): return items.map(\.withoutNull).filter { !$0.isEmpty }
            case .scalar(let joined): return Self.splitTags(joined.withoutNull)
            default: continue
            }
        }
        return []
    }

    private static func splitTags(_ joined: String) -> [String] {
        let separators: Set<Unicode.Scalar> = [",", "，", "、", ";", "；"]
        return joined.unicodeScalars.split { separators.contains($0) }.compactMap { part in
            let trimmed = part.drop { $0.properties.isWhitespace }
            let end = trimmed.lastIndex { !$0.properties.isWhitespace }
            return end.map { String(String.UnicodeScalarView(trimmed[...$0])) }
        }
    }

    private func value(_ key: String) -> Value? {
        fields.first { $0.key.lowercased().utf8.elementsEqual(key.utf8) }?.value
    }

    private func scalar(_ keys: String...) -> String? {
        for key in keys {
            if case .scalar(let text) = value(key), !text.withoutNull.isEmpty { return text.withoutNull }
        }
        return nil
    }

    private func list(_ keys: String...) -> [String]? {
        for key in keys { if case .list(let items) = value(key), !items.isEmpty { return items.map(\.withoutNull) } }
        return nil
    }

    private static func value(of node: Node) -> Value {
        switch node {
        case .scalar(let scalar): isNull(scalar) ? .scalar("") : .scalar(scalar.string)
        case .sequence(let sequence): .list(sequence.map(string))
        default: .other
        }
    }

    private static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["~", "null"].contains(scalar.string)
    }

    private static func string(_ node: Node) -> String { node.scalar?.string ?? "" }

    static func body(of range: Range<Int>, in text: [UInt8]) -> Range<Int> {
        text.withUnsafeBufferPointer { bytes in
            let block = Lines.all(in: UnsafeBufferPointer(rebasing: bytes[range]))
            return block[0].end..<block[block.count - 1].start
        }
    }

    private static func isFence(_ bytes: TextBytes, _ line: TextLine, allowingDots: Bool) -> Bool {
        guard line.content.count == 3, line.content.lowerBound == line.start else { return false }
        let byte = bytes[line.start]
        guard byte == 0x2D || byte == 0x2B || allowingDots && byte == 0x2E else { return false }
        return line.content.allSatisfy { bytes[$0] == byte }
    }
}
