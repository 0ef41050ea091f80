import Archive
import Prose

/// How far a remote is known to be synchronized.
package struct RemoteStatus: Codable, Sendable {
    /// The remote's name.
    package let name: String
    /// Its URL; a folder's is a `file:` URL.
    package let url: String
    /// Whether it is used where no remote is named.
    package let `default`: Bool
    /// When it last answered; `null` if it never did.
    package let reached: Timestamp?
    /// How many log entries it is not known to hold.
    package let unsent: Int

    init(_ remote: RemoteRecord, unsent: Int) {
        name = remote.name
        url = remote.url
        `default` = remote.isPreferred
        reached = remote.reached
        self.unsent = unsent
    }
}
