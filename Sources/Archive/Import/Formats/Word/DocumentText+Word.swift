import History
import Prose

extension DocumentText {
    /// The text of a Word document with its comments, and the text before its changes if both are wanted.
    static func word(_ data: [UInt8], _ options: ImportOptions) throws -> DocumentText {
        let word = try WordDocument(data, options.tracked == .reject ? .reject : .accept)
        var document = try text(of: word, options)
        document.losses += word.losses.warnings
        guard options.tracked == .versions, word.changes.isAny else { return document }
        document.former = [try text(of: WordDocument(data, .reject), options)]
        document.changes = DocumentChanges(word.changes)
        return document
    }

    /// The text of a document in Word's older format or WPS's, which LibreOffice makes a Word document of.
    static func olderWord(_ data: [UInt8], _ options: ImportOptions) throws -> DocumentText {
        let (document, version) = try options.converters.wordDocument(of: data, until: options.isStopped)
        var text = try word(document, options)
        text.converter = [version, text.converter].compactMap { $0 }.joined(separator: ", ")
        return text
    }

    private static func text(of word: WordDocument, _ options: ImportOptions) throws -> DocumentText {
        let (markdown, version) = try options.converters.text(
            of: word.bytes, format: .docx, by: .pandoc, until: options.isStopped)
        if let place = markdown.firstIndex(of: 0) { throw TextDecodingError.binary(at: place) }
        let text = WordText(PandocMarkdown.plain(unquoted(markdown)))
        var document = try DocumentText(converted: text.bytes, .docx, nil, version)
        document.add(word.comments, text.passages)
        return document
    }

    private mutating func add(_ all: WordComments, _ passages: [Int: Range<Int>]) {
        var lost = 0
        for (number, comment) in all.all.enumerated() {
            let passage = passages[number] ?? comment.parent.map { comments[$0].passage }
            lost += passage == nil ? 1 : 0
            comments.append(
                DocumentComment(
                    author: comment.author, written: comment.written, text: comment.text, parent: comment.parent,
                    isDone: comment.isDone, passage: passage ?? firstLine))
        }
        if lost > 0 {
            losses.append(
                "\(counted(lost, "comment")) on what is not in the text \(lost == 1 ? "is" : "are") on its first line")
        }
    }

    /// The first line that is not blank, after the front matter.
    private var firstLine: Range<Int> {
        let start = metadata?.range.upperBound ?? 0
        let rest = bytes.withUnsafeBufferPointer { Lines.trim(start..<bytes.count, in: $0) }
        let end = bytes[rest].firstIndex(of: UInt8(ascii: "\n")) ?? rest.upperBound
        return bytes.withUnsafeBufferPointer { Lines.trim(rest.lowerBound..<end, in: $0) }
    }
}

extension DocumentChanges {
    fileprivate init(_ changes: WordChanges) {
        let isHan = changes.authors.contains { $0.unicodeScalars.contains { $0.properties.isIdeographic } }
        let names = changes.authors.joined(separator: isHan ? "、" : ", ")
        self.init(author: names.isEmpty ? nil : ExactString(names), written: changes.last)
    }
}
