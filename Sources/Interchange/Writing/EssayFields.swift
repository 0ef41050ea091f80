import History

/// The fields of an essay.
package struct EssayFields: Codable, Sendable {
    /// The essay's ID.
    package let id: ItemID
    /// The fields as they are now. One that is not set is left out.
    package let fields: FieldMembers

    package init(id: ItemID, fields: Fields) {
        self.id = id
        self.fields = FieldMembers(fields)
    }
}

/// The tags of an essay.
package struct EssayTags: Codable, Sendable {
    /// The essay's ID.
    package let id: ItemID
    /// All tags that it has now.
    package let tags: [String]

    package init(id: ItemID, tags: [String]) {
        self.id = id
        self.tags = tags
    }
}
