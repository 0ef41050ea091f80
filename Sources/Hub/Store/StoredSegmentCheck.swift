import Crypto
import Sync

/// Compares a segment with its name while it is read from the disk, piece by piece.
struct StoredSegmentCheck {
    private let name: SegmentName
    private var line: [UInt8]? = []
    private var hash = SHA256()
    private var length = 0

    init(_ name: SegmentName) { self.name = name }

    mutating func append(_ bytes: [UInt8]) {
        guard let begun = line else { return add(bytes[...]) }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            // What is longer is no header line, and is not kept.
            line = Array((begun + bytes).prefix(SegmentLimits.line + 1))
            return
        }
        if let header = try? SegmentHeader(line: begun + bytes[..<end]), header.name == name {
            length = header.length
        } else {
            length = .max
        }
        line = nil
        add(bytes[(end + 1)...])
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>) {
        length -= bytes.count
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// Whether all that was appended is the segment of that name.
    var isIntact: Bool {
        line == nil && length == 0 && PayloadHash(bytes: Array(hash.finalize())) == name.payloadHash
    }
}
