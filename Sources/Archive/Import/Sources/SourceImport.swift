import History
import Prose

/// Enters one prepared original into the archive.
struct SourceImport {
    let source: PreparedSource
    let options: ImportOptions
    let round: ImportRound
    let writer: ArchiveWriter

    /// - Parameter round: which files of this import are others than their paths say.
    init(_ source: PreparedSource, options: ImportOptions, in round: ImportRound, writer: ArchiveWriter) {
        self.source = source
        self.options = options
        self.round = round
        self.writer = writer
    }

    /// - Throws: `UnreadableSource`, before anything is changed, if the original cannot be cut as its older form was.
    func run() throws -> ImportedSource {
        var result = try enter()
        result.warnings = source.warnings
        return result
    }

    private func enter() throws -> ImportedSource {
        let previous = options.asNew ? nil : try PreviousSource.find(for: source, in: round, writer: writer)
        let source = try recut(asIn: previous?.record)
        if let previous, isEqual(source, previous.record) { return try keep(source, previous) }
        let replaced = previous.flatMap { $0.isReplaced ? $0.record : nil }
        let entered = try enter(source, after: replaced)
        let annotations = try enterComments(on: entered)
        if let replaced, entered.count == 1, entered[0].isForm {
            try remember(
                replaced.id, form: entered[0].revision, split: replaced.split, [entered[0].cut(of: source.pieces[0])])
            return ImportedSource(items: [entered[0].item], isNew: true, annotations: annotations)
        }
        let cuts = zip(entered, source.pieces).map { $0.cut(of: $1) }
        let split = options.split ?? previous?.record.split
        let id = try appendSource(source, cuts: cuts, replacing: replaced, split: split)
        try remember(id, split: split, cuts)
        return ImportedSource(
            items: try hinted(entered.map(\.item)) + vanished(replaced, but: cuts), isNew: true,
            annotations: annotations)
    }

    // MARK: The same again

    private func isEqual(_ source: PreparedSource, _ record: SourceRecord) -> Bool {
        source.original.hash == record.original && source.mediaType == record.mediaType
            && (options.split == nil || options.split == record.split ?? .auto)
            && (options.encoding == nil || record.encoding == nil || source.encoding?.rawValue == record.encoding)
    }

    /// An original that is held already makes no revision of an essay; under another name it is a source of its own.
    private func keep(_ source: PreparedSource, _ previous: PreviousSource) throws -> ImportedSource {
        let record = previous.record
        // Held already; what is damaged of it is repaired.
        for text in [source.original] + source.pieces.map(\.text) { _ = try writer.insert(text) }
        let touched = try Set(record.cuts.map(\.essay)).filter(bringUpToDate)
        let isNamedAnew = source.input.name != record.name
        if isNamedAnew {
            let replaced = previous.isReplaced ? record : previous.displaced
            let id = try appendSource(source, cuts: record.cuts, replacing: replaced, split: record.split)
            try remember(id, split: record.split, record.cuts)
        } else {
            try remember(record.id, form: record.form, split: record.split, record.cuts)
        }
        for path in previous.isReplaced ? previous.gone : [] { try writer.forget(path, source: record.id) }
        let reasons = Dictionary(source.pieces.map { ($0.range, $0) }) { first, _ in first }
        let items = try record.cuts.map { cut in
            try listed(
                cut, writer.isDeleted(cut.essay) ? .deleted : touched.contains(cut.essay) ? .updated : .unchanged,
                reason: nil, piece: reasons[cut.range])
        }
        return ImportedSource(items: try items + vanished(previous.displaced, but: record.cuts), isNew: isNamedAnew)
    }

    /// The choice how to cut sticks to a source.
    private func recut(asIn previous: SourceRecord?) throws -> PreparedSource {
        guard options.split == nil, let split = previous?.split, split != .auto else { return source }
        do {
            return try PreparedSource(source.input, split: split, options: options, source.compression)
        } catch {
            throw UnreadableSource(error)
        }
    }

    // MARK: Essays

    private struct Entered {
        var item: ImportedItem
        let revision: RevisionID
        /// Whether the revision says all about the original's new form.
        var isForm = false

        func cut(of piece: PreparedSource.Piece) -> SourceRecord.Cut {
            SourceRecord.Cut(essay: item.id, revision: revision, range: piece.range)
        }
    }

