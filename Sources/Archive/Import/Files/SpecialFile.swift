import Foundation

/// Something in a folder that is no file: to read it would be to wait for whoever writes to it, perhaps for ever.
public struct SpecialFile: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case pipe, socket, device

        init(_ info: stat) {
            self =
                switch info.st_mode & S_IFMT {
                case S_IFIFO: .pipe
                case S_IFSOCK: .socket
                default: .device
                }
        }
    }

    /// Its path, or that of the link that leads to it, as people are told of it.
    public let source: String
    public let kind: Kind
}
