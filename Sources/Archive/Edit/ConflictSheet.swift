import History
import Prose

/// A conflict as a file for an editor: the merged text, with all sides laid out at each passage that conflicts.
///
/// Its marks exist only in that file. They begin with more ⟪ than stand together anywhere in the text, so that nothing a
/// person wrote can be taken for one. A passage may begin in the middle of a line: a line break that only makes room for
/// a mark is itself marked, and goes with its mark, so that an untouched side comes back byte for byte.
public struct ConflictSheet: Sendable {
    /// A field in conflict, and what each side has, `nil` where it has none.
    public struct Field: Sendable {
        public let key: ExactString
        /// What people call it.
        public let name: String
        public let sides: [CanonicalValue?]

        public init(key: ExactString, name: String? = nil, sides: [CanonicalValue?]) {
            self.key = key
            self.name = name ?? key.string
            self.sides = sides
        }
    }

    /// What was made of it.
    public struct Answer: Sendable, Equatable {
        public var text: [UInt8]
        /// Only fields that the file still spoke of.
        public var fields: [ExactString: CanonicalValue?]
    }

    private let text: [UInt8]
    private let hunks: [MergeHunk]
    private let labels: [String]
    private let fields: [Field]
    private let mark: String

    /// - Parameters:
    ///   - text: the text in which the hunks stand, at their `resultRange`s.
    ///   - labels: who each side is, for the reader.
    public init(text: [UInt8], hunks: [MergeHunk], labels: [String], fields: [Field]) {
        self.text = text
        self.hunks = hunks
        self.labels = labels
        self.fields = fields
        let texts =
            [text] + hunks.flatMap(\.sides) + fields.flatMap { $0.sides.map { Array((Self.line($0) ?? "").utf8) } }
        mark = String(repeating: "⟪", count: max(3, texts.map(Self.longestRun).max()! + 1))
    }

    private static func longestRun(_ text: [UInt8]) -> Int {
        var (longest, run) = (0, 0)
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            run = scalar == "⟪" ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    private static func line(_ value: CanonicalValue?) -> String? {
        guard let value else { return "" }
        guard let string = value.string else { return String(decoding: value.bytes, as: UTF8.self) }
        return string.utf8.contains(UInt8(ascii: "\n")) ? nil : string
    }

    /// Ends a line that goes on in the text.
    private var join: String { mark + "↩\n" }
    private var note: String { mark + "? " }
    private func fieldMark(_ field: Field) -> String { "\(mark)=\(field.name)=" }

    /// Whether a text has lines of this sheet in it.
    public func isMarked(_ text: [UInt8]) -> Bool {
        let mark = Array(mark.utf8)
        return text.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: mark) }
    }

    /// The file's content.
    public var content: [UInt8] {
        var sheet = ""
        func explain(_ line: String) { sheet += note + line + "\n" }
        explain(
            "There \(hunks.count + fields.count == 1 ? "is 1 place" : "are \(hunks.count + fields.count) places") to settle. Everything else is merged already."
        )
        explain("At each place, keep the text that you want, from any side, or write your own.")
        explain("Delete the rest, and every line that begins with \(mark) and a space.")
        explain("Lines like this one, and each \(mark)↩ with its line break, are removed for you.")
        explain("Then save and close the editor. To leave the conflict as it is, close it without saving.")
        for field in fields where !field.sides.contains(where: { Self.line($0) == nil }) {
            explain("\(field.name): keep one of these lines, or edit one; with nothing after the last = there is none.")
            for value in field.sides { sheet += fieldMark(field) + Self.line(value)! + "\n" }
        }
        var result = Array(sheet.utf8)
        var position = 0
        for (index, hunk) in hunks.enumerated() {
            append(Array(text[position..<hunk.resultRange.lowerBound]), to: &result)
            appendMark("\(index + 1) of \(hunks.count): as it was", to: &result)
            append(hunk.base, to: &result)
            for (label, side) in zip(labels, hunk.sides) {
                appendMark("\(index + 1) of \(hunks.count): \(label)", to: &result)
                append(side, to: &result)
            }
            appendMark("\(index + 1) of \(hunks.count): end", to: &result)
            position = hunk.resultRange.upperBound
        }
        return result + text[position...]
    }

    private func append(_ text: [UInt8], to sheet: inout [UInt8]) {
        sheet += text
        if let last = text.last, last != UInt8(ascii: "\n") { sheet += join.utf8 }
    }

    private func appendMark(_ label: String, to sheet: inout [UInt8]) {
        sheet += "\(mark) \(label)\n".utf8
    }

    /// Reads the file as it was left.
    /// - Throws: `ArchiveError` if marks are left in it, or nothing else is.
    public func answer(_ edited: [UInt8]) throws -> Answer {
        var answer = Answer(text: [], fields: [:])
        for line in Self.lines(edited) {
            if line.starts(with: note.utf8) { continue }
            if line.starts(with: "\(mark) ".utf8) {
                throw ArchiveError(
                    .badInput, "a line that begins with \(mark) is left: \(Self.printable(line))", remedy: .removeMarks)
            }
            if let field = fields.first(where: { line.starts(with: fieldMark($0).utf8) }) {
                guard answer.fields[field.key] == nil else {
                    throw ArchiveError(.badInput, "more than one line is left for \(field.name)", remedy: .keepOneLine)
                }
                answer.fields[field.key] = .some(
                    value(Self.printable(line.dropFirst(fieldMark(field).utf8.count)), of: field))
            } else if line.reversed().starts(with: join.utf8.reversed()) {
                answer.text += line.dropLast(join.utf8.count)
            } else {
                answer.text += line
            }
        }
        guard !answer.text.isEmpty || text.isEmpty else { throw ArchiveError(.badInput, "nothing is left of the text") }
        return answer
    }

    /// One of the sides' values if the line is as it was laid out, so that a number stays one.
    private func value(_ line: String, of field: Field) -> CanonicalValue? {
        if line.isEmpty { return nil }
        return field.sides.first { $0 != nil && ExactString(Self.line($0)!) == ExactString(line) } ?? .text(line)
    }

    private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.count
            lines.append(text[start..<end])
            start = end
        }
        return lines
    }

    /// A line without its end.
    private static func printable(_ line: ArraySlice<UInt8>) -> String {
        var line = line
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }
}
