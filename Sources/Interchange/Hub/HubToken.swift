import Prose

/// What a token allows. Writing includes reading.
package enum HubTokenScope: String, Codable, CaseIterable, Sendable {
    case read, write
}

/// A new access token.
package struct NewHubToken: Codable, Sendable {
    /// The path of the archive's URL.
    package let path: String
    /// What the token allows.
    package let scope: HubTokenScope
    /// The access token, which is shown this once.
    package let token: String

    package init(path: String, scope: HubTokenScope, token: String) {
        self.path = path
        self.scope = scope
        self.token = token
    }
}

/// An access token, without the token itself.
package struct ListedHubToken: Codable, Sendable {
    /// The first 8 digits of the token's hash.
    package let id: String
    /// What it allows.
    package let scope: HubTokenScope
    /// Whose it is; `null` if that was not said.
    package let label: String?
    /// When it was made.
    package let created: Timestamp
    /// The day of its last use, such as `2026-11-26`; `null` if it was never used.
    package let used: String?

    package init(id: String, scope: HubTokenScope, label: String?, created: Timestamp, used: String?) {
        self.id = id
        self.scope = scope
        self.label = label
        self.created = created
        self.used = used
    }
}

/// An access token that was revoked.
package struct RevokedHubToken: Codable, Sendable {
    /// The first 8 digits of the token's hash.
    package let id: String

    package init(id: String) { self.id = id }
}
