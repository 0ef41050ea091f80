import Crypto
import Prose

/// A SHA-256 value that says what it is the hash of, so that a text's hash cannot stand where a revision's ID belongs.
public struct Digest<Subject>: Hashable, Comparable, Sendable, CustomStringConvertible {
    // Four big-endian words: the order of the words is the order of the bytes, and a digest needs no allocation.
    private let words: SIMD4<UInt64>

    /// The digest whose 32 bytes are given; `nil` for any other length.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        // At once where the bytes lie one after another, as they nearly always do.
        let adjacent = bytes.withContiguousStorageIfAvailable { Self.words(UnsafeRawBufferPointer($0)) }
        words = adjacent ?? Array(bytes).withUnsafeBytes { Self.words($0) }
    }

    private static func words(_ bytes: UnsafeRawBufferPointer) -> SIMD4<UInt64> {
        var words = SIMD4<UInt64>()
        for index in 0..<4 {
            words[index] = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        return words
    }

    /// The digest written as 64 lower-case hexadecimal digits; `nil` for anything else.
    public init?(hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// SHA-256 of the bytes.
    public init(hashing bytes: [UInt8]) {
        self.init(bytes: Array(SHA256.hash(data: bytes)))!
    }

    public var bytes: [UInt8] {
        let words = SIMD4(words[0].bigEndian, words[1].bigEndian, words[2].bigEndian, words[3].bigEndian)
        return withUnsafeBytes(of: words) { Array($0) }
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }
    public var description: String { hex }

    public static func < (left: Self, right: Self) -> Bool {
        for index in 0..<4 where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }
}

public enum EntrySubject {}
public enum ItemSubject {}
public enum RevisionSubject {}
public enum TextSubject {}
public enum ChainSubject {}

/// Names a log entry: the SHA-256 of its bytes. A revision's entry ID is the revision's ID.
public typealias EntryID = Digest<EntrySubject>
/// Names an item: the ID of its root revision.
public typealias ItemID = Digest<ItemSubject>
/// Names a revision: the SHA-256 of its canonical bytes.
public typealias RevisionID = Digest<RevisionSubject>
/// Names a text: the SHA-256 of its bytes.
public typealias TextHash = Digest<TextSubject>
/// The hash chain of a log up to one entry: SHA-256(previous chain ‖ entry ID); 32 zero bytes before the first entry.
public typealias Chain = Digest<ChainSubject>

extension Digest {
    /// The same hash under another role; used only where the data model says that two IDs are one hash.
    func cast<Other>(to: Other.Type = Other.self) -> Digest<Other> { Digest<Other>(words: words) }

    fileprivate init(words: SIMD4<UInt64>) { self.words = words }
}

extension RevisionID {
    public var entry: EntryID { cast() }
    /// The item that this revision founds, if it is a root.
    public var asRoot: ItemID { cast() }
}

extension EntryID {
    public var revision: RevisionID { cast() }
}

extension ItemID {
    public var root: RevisionID { cast() }
}

extension Chain {
    /// The chain before a log's first entry.
    public static let empty = Chain(bytes: [UInt8](repeating: 0, count: 32))!

    /// The chain after one more entry.
    public func appending(_ entry: EntryID) -> Chain {
        var hasher = SHA256()
        hasher.update(data: bytes)
        hasher.update(data: entry.bytes)
        return Chain(bytes: Array(hasher.finalize()))!
    }
}
