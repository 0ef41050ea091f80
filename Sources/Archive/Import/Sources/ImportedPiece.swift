/// One of the pieces that a file was cut into, as this archive's file remembers it to list it without reading anything else.
struct ImportedPiece {
    /// The row of the essay.
    let essay: Int64
    /// The row of the imported revision that the piece became.
    let revision: Int64
    /// Bytes of the decoded original.
    let range: Range<Int>
    /// `nil` if it is not known.
    let sections: Int?

    /// Five varints for each piece: the two rows, start, length, and the sections plus one, or 0.
    static func bytes(_ pieces: [ImportedPiece]) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            let numbers = [
                piece.essay, piece.revision, Int64(piece.range.lowerBound), Int64(piece.range.count),
                piece.sections.map { Int64($0) + 1 } ?? 0,
            ]
            for number in numbers { Varint.append(UInt64(bitPattern: number), to: &bytes) }
        }
        return bytes
    }

    /// Reads what `bytes` writes, as far as it is that.
    static func list(_ bytes: [UInt8]) -> [ImportedPiece] {
        var position = 0
        var pieces: [ImportedPiece] = []
        func next() -> Int64? { Varint.read(bytes, at: &position) }
        while let essay = next(), let revision = next(), let start = next(), let count = next(), let sections = next() {
            let (end, isOver) = Int(start).addingReportingOverflow(Int(count))
            guard !isOver else { break }
            pieces.append(
                ImportedPiece(
                    essay: essay, revision: revision, range: Int(start)..<end,
                    sections: sections == 0 ? nil : Int(sections - 1)))
        }
        return pieces
    }
}