    private func enterComments(on entered: [Entered]) throws -> Int {
        try zip(entered, source.pieces).reduce(0) { count, entry in
            let (essay, piece) = entry
            guard !piece.comments.isEmpty, essay.item.status != .deleted else { return count }
            return try count + CommentImport(piece, essay.item.id, essay.revision, writer).run()
        }
    }

    private func enter(_ source: PreparedSource, after previous: SourceRecord?) throws -> [Entered] {
        guard let previous else { return try source.pieces.map(enterWithFormer) }
        let follows = try isForm(source, of: previous)
        return try zip(source.pieces, matches(source.pieces, previous)).map { piece, match in
            guard let match else { return try enterWithFormer(piece) }
            if let former = piece.former.first, try !isKnown(former, of: match.essay) {
                return try enter(piece, after: enter(former, after: match, of: nil), former)
            }
            return try enter(piece, after: match, of: follows && match.essay == previous.followed ? previous.id : nil)
        }
    }

    /// Whether an original differs from what its source says in the text of its one essay only.
    private func isForm(_ source: PreparedSource, of previous: SourceRecord) throws -> Bool {
        guard source.isOneText, previous.followed != nil, previous.name == source.input.name,
            previous.mediaType == source.mediaType,
            previous.encoding == source.encoding?.rawValue, previous.converter == nil,
            options.split == nil || options.split == previous.split ?? .auto
        else { return false }
        return try previous.form != nil || writer.revision(previous.cuts[0].revision)?.text == previous.original
    }

    /// The essays that pieces are newer forms of: those that the last form of the source was cut into, and for pieces that are
    /// none of these, those that vanished from it earlier.
    private func matches(_ pieces: [PreparedSource.Piece], _ previous: SourceRecord) throws -> [SourceRecord.Cut?] {
        var result = try match(pieces, previous.cuts)
        var seen = Set(previous.cuts.map(\.essay))
        var older = previous
        // So many forms back; a file that is saved every minute has many.
        for _ in 0..<64 where result.contains(where: { $0 == nil }) {
            guard let id = older.replaces, let record = try? writer.unrefreshedReader.source(id) else { break }
            older = record
            let vanished = record.cuts.filter { seen.insert($0.essay).inserted }
            guard !vanished.isEmpty else { continue }
            let open = pieces.indices.filter { result[$0] == nil }
            for (piece, match) in zip(open, try match(open.map { pieces[$0] }, vanished)) { result[piece] = match }
        }
        return result
    }

    private func match(_ pieces: [PreparedSource.Piece], _ cuts: [SourceRecord.Cut]) throws -> [SourceRecord.Cut?] {
        var matching = try Matching(pieces, cuts, revision: writer.revision, text: writer.text)
        return try matching.matches()
    }

    // MARK: Changes that a document keeps track of

    /// Enters a piece that no essay is; before it what it was without the document's changes, so that these are a version.
    private func enterWithFormer(_ piece: PreparedSource.Piece) throws -> Entered {
        guard let former = piece.former.first else { return try enterNew(piece) }
        return try enter(piece, after: enterNew(former), former)
    }

    private func enter(
        _ piece: PreparedSource.Piece, after entered: Entered, _ former: PreparedSource.Piece
    ) throws -> Entered {
        guard entered.item.status != .deleted else { return entered }
        var result = try enter(piece, after: entered.cut(of: former), of: nil, by: source.changes)
        if entered.item.status == .new { result.item.status = .new }
        return result
    }

    /// Whether an essay had the text of a piece in any version.
    private func isKnown(_ piece: PreparedSource.Piece, of essay: ItemID) throws -> Bool {
        guard try writer.holds(piece.text.hash) else { return false }
        return try writer.reader.history(essay).nodes.values.contains { $0.revision.text == piece.text.hash }
    }

    // MARK: Pieces

