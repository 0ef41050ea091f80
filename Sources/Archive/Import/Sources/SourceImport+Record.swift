import History
import Prose

extension SourceImport {
    /// Records the original and how it was cut.
    func appendSource(
        _ source: PreparedSource, cuts: [SourceRecord.Cut], replacing previous: SourceRecord?, split: SplitMode?
    ) throws -> ItemID {
        var fields: Fields = [FieldKey.mediaType: .text(source.mediaType), FieldKey.cuts: SourceRecord.value(cuts)]
        fields[string: FieldKey.name] = source.input.name
        fields[string: FieldKey.encoding] = source.encoding?.rawValue
        fields[string: FieldKey.converter] = source.converter
        fields[string: FieldKey.replaces] = previous?.id.hex
        if let split, split != .auto { fields[string: FieldKey.split] = split.description }
        // Splices are for texts; between other bytes they would only be tried in vain.
        let isText = source.encoding == .utf8 && previous?.encoding == source.encoding?.rawValue
        let text = try writer.insert(source.original, base: isText ? previous?.original : nil)
        return try writer.append(Revision(kind: .source, fields: fields, text: text), characters: 0).asRoot
    }

    /// Keeps in mind what the file held, so that it is not read again as long as it looks the same.
    func remember(_ id: ItemID, form: RevisionID? = nil, split: SplitMode?, _ cuts: [SourceRecord.Cut]) throws {
        guard case .file(let file) = source.input else { return }
        let sections = Dictionary(source.pieces.map { ($0.range, $0.sections) }) { first, _ in first }
        let pieces = try cuts.compactMap { cut -> ImportedPiece? in
            guard let essay = try writer.entries.row(of: cut.essay.root.entry),
                let revision = try writer.entries.row(of: cut.revision.entry)
            else { return nil }
            return ImportedPiece(essay: essay, revision: revision, range: cut.range, sections: sections[cut.range])
        }
        try writer.remember(file, source: id, form: form, split: split, encoding: source.encoding, pieces: pieces)
    }
}
