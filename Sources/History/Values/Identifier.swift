import Prose

/// 128 random bits that name an archive or a replica of it.
public struct Identifier<Subject>: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    public init?(hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// A new identifier from the given source of randomness (the system's, outside tests).
    public static func random(using generator: inout some RandomNumberGenerator) -> Self {
        Self(high: generator.next(), low: generator.next())
    }

    /// A new identifier from the system's source of randomness.
    public static func random() -> Self {
        // No generator of our own: it would be a variable without a size, and ThreadSanitizer takes two of these for one.
        Self(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> (56 - 8 * UInt64($0 & 7))) }
    }

    /// One of the 128 bits; number 0 is the highest of the first byte.
    package func bit(_ number: Int) -> Bool {
        (number < 64 ? high >> (63 - UInt64(number)) : low >> (127 - UInt64(number))) & 1 == 1
    }

    /// 32 lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }
    public var description: String { hex }

    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

public enum ArchiveSubject {}
public enum ReplicaSubject {}

/// Names one logical collection; the same on all its replicas.
public typealias ArchiveID = Identifier<ArchiveSubject>
/// Names one incarnation of one database file: minted at init, clone and restore, and when a file turns out to be a copy.
public typealias ReplicaID = Identifier<ReplicaSubject>
