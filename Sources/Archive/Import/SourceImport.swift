/// Enters one prepared original into the archive.
struct SourceImport {
    private let source: PreparedSource
    private let options: ImportOptions
    private let writer: ArchiveWriter

    init(_ source: PreparedSource, options: ImportOptions, writer: ArchiveWriter) {
        self.source = source
        self.options = options
        self.writer = writer
    }

    func run() throws -> [ImportedItem] {
        let previous = options.asNew ? nil : try previousSource()
        if let previous, previous.original == source.original.hash, options.split == nil || options.split == previous.split ?? .auto {
            try remember(previous.id)
            if options.undelete { try undelete(previous.cuts.map(\.essay)) }
            return try Self.listed(previous, source: source.input.source, reader: writer.reader)
        }
        let source = try recut(asIn: previous)
        let matches = try Matching.match(source.pieces, previous?.cuts ?? []) { cut in
            try writer.revision(cut.revision).map { ($0, try writer.text(of: $0)) }
        }
        var items: [ImportedItem] = []
        var cuts: [SourceRecord.Cut] = []
        for (piece, match) in zip(source.pieces, matches) {
            let (item, revision) = try enter(piece, after: match)
            items.append(item)
            cuts.append(SourceRecord.Cut(essay: item.id, revision: revision, range: piece.range))
        }
        // A file may hold one essay twice over.
        try remember(appendSource(source, cuts: cuts, replacing: previous))
        return items
    }

    /// The source that this one is a newer form of, or equal to: the same path's, else one of the same bytes, else one of
    /// the same name that no other has taken the place of.
    private func previousSource() throws -> SourceRecord? {
        if let path = source.input.absolutePath, let known = try writer.importedSource(path) { return known }
        let equal = try writer.sources(original: source.original.hash).filter { try !writer.isReplaced($0) }
        if let first = equal.first { return first }
        guard case .file(let file) = source.input else { return nil }
        let named = try writer.sources(name: file.name).filter { try !writer.isReplaced($0) }
        return try named.first { candidate in try isRelated(candidate) }
    }

    /// Whether a source of the same name holds an essay of the same title or of similar text: other folders have a
    /// `notes.txt` as well.
    private func isRelated(_ candidate: SourceRecord) throws -> Bool {
        let matches = try Matching.match(source.pieces, candidate.cuts, acceptsSingle: false) { cut in
            try writer.revision(cut.revision).map { ($0, try writer.text(of: $0)) }
        }
        return matches.contains { $0 != nil }
    }

    /// The choice how to cut sticks to a source.
    private func recut(asIn previous: SourceRecord?) throws -> PreparedSource {
        guard options.split == nil, let split = previous?.split, split != .auto else { return source }
        return try PreparedSource(source.input, split: split, encoding: options.encoding, tags: options.tags, dictionary: source.dictionary)
    }

    // MARK: Essays

    private func enter(_ piece: PreparedSource.Piece, after match: SourceRecord.Cut?) throws -> (ImportedItem, RevisionID) {
        guard let match else { return try enterNew(piece) }
        if try writer.isDeleted(match.essay) {
            guard options.undelete else { return (try item(match.essay, piece, .deleted, version: nil), match.revision) }
            try undelete([match.essay])
        }
        let last = try writer.revision(match.revision)
        if let last, last.text == piece.text.hash, last.fields == piece.fields {
            return (try item(match.essay, piece, .unchanged, version: match.revision), match.revision)
        }
        let text = try writer.insert(piece.text, base: last?.text)
        let revision = try writer.append(
            Revision(kind: .essay, item: match.essay, parents: [match.revision], fields: piece.fields, text: text))
        return (try item(match.essay, piece, .updated, version: revision), revision)
    }

    private func enterNew(_ piece: PreparedSource.Piece) throws -> (ImportedItem, RevisionID) {
        var root = Revision(kind: .essay, fields: piece.fields, text: piece.text.hash)
        if options.asNew { root.nonce = writer.environment.newNonce() }
        let id = root.id
        let essay = id.asRoot
        if try writer.contains(essay) {
            let isDeleted = try writer.isDeleted(essay)
            if isDeleted, options.undelete { try undelete([essay]) }
            return (try item(essay, piece, isDeleted && !options.undelete ? .deleted : .unchanged, version: id), id)
        }
        _ = try writer.insert(piece.text)
        try writer.append(root, characters: piece.characters)
        let entered = ImportedItem(
            id: essay, title: piece.fields[string: FieldKey.title] ?? "", status: .new, source: source.input.source, version: 1,
            sections: piece.sections, range: piece.range, reason: piece.reason)
        return (entered, id)
    }

    private func undelete(_ essays: [ItemID]) throws {
        for essay in essays where try writer.isDeleted(essay) { try writer.undelete(essay, author: options.author) }
    }

    private func item(
        _ essay: ItemID, _ piece: PreparedSource.Piece, _ status: ImportedItem.Status, version: RevisionID?
    ) throws -> ImportedItem {
        let history = try writer.reader.history(essay)
        return ImportedItem(
            id: essay, title: piece.fields[string: FieldKey.title] ?? "", status: status, source: source.input.source,
            version: version.flatMap { history.version(of: $0) } ?? history.nodes.count, sections: piece.sections,
            range: piece.range, reason: piece.reason)
    }

    // MARK: The source itself

    private func appendSource(
        _ source: PreparedSource, cuts: [SourceRecord.Cut], replacing previous: SourceRecord?
    ) throws -> ItemID {
        var fields: Fields = [
            FieldKey.mediaType: .text(source.mediaType), FieldKey.encoding: .text(source.encoding.rawValue),
            FieldKey.cuts: SourceRecord.value(cuts),
        ]
        fields[string: FieldKey.name] = source.input.name
        fields[string: FieldKey.replaces] = previous?.id.hex
        if let split = options.split ?? previous?.split, split != .auto { fields[string: FieldKey.split] = split.description }
        let text = try writer.insert(source.original, base: previous?.original)
        return try writer.append(Revision(kind: .source, fields: fields, text: text), characters: 0).asRoot
    }

    private func remember(_ id: ItemID) throws {
        guard case .file(let file) = source.input else { return }
        try writer.remember(file.absolutePath, file.stamp, source: id)
    }

    /// The pieces of a source that is in the archive already.
    static func listed(_ record: SourceRecord, source: String, reader: ArchiveReader) throws -> [ImportedItem] {
        try record.cuts.map { cut in
            let state = try reader.state(cut.essay)
            let revision = try reader.revision(cut.revision)
            let isMarkdown = revision?.fields[string: FieldKey.mediaType] == "text/markdown"
            let text = try revision.map { try reader.text(of: $0) } ?? []
            return ImportedItem(
                id: cut.essay, title: revision?.fields[string: FieldKey.title] ?? "",
                status: state.isDeleted ? .deleted : .unchanged, source: source,
                version: state.history.version(of: cut.revision) ?? 1,
                sections: SectionParser.sections(in: text, isMarkdown: isMarkdown).count, range: cut.range, reason: "imported before")
        }
    }
}
