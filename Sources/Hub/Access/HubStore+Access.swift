import Prose
import Sync

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A token as the hub's owner sees it.
public struct TokenSummary: Sendable {
    /// Names the token; it cannot be got from this.
    public let id: String
    public let scope: TokenScope
    public let label: String?
    public let created: Timestamp
    /// The day that it was last used, `2026-11-23`; `nil` if it never was.
    public let used: String?
}

/// What a token allows, and which it is.
struct TokenGrant: Sendable {
    let scope: TokenScope
    let id: String
    let label: String?

    /// For the log: tells whose token it is, and nothing that lets anybody in.
    var name: String { label.map { "\(id) \($0)" } ?? id }
}

extension HubStore {
    /// Adds a token to an archive.
    /// - Returns: the token, shown this once.
    public func addToken(name: String, scope: TokenScope, label: String? = nil) throws(HubError) -> String {
        let (text, token) = HubToken.make(scope: scope, label: label)
        try changeTokens(name) { tokens throws(HubError) in tokens.append(token) }
        return text
    }

    /// The tokens of an archive, in the order they were made.
    public func tokens(name: String) throws(HubError) -> [TokenSummary] {
        try requireArchive(name)
        let used = access.used(folder(name))
        return try storedTokens(name).map {
            TokenSummary(id: $0.id, scope: $0.scope, label: $0.label, created: $0.created, used: used[$0.id])
        }
    }

    /// Takes a token away: the next request with it is refused, on a running hub too.
    /// - Parameter token: its ID, or its label if no other has it.
    /// - Returns: the ID.
    @discardableResult
    public func revokeToken(name: String, token: String) throws(HubError) -> String {
        var id = ""
        try changeTokens(name) { tokens throws(HubError) in
            let found = tokens.filter {
                Array($0.id.utf8) == Array(token.utf8) || $0.label.map { Array($0.utf8) } == Array(token.utf8)
            }
            guard found.count == 1 else {
                let problem =
                    found.isEmpty ? "no token of '\(name)' is called" : "\(found.count) tokens of '\(name)' are called"
                throw HubError(.noSuchToken, "\(problem) '\(token)'", remedy: .nameTokenByID(archive: name))
            }
            id = found[0].id
            tokens.removeAll { $0.hash == found[0].hash }
        }
        return id
    }

    /// What a token allows on an archive; `nil` if it is not one of the archive's, or there is no such archive. Which of the two, the
    /// time that this takes does not tell.
    ///
    /// A token added or taken away counts from the next call on.
    /// - Parameter onFailure: told if the day of its use cannot be written.
    func grant(of token: String, name: String, onFailure: (HubError) -> Void = { _ in }) throws(HubError) -> TokenGrant?
    {
        let hash = HubToken.hash(token)
        guard hasArchive(name) else {
            // As long as it takes to look at one that is there.
            _ = HubFiles.exists(folder(Self.isValid(name) ? name : "-") + "/tokens.json")
            _ = Self.nobody.matches(hash: hash)
            return nil
        }
        var grant: TokenGrant?
        for candidate in try storedTokens(name) where candidate.matches(hash: hash) {
            grant = TokenGrant(scope: candidate.scope, id: candidate.id, label: candidate.label)
        }
        if let grant { access.use(grant.id, folder: folder(name), onFailure: onFailure) }
        return grant
    }

    private static let nobody = HubToken(
        hash: [UInt8](repeating: 0, count: 32), scope: .read, created: Timestamp(milliseconds: 0), label: nil)

    private func storedTokens(_ name: String) throws(HubError) -> [HubToken] { try access.tokens(folder(name)) }

    private func changeTokens(_ name: String, _ change: (inout [HubToken]) throws(HubError) -> Void) throws(HubError) {
        try requireArchive(name)
        let lock = try lockSettings(name)
        var tokens = try storedTokens(name)
        try change(&tokens)
        try HubFiles.replace(
            folder(name) + "/tokens.json", with: TokenFile.encode(tokens), temporary: folder(name) + "/tokens.json.new")
        withExtendedLifetime(lock) {}
    }

    // MARK: Quota

    /// What an archive's segments may take, in bytes; `nil` if there is no limit.
    public func quota(name: String) throws(HubError) -> Int? {
        try requireArchive(name)
        return try access.settings(folder(name)).quota
    }

    /// Sets or, with `nil`, lifts what an archive's segments may take, in bytes. A running hub keeps to it at once; what is
    /// there stays there.
    public func setQuota(name: String, to quota: Int?) throws(HubError) {
        try requireArchive(name)
        let lock = try lockSettings(name)
        try HubSettings(quota: quota).write(folder: folder(name), temporary: folder(name) + "/settings.json.new")
        withExtendedLifetime(lock) {}
    }

    // Keeps two commands that change one file at once from losing what the other wrote.
    private func lockSettings(_ name: String) throws(HubError) -> HubFile {
        let lock = try HubFile(path: folder(name), flags: O_RDONLY | O_DIRECTORY)
        _ = try lock.lock(wait: true)
        return lock
    }
}