    /// - Parameters:
    ///   - form: the source that the piece is a newer form of, if it is all of it.
    ///   - changes: that made the piece, if the document says so.
    private func enter(
        _ piece: PreparedSource.Piece, after match: SourceRecord.Cut, of form: ItemID?,
        by changes: DocumentChanges? = nil
    ) throws -> Entered {
        var isBack = false
        if try writer.isDeleted(match.essay) {
            guard options.undelete else {
                return Entered(item: try item(match.essay, piece, .deleted, version: nil), revision: match.revision)
            }
            try writer.undelete(match.essay, author: options.author)
            isBack = true
        }
        let last = try writer.revision(match.revision)
        let fields =
            try last.map { try piece.fields(keepingWhatWasGivenTo: $0, text: writer.text(of: $0)) } ?? piece.fields
        if let last, last.text == piece.text.hash, last.fields == fields {
            return Entered(
                item: try item(match.essay, piece, isBack ? .updated : .unchanged, version: match.revision),
                revision: match.revision)
        }
        var revision = Revision(
            kind: .essay, item: match.essay, parents: [match.revision], author: changes?.author,
            written: changes?.written, fields: fields, text: piece.text.hash, source: form)
        if form != nil, try !writer.holds(revision.id),
            let same = try writer.head(of: match.essay, where: { isSame($0, revision) })
        {
            // Another source of the essay has come to this before.
            return Entered(item: try item(match.essay, piece, .updated, version: same), revision: same)
        }
        revision.text = try writer.insert(piece.text, base: last?.text)
        let id = try writer.append(revision)
        return Entered(item: try item(match.essay, piece, .updated, version: id), revision: id, isForm: form != nil)
    }

    /// Whether two revisions differ in the source that they name.
    private func isSame(_ left: Revision, _ right: Revision) -> Bool {
        var left = left
        left.source = right.source
        return left == right
    }

    private func enterNew(_ piece: PreparedSource.Piece) throws -> Entered {
        var root = Revision(kind: .essay, fields: piece.fields, text: piece.text.hash)
        if options.asNew {
            root.nonce = writer.environment.newNonce()
        } else if let (essay, revision) = try held(piece, root) {
            let isTouched = try bringUpToDate(essay)
            let status: ImportedItem.Status = try writer.isDeleted(essay) ? .deleted : isTouched ? .updated : .unchanged
            return Entered(item: try item(essay, piece, status, version: revision), revision: revision)
        }
        _ = try writer.insert(piece.text)
        let id = try writer.append(root, characters: piece.characters)
        let item = ImportedItem(
            id: id.asRoot, title: piece.title, status: .new, source: source.input.source, version: 1,
            sections: piece.sections,
            range: piece.range, reason: piece.reason, confidence: piece.confidence)
        return Entered(item: item, revision: id)
    }

    /// The essay that a piece is, out of another source: by its root, or by the title and text that an essay has now.
    private func held(_ piece: PreparedSource.Piece, _ root: Revision) throws -> (ItemID, RevisionID)? {
        let id = root.id
        if try writer.contains(id.asRoot) { return (id.asRoot, id) }
        // Only where the text is there at all are derived rows needed, which may have to be computed first.
        guard try writer.holds(piece.text.hash) else { return nil }
        return try writer.reader.essay(title: piece.title, text: piece.text.hash)
    }

    /// Brings back an essay whose text stays as it is, and tags it, where that is asked for.
    /// - Returns: whether that changed anything.
    private func bringUpToDate(_ essay: ItemID) throws -> Bool {
        let isDeleted = try writer.isDeleted(essay)
        if isDeleted {
            guard options.undelete else { return false }
            try writer.undelete(essay, author: options.author)
        }
        guard !options.tags.isEmpty else { return isDeleted }
        let held = try Set(writer.reader.state(essay).fields.tags)
        let missing = options.tags.filter { !held.contains($0) }
        if !missing.isEmpty { _ = try writer.revise(essay, author: options.author) { $0.fields.tags += missing } }
        return isDeleted || !missing.isEmpty
    }

    private func item(
        _ essay: ItemID, _ piece: PreparedSource.Piece, _ status: ImportedItem.Status, version: RevisionID?
    ) throws -> ImportedItem {
        let number =
            try version.flatMap { try writer.version(of: $0, in: essay) } ?? writer.reader.history(essay).order.count
        return ImportedItem(
            id: essay, title: piece.title, status: status, source: source.input.source, version: number,
            sections: piece.sections,
            range: piece.range, reason: piece.reason, confidence: piece.confidence)
    }
}
