import History
import Prose

/// A text made ready to be stored: hashed and compressed, which needs no database and can be done on any thread.
public struct PreparedText: Sendable {
    public let hash: TextHash
    public let size: Int
    private let content: Content

    private enum Content: Sendable {
        case plain([UInt8])
        /// A pack of this text alone.
        case pack(codec: TextPacks.Codec, data: [UInt8], TextDictionary?)
    }

    /// Hashes and compresses a whole text.
    /// - Parameter compression: `nil` if the text will most likely be stored as splices.
    init(_ bytes: [UInt8], _ compression: TextCompression?) {
        hash = TextHash(hashing: bytes)
        size = bytes.count
        guard let compression else {
            content = .plain(bytes)
            return
        }
        let pack = PackedText(size: size, back: 0, depth: 0, data: bytes).bytes
        let (codec, data) = TextPacks.frame(pack, compression.dictionary, compression.effort)
        content = .pack(codec: codec, data: data, compression.dictionary)
    }

    /// The text itself.
    func bytes() throws -> [UInt8] {
        switch content {
        case .plain(let bytes): return bytes
        case .pack(.raw, let data, _): return Array(data.suffix(size))
        case .pack(.zstd, let data, let dictionary):
            return Array(try Zstd.decompress(data, limit: size + 128) { _ in dictionary?.readingForm }.suffix(size))
        }
    }

    /// The pack; `nil` for a text that was not compressed.
    var frame: (codec: TextPacks.Codec, data: [UInt8])? {
        if case .pack(let codec, let data, _) = content { (codec, data) } else { nil }
    }
}
