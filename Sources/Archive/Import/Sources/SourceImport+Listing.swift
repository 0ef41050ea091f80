import History
import Prose

/// What is told about the pieces of a source.
extension SourceImport {
    /// Says of a lone new essay which other it is much like.
    func hinted(_ items: [ImportedItem]) throws -> [ImportedItem] {
        guard items.count == 1, items[0].status == .new else { return items }
        var item = items[0]
        item.similar = try round.gone.mostSimilar(to: source.pieces[0].text.bytes(), reader: writer.unrefreshedReader)
        return [item]
    }

    /// What an older form of the file held and is not in it any more.
    func vanished(_ older: SourceRecord?, but cuts: [SourceRecord.Cut]) throws -> [ImportedItem] {
        var held = Set(cuts.map(\.essay))
        // Nothing is gone from a file that is only cut in another way.
        let isSame = older?.original == source.original.hash
        return try (older?.cuts ?? []).filter { try held.insert($0.essay).inserted && !writer.isDeleted($0.essay) }.map
        { cut in
            try listed(
                cut, .vanished,
                reason: isSame
                    ? "the file is cut in another way now; the essay is kept"
                    : "no longer in the file; the essay is kept")
        }
    }

    /// A piece that the archive holds already.
    func listed(
        _ cut: SourceRecord.Cut, _ status: ImportedItem.Status, reason: String?, piece: PreparedSource.Piece? = nil
    ) throws -> ImportedItem {
        try ImportedItem(cut, status, source: source.input.source, reason: reason, piece: piece, reader: writer.reader)
    }
}
