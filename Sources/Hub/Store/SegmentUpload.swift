import Sync
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A segment on its way in: written to a file of its own as it comes, so that a hub needs no memory for it. What was not
/// moved to its place goes when this is dropped.
final class SegmentUpload: Sendable {
    let header: SegmentHeader
    /// Header line and payload, in bytes.
    let size: Int
    let path: String
    private let start: Int
    /// Open until all has come.
    private let file: Mutex<HubFile?>
    private let reservation: QuotaReservation

    /// - Parameter reservation: of as many bytes, given back when the upload is dropped.
    init(_ header: SegmentHeader, path: String, reservation: QuotaReservation) throws(HubError) {
        let line = header.encode()
        self.header = header
        self.path = path
        self.reservation = reservation
        start = line.count
        size = line.count + header.length
        let file = try HubFile(path: path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        self.file = Mutex(file)
        try file.write(line[...], at: 0)
    }

    deinit { unlink(path) }

    /// - Parameter offset: where the piece is in the payload.
    func write(_ piece: ArraySlice<UInt8>, at offset: Int) throws(HubError) {
        try file.withLock { $0 }?.write(piece, at: start + offset)
    }

    /// To be called when all has come.
    func close() { file.withLock { $0 = nil } }

    /// Puts the file in place. It need not be on the disk yet.
    func move(to place: String) throws(HubError) {
        guard rename(path, place) == 0 else { throw HubError.system("rename to", place) }
    }
}

/// The bytes of uploads that are under way, which the quota is to have room for.
final class QuotaReservations: Sendable {
    private let bytes = Mutex(0)

    var total: Int { bytes.withLock { $0 } }

    /// Counts until what is returned is dropped.
    func reserve(_ size: Int) -> QuotaReservation { QuotaReservation(self, size) }

    fileprivate func add(_ size: Int) { bytes.withLock { $0 += size } }
}

final class QuotaReservation: Sendable {
    private let all: QuotaReservations
    private let size: Int

    fileprivate init(_ all: QuotaReservations, _ size: Int) {
        (self.all, self.size) = (all, size)
        all.add(size)
    }

    deinit { all.add(-size) }
}
