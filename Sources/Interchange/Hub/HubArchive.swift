import History

/// A new place for an archive on a hub.
package struct NewHubArchive: Codable, Sendable {
    /// The path of the archive's URL.
    package let path: String
    /// The access token, which is shown this once.
    package let token: String

    package init(path: String, token: String) {
        self.path = path
        self.token = token
    }
}

/// An archive on a hub.
package struct HubArchive: Codable, Sendable {
    /// The archive's name.
    package let name: String
    /// The archive's ID; `null` until something came.
    package let archive: ArchiveID?
    /// How much space it takes, in bytes.
    package let bytes: Int
    /// How much it may take, in bytes; `null` for no limit.
    package let quota: Int?

    package init(name: String, archive: ArchiveID?, bytes: Int, quota: Int?) {
        self.name = name
        self.archive = archive
        self.bytes = bytes
        self.quota = quota
    }
}

/// How much space an archive may take on a hub.
package struct HubArchiveQuota: Codable, Sendable {
    /// The archive's name.
    package let name: String
    /// How much it may take, in bytes; `null` for no limit.
    package let quota: Int?

    package init(name: String, quota: Int?) {
        self.name = name
        self.quota = quota
    }
}
