import Archive
import Prose

/// A place that an archive synchronizes with.
package struct ListedRemote: Codable, Sendable {
    /// The remote's name.
    package let name: String
    /// Its URL; a folder's is a `file:` URL.
    package let url: String
    /// The file that holds the access token; `null` if there is none.
    package let tokenFile: String?
    /// The URL of the proxy; `""` for none; `null` if the environment decides.
    package let proxy: String?
    /// The file of the certificates that alone are trusted; `null` if those of the system are.
    package let caFile: String?
    /// Whether it is used where no remote is named.
    package let `default`: Bool
    /// When it last answered; `null` if it never did.
    package let reached: Timestamp?

    package init(_ remote: RemoteRecord) {
        name = remote.name
        url = remote.url
        tokenFile = remote.address.tokenFile
        proxy = remote.address.proxy
        caFile = remote.address.authorityFile
        `default` = remote.isPreferred
        reached = remote.reached
    }
}
