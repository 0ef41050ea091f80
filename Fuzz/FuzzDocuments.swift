@testable import Archive

/// Files in other forms than plain text.
extension FuzzTargets {
    /// What a directory lists is read whole, or refused.
    static func zip(_ input: [UInt8]) {
        guard let archive = try? ZipArchive(input) else { return }
        for entry in archive.entries.prefix(16) { _ = try? ZipArchive.content(of: entry, in: input) }
    }

    /// The index's own file, which a disk can damage: read, or refused.
    static func postings(_ input: [UInt8]) {
        guard let count = input.first else { return }
        _ = try? PostingList(
            count: Int(count) * 16 + 1, bytes: input.dropFirst() + [UInt8](repeating: 0, count: PostingList.padding)
        ).all()
    }

    static func html(_ input: [UInt8]) { _ = try? HTMLDecoder.decode(input, as: nil) }

    static func rtf(_ input: [UInt8]) { _ = RTFCharacters(input, encoding: nil).bytes }

    /// Joined lines are still UTF-8.
    static func pdf(_ input: [UInt8]) {
        let text = PDFText.joined(utf8(input))
        require(String(validating: text, as: UTF8.self) != nil, "joined lines are not UTF-8")
    }
}
