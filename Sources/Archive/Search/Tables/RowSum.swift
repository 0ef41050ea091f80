/// What the rows of a table come to: how many there are, and the sum of their checksums.
///
/// Where a page of the index is overwritten, by another page of it or whatever else, rows are missing, or others are there instead:
/// then neither is what it was. It is kept beside the rows, and grows and shrinks with them.
struct RowSum: Equatable {
    private(set) var count: Int64 = 0
    private(set) var sum: UInt64 = 0

    init() {}

    init(count: Int64, sum: UInt64) { (self.count, self.sum) = (count, sum) }

    mutating func add(_ checksum: UInt64) {
        count += 1
        sum &+= checksum
    }

    mutating func remove(_ checksum: UInt64) {
        count -= 1
        sum &-= checksum
    }

    /// Of a row that holds a document's number and nothing else.
    static func checksum(ofDocument id: Int64) -> UInt64 {
        withUnsafeBytes(of: id.littleEndian) { RowChecksum.of($0, at: UInt64(bitPattern: id)) }
    }
}
