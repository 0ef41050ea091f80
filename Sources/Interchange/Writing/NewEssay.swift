import History

/// An essay that was just written.
package struct NewEssay: Codable, Sendable {
    /// The essay's ID.
    package let id: ItemID
    /// Its title.
    package let title: String
    /// The number of its version: 1.
    package let version: Int

    package init(id: ItemID, title: String) {
        self.id = id
        self.title = title
        version = 1
    }
}
