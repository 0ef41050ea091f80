import Prose

/// A segment as it is stored: its lists in rows of fixed size, and what is needed to find them.
struct PackedSegment {
    /// Places.
    let size: Int
    let documents: [IndexSegment.Document]
    let units: [UInt32]
    let wordList: WordList
    let writer: SegmentWriter

    var rows: [ArraySlice<UInt8>] { writer.rows }

    /// The segment, to be read from memory.
    var segment: IndexSegment { IndexSegment(size: size, unitCount: units.count, starts: writer.starts, source: self) }
}

extension PackedSegment: SegmentSource {
    func tables() -> IndexSegment.Tables { IndexSegment.Tables(documents: documents, units: units) }
    func words() -> WordList { wordList }
    var rowCount: Int { (writer.bytes.count + SegmentWriter.rowSize - 1) / SegmentWriter.rowSize }

    func withRow(_ row: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let start = row * SegmentWriter.rowSize
        guard start < writer.bytes.count else { return }
        writer.bytes[start..<min(start + SegmentWriter.rowSize, writer.bytes.count)].withUnsafeBytes(body)
    }
}

/// Writes lists, in the order of their tokens' keys, into one run of bytes: what a segment's rows hold.
///
///     run  = *entry
///     entry = difference to the key before : varint, places : varint, bytes : varint, packed places
///
/// The run is cut into rows of `rowSize` bytes, wherever that falls. `starts` gives the first entry that begins in each row.
struct SegmentWriter {
    /// So many fill a page of the file.
    static let rowSize = 16_320

    private(set) var bytes: [UInt8] = []
    private(set) var starts: [IndexSegment.Start] = []
    private var previous: UInt32 = 0
    private var list: [UInt8] = []

    mutating func append(_ key: UInt32, _ places: UnsafeBufferPointer<UInt32>) {
        let row = bytes.count / Self.rowSize
        if starts.last.map({ Int($0.row) < row }) ?? true {
            starts.append(IndexSegment.Start(key: key, row: UInt32(row), offset: UInt32(bytes.count % Self.rowSize)))
        }
        list.removeAll(keepingCapacity: true)
        PostingCodec.append(places, to: &list)
        PostingCodec.appendVariable(UInt64(key - previous), to: &bytes)
        PostingCodec.appendVariable(UInt64(places.count), to: &bytes)
        PostingCodec.appendVariable(UInt64(list.count), to: &bytes)
        bytes += list
        previous = key
    }

    var rows: [ArraySlice<UInt8>] {
        stride(from: 0, to: bytes.count, by: Self.rowSize).map { bytes[$0..<min($0 + Self.rowSize, bytes.count)] }
    }
}
