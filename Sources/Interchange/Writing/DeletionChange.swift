import History

/// An essay or annotation that was to be deleted or brought back.
package struct DeletionChange: Codable, Sendable {
    /// The ID of the essay or annotation.
    package let id: ItemID
    /// The essay's title; `null` of an annotation.
    package let title: String?
    /// Whether it is deleted now.
    package let deleted: Bool
    /// `essay` or `annotation`.
    package let kind: ItemKind
    /// Whether it was otherwise before.
    package let changed: Bool

    /// - Parameter state: as it is now.
    package init(_ state: ItemState, changed: Bool) {
        id = state.item
        title = state.fields[string: FieldKey.title]
        deleted = state.isDeleted
        kind = state.kind
        self.changed = changed
    }
}

/// An annotation that was deleted.
package struct DeletedAnnotation: Codable, Sendable {
    /// The annotation's ID.
    package let id: ItemID
    /// Whether it is deleted: `true`.
    package let deleted: Bool

    package init(id: ItemID) {
        self.id = id
        deleted = true
    }
}
