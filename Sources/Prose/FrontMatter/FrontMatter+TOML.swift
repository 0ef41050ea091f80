extension FrontMatter {
    /// TOML (version 1.0) as far as front matter has it: keys with strings, numbers, dates and lists of these. Tables have no place
    /// among an essay's fields, but for Zola's `[taxonomies]`.
    static func toml(_ text: [UInt8], _ range: Range<Int>) -> FrontMatter {
        var reader = TOMLReader(String(decoding: text[body(of: range, in: text)], as: UTF8.self))
        guard let fields = reader.fields() else {
            return FrontMatter(fields: [], range: range, warning: "front matter is not valid TOML; ignored")
        }
        return FrontMatter(fields: fields, range: range)
    }
}

private struct TOMLReader {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// `nil` if it is not TOML.
    mutating func fields() -> [(key: String, value: FrontMatter.Value)]? {
        var fields: [(key: String, value: FrontMatter.Value)] = []
        var isInTable = false
        while true {
            skipBlanks(andLines: true)
            guard let next = peek else { return fields }
            if next == "[" {
                let name = line().trimmed("[] \t\r")
                isInTable = name != "taxonomies"
                continue
            }
            guard let key = key(), take("=") else { return nil }
            skipBlanks(andLines: false)
            guard let value = value() else { return nil }
            skipBlanks(andLines: false)
            guard peek == nil || isLineEnd(peek!) else { return nil }
            if !isInTable { fields.append((key, value)) }
        }
    }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func isLineEnd(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

    private mutating func skipBlanks(andLines: Bool) {
        while let next = peek {
            if next == "#" {
                while let scalar = peek, !isLineEnd(scalar) { position += 1 }
            } else if next == " " || next == "\t" || andLines && isLineEnd(next) {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        skipBlanks(andLines: false)
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private mutating func line() -> String {
        let start = position
        while let next = peek, !isLineEnd(next) { position += 1 }
        return String(String.UnicodeScalarView(scalars[start..<position]))
    }

    private mutating func key() -> String? {
        if peek == "\"" || peek == "'" { return string() }
        let start = position
        while let next = peek,
            next.properties.isAlphabetic || next.properties.numericType != nil || "-_.".unicodeScalars.contains(next)
        { position += 1 }
        return position > start ? String(String.UnicodeScalarView(scalars[start..<position])) : nil
    }

    private mutating func value() -> FrontMatter.Value? {
        switch peek {
        case "\"", "'": return string().map { .scalar($0) }
        case "[": return list()
        case "{":
            _ = line()
            return .other
        default:
            let bare = bare(until: "#,]")
            return bare.isEmpty ? nil : .scalar(bare)
        }
    }

    private mutating func bare(until ends: String) -> String {
        let start = position
        while let next = peek, !isLineEnd(next), !ends.unicodeScalars.contains(next) { position += 1 }
        return String(String.UnicodeScalarView(scalars[start..<position])).trimmed(" \t")
    }

    private mutating func list() -> FrontMatter.Value? {
        position += 1
        var items: [String] = []
        var isPlain = true
        while true {
            skipBlanks(andLines: true)
            guard peek != nil else { return nil }
            if take("]") { return isPlain ? .list(items) : .other }
            switch value() {
            case .scalar(let item)?: items.append(item)
            case nil: return nil
            default: isPlain = false
            }
            skipBlanks(andLines: true)
            guard take(",") || peek == "]" else { return nil }
        }
    }

    /// A string in one or three quotation marks of either kind.
    private mutating func string() -> String? {
        guard let mark = peek else { return nil }
        let isLong = position + 2 < scalars.count && scalars[position + 1] == mark && scalars[position + 2] == mark
        let width = isLong ? 3 : 1
        position += width
        if isLong, peek == "\n" { position += 1 }
        var text = String.UnicodeScalarView()
        while let next = peek {
            if next == mark,
                !isLong || scalars[position...].prefix(3).allSatisfy({ $0 == mark }) && position + 2 < scalars.count
            {
                position += width
                return String(text)
            }
            if isLineEnd(next), !isLong { return nil }
            position += 1
            if next == "\\", mark == "\"" {
                guard let escaped = escaped() else { return nil }
                text.append(contentsOf: escaped)
            } else {
                text.append(next)
            }
        }
        return nil
    }

    private mutating func escaped() -> [Unicode.Scalar]? {
        guard let next = peek else { return nil }
        position += 1
        switch next {
        case "n": return ["\n"]
        case "t": return ["\t"]
        case "r": return ["\r"]
        case "b": return ["\u{8}"]
        case "f": return ["\u{C}"]
        case "\"", "\\": return [next]
        case "u", "U":
            let digits = scalars[position...].prefix(next == "u" ? 4 : 8)
            position += digits.count
            return UInt32(String(String.UnicodeScalarView(digits)), radix: 16).flatMap(Unicode.Scalar.init).map { [$0] }
        case "\n", " ":
            skipBlanks(andLines: true)
            return []
        default: return nil
        }
    }
}

extension String {
    /// Without such characters at both ends.
    fileprivate func trimmed(_ characters: String) -> String {
        let set = Array(characters.unicodeScalars)
        var rest = unicodeScalars[...]
        while let first = rest.first, set.contains(first) { rest.removeFirst() }
        while let last = rest.last, set.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
