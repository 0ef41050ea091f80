import Prose

/// A passage that differs between two texts.
package struct ChangedPassage: Codable, Sendable {
    /// Its place in the older text.
    package let base: TextPlace
    /// Its place in the newer text.
    package let new: TextPlace
    /// The whole passage, as it was.
    package let removed: String
    /// The whole passage, as it is.
    package let inserted: String
    /// The passage by whole words and numbers, and by characters of scripts without blanks between words.
    package let pieces: [ChangedPiece]

    /// - Parameters:
    ///   - base: the older text.
    ///   - new: the newer text.
    package init(_ hunk: DiffHunk, _ base: [UInt8], _ new: [UInt8]) {
        self.base = TextPlace(hunk.baseRange, in: base)
        self.new = TextPlace(hunk.newRange, in: new)
        removed = String(decoding: base[hunk.baseRange], as: UTF8.self)
        inserted = String(decoding: new[hunk.newRange], as: UTF8.self)
        pieces = hunk.pieces.map(ChangedPiece.init)
    }
}

/// A piece of a changed passage. It has one key.
package struct ChangedPiece: Codable, Sendable {
    /// What both texts have.
    @LeftOut package var same: String?
    /// What the older text alone has.
    @LeftOut package var removed: String?
    /// What the newer text alone has.
    @LeftOut package var inserted: String?

    init(_ piece: DiffHunk.Piece) {
        same = nil
        removed = nil
        inserted = nil
        switch piece {
        case .same(let bytes): same = String(decoding: bytes, as: UTF8.self)
        case .removed(let bytes): removed = String(decoding: bytes, as: UTF8.self)
        case .inserted(let bytes): inserted = String(decoding: bytes, as: UTF8.self)
        }
    }
}
