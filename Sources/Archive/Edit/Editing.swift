import History
import Prose

/// Who makes a change, as the revision will say.
public struct Author: Sendable {
    /// The name; `nil` if they go by none.
    public let name: ExactString?

    public init(_ name: String?) { self.name = name.flatMap { $0.isEmpty ? nil : ExactString($0) } }
}

extension ArchiveWriter {
    /// Founds an essay that nobody else can have founded.
    public func create(_ fields: Fields, text: [UInt8], author: Author) throws -> RevisionID {
        try append(
            Revision(
                kind: .essay, author: author.name, written: now, nonce: environment.newNonce(), fields: fields,
                text: insert(text)))
    }

    /// What a person may change of an item.
    public struct Draft: Sendable {
        /// The title, the author, the tags and so on.
        public var fields: Fields
        /// A new text in UTF-8; `nil` to leave it as it is.
        public var text: [UInt8]?
        /// Whether the item is deleted.
        public var isTombstone: Bool
    }

    /// Writes a new revision of an item. A new text or field brings back what was deleted.
    ///
    /// It follows what its author was shown, whatever came in since: both are then heads, and merge.
    /// - Parameter heads: what its author was shown when they began, one revision or several whose merge they saw; the heads
    ///   shown now if `nil`.
    /// - Returns: the revision, or `nil` if the change changes nothing.
    /// - Throws: `ArchiveError` if one of the heads is no revision of the item, or several do not merge.
    @discardableResult
    public func revise(
        _ item: ItemID, heads: [RevisionID]? = nil, author: Author, _ change: (inout Draft) throws -> Void
    ) throws -> RevisionID? {
        let reader = try reader
        let now = try reader.state(item)
        let basis = try Self.basis(heads ?? now.shownHeads, of: now, reader: reader)
        let parents = basis.heads
        var draft = Draft(fields: basis.fields, text: nil, isTombstone: basis.isTombstone)
        try change(&draft)
        // As a change that is made elsewhere does.
        if basis.isTombstone, draft.text != nil || draft.fields != basis.fields { draft.isTombstone = false }
        var text = basis.text
        if let new = draft.text { text = try insert(new, base: basis.text ?? now.history[parents[0]]?.text) }
        if let merged = basis.mergedText, draft.text == nil {
            text = try insert(merged, base: now.history[parents[0]]?.text)
        }
        let isSettled = parents.count == 1
        if isSettled, draft.fields == basis.fields, text == basis.text, draft.isTombstone == basis.isTombstone {
            return nil
        }
        return try append(
            Revision(
                kind: now.kind, item: item, parents: parents, author: author.name, written: self.now,
                isTombstone: draft.isTombstone, fields: draft.fields, text: text))
    }

    /// What an author saw and made their change from.
    private struct Basis {
        let heads: [RevisionID]
        let fields: Fields
        let text: TextHash?
        /// The text, if it is a merge that no revision has.
        var mergedText: [UInt8]?
        let isTombstone: Bool
    }

    /// The state that an author saw who was shown `heads`.
    private static func basis(_ shown: [RevisionID], of state: ItemState, reader: ArchiveReader) throws -> Basis {
        let seen = try reader.state(state, at: shown)
        // A merge that was written of just these heads says nothing new, and stands for them.
        let heads = state.history.writtenMerge(of: seen.heads).map { [$0] } ?? seen.heads
        if heads.count == 1 {
            let revision = state.history[heads[0]]!
            return Basis(heads: heads, fields: revision.fields, text: revision.text, isTombstone: revision.isTombstone)
        }
        guard !seen.isConflict else {
            throw ArchiveError(
                .usage, "the bases are in conflict with each other, and nothing was changed", remedy: .nameOneBase)
        }
        let merged = seen.storedText == nil ? try reader.text(of: seen) : nil
        return Basis(
            heads: heads, fields: seen.fields, text: seen.storedText, mergedText: merged, isTombstone: seen.isDeleted)
    }

    /// Deletes an item; its history stays. In a conflict each head is deleted by itself, so that all can come back.
    /// What is deleted stays as it is.
    public func delete(_ item: ItemID, author: Author) throws {
        let state = try reader.state(item)
        guard !state.isDeleted else { return }
        for heads in state.isConflict ? state.heads.map({ [$0] }) : [state.heads] {
            try revise(item, heads: heads, author: author) { $0.isTombstone = true }
        }
    }

    /// Brings a deleted item back as it was, with its conflict if it had one. What is not deleted stays as it is.
    public func undelete(_ item: ItemID, author: Author) throws {
        let state = try reader.state(item)
        guard state.isDeleted else { return }
        for heads in state.sides.count > 1 ? state.heads.map({ [$0] }) : [state.heads] {
            try revise(item, heads: heads, author: author) { $0.isTombstone = false }
        }
    }

