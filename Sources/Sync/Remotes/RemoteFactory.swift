import Archive
import Foundation

/// Makes remotes of their addresses: the one place that knows which kinds of remotes there are.
public struct RemoteFactory {
    /// What the remote is made of.
    public let address: RemoteAddress
    /// What the hub is to be shown; empty for a folder.
    private let token: String

    /// - Parameter token: what the file holds that the address names.
    public init(_ address: RemoteAddress, token: String) {
        self.address = address
        self.token = token
    }

    /// The folder that a file URL names; `nil` if the URL is a hub's.
    public static func folder(_ url: String) -> String? {
        url.hasPrefix("http://") || url.hasPrefix("https://") ? nil : URL(string: url)?.path
    }

    /// - Parameters:
    ///   - wasFilled: whether something was seen there before.
    ///   - pause: waits between two tries; `false` if there is to be no further one.
    ///   - onTransfer: told of what moves while a request is under way.
    /// - Throws: `TransportError` if libcurl cannot be loaded.
    public func remote(
        wasFilled: Bool = false, pause: @escaping @Sendable (_ seconds: Double) -> Bool = RetryingRemote.sleep,
        onTransfer: ((Traffic) -> Void)? = nil
    ) throws -> any Remote {
        if let folder = Self.folder(address.url) { return FolderRemote(path: folder, wasFilled: wasFilled) }
        return RetryingRemote(try hub(onTransfer), pause: pause)
    }

    /// Tells whether something new may have come to the remote.
    /// - Parameters:
    ///   - name: the name under which the archive knows the remote.
    ///   - wasFilled: whether something was seen there before.
    public func changes(_ archive: Archive, _ name: String, wasFilled: Bool, signal: WatchSignal) throws
        -> any RemoteChanges
    {
        if let folder = Self.folder(address.url) {
            return FolderChanges(FolderRemote(path: folder, wasFilled: wasFilled))
        }
        return HubChanges(archive, name, hub: try hub(nil), signal: signal, policy: .patient)
    }

    private func hub(_ onTransfer: ((Traffic) -> Void)?) throws -> HubClient {
        let client = try HTTPClient(proxy: address.proxy, authorityFile: address.authorityFile, onTransfer: onTransfer)
        return HubClient(url: address.url, token: token, client: client)
    }
}