    /// Makes an older version the current one, by a new revision equal to it.
    /// - Parameter textOnly: whether the fields stay as they are.
    /// - Throws: `ArchiveError` if the item is in conflict: of two sides one that goes back has changed nothing, and the other
    ///   would be what is shown.
    @discardableResult
    public func revert(_ item: ItemID, to id: RevisionID, textOnly: Bool = false, author: Author) throws -> RevisionID?
    {
        guard let old = try reader.revision(id) else { throw ArchiveError(.notFound, "there is no revision \(id)") }
        let state = try reader.state(item)
        guard !state.isConflict else {
            throw ArchiveError(
                .usage, "'\(state.fields[string: FieldKey.title] ?? "")' is in conflict; nothing was changed",
                subject: item.hex, remedy: .settle(item: item.short, byVersion: id.short))
        }
        return try revise(item, author: author) { draft in
            if !textOnly { draft.fields = old.fields }
            draft.text = try reader.text(of: old)
            draft.isTombstone = false
        }
    }

    /// How a conflict is settled. Fields that are in conflict and not spoken of keep the first side's values.
    public enum Resolution: Sendable {
        /// What the side of this head has wherever the sides conflict; what does not conflict stays as all made it.
        case take(RevisionID)
        /// The text of this head as it is, and its values of the fields in conflict.
        case whole(RevisionID)
        /// A text that a person made from the sides, or the merged one if it does not conflict, and values for fields.
        case text([UInt8]?, fields: [ExactString: CanonicalValue?] = [:])
    }

    /// Settles an item's conflict by a revision that replaces all heads in conflict.
    /// - Parameter heads: `ItemState.heads` when its author was shown the conflict; those of now if `nil`. What came in since is
    ///   not settled with it, but merges with what comes of it.
    /// - Throws: `ArchiveError` if there is no conflict.
    @discardableResult
    public func resolve(
        _ item: ItemID, by resolution: Resolution, heads: [RevisionID]? = nil, author: Author
    ) throws -> RevisionID {
        let now = try reader.state(item)
        let state = try heads.map { try reader.state(now, at: $0) } ?? now
        guard let conflict = state.conflict, let shown = state.shown else {
            throw ArchiveError(
                .usage, "'\(state.fields[string: FieldKey.title] ?? "")' has no conflict",
                subject: item.hex, remedy: .listConflicts)
        }
        let (text, fields) = try Self.settled(conflict, by: resolution, of: state)
        var result = Revision(
            kind: state.kind, item: item, parents: state.resolvedHeads, author: author.name, written: self.now)
        result.fields = state.mergedFields
        for (key, value) in fields { result.fields[key] = value }
        switch text {
        case nil: result.text = nil
        case .stored(let hash)?: result.text = hash
        case .computed(let bytes)?: result.text = try insert(bytes, base: state.history[shown]?.text)
        }
        return try append(result)
    }

    private static func settled(
        _ conflict: MergeConflict, by resolution: Resolution, of state: ItemState
    ) throws -> (text: RevisionMerge.Text?, fields: [ExactString: CanonicalValue?]) {
        let history = state.history
        func side(of head: RevisionID) throws -> Int {
            // Of heads that are alike one takes part for all.
            let isAlike = { (other: RevisionID) in
                history[other]!.fields == history[head]?.fields && history[other]!.text == history[head]?.text
            }
            guard
                let side = conflict.side(of: head)
                    ?? conflict.sides.firstIndex(where: { $0.revisions.count == 1 && isAlike($0.revisions[0]) })
            else {
                guard history[head]?.isTombstone != true else {
                    throw ArchiveError(
                        .usage, "\(head) is a deletion, which gives way to changes and has no side in the conflict",
                        remedy: .settleOrDelete)
                }
                guard state.waitingHeads.contains(head) else {
                    throw ArchiveError(.notFound, "\(head) is not a head in conflict", remedy: .listHeads)
                }
                throw ArchiveError(
                    .usage, "\(head) is not part of this conflict yet: it waits, and will be merged with the result",
                    remedy: .settleFirst)
            }
            return side
        }
        func values(_ side: Int) -> [ExactString: CanonicalValue?] {
            Dictionary(uniqueKeysWithValues: conflict.fields.map { ($0.key, $0.sides[side]) })
        }
        switch resolution {
        case .take(let head):
            let side = try side(of: head)
            return (conflict.text { $0.sides[side] }.map { .computed($0) }, values(side))
        case .whole(let head):
            return (history[head]?.text.map { .stored($0) }, values(try side(of: head)))
        case .text(let bytes, let fields):
            guard bytes != nil || conflict.hunks.isEmpty else { throw ArchiveError(.usage, "no text was given") }
            return ((bytes ?? conflict.text).map { .computed($0) }, fields)
        }
    }

    /// The revision that an annotation can point at: the shown one, or the clean merge, written for the purpose. The
    /// same heads give the same revision on every replica.
    public func citableRevision(of state: ItemState) throws -> RevisionID {
        if let shown = state.shown { return shown }
        let bytes = try reader.text(of: state)
        let text = try state.storedText ?? insert(bytes, base: state.history[state.sides[0]]?.text)
        return try append(
            Revision(
                kind: state.kind, item: state.item, parents: state.heads, fields: state.fields,
                text: text, merge: Int64(TextMerge.algorithm)))
    }
}
