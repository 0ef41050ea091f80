import Foundation
import GRDB
import History
import Prose

/// When the entries of a run were logged: the time of the first, and for each other the milliseconds since the one before as a
/// varint, of which the lowest bit is the sign (0, -1, 1, -2 … are 0, 1, 2, 3 …): a clock may be set back.
struct LogTimes {
    let first: Timestamp
    /// `nil` if all were logged at once.
    private(set) var others: Data?
    private var count: Int

    /// The columns that a time is read from, of a row `l` of the table of logs and a row `e` of that of entries.
    static let columns = "l.recorded, l.times, e.id - l.entry"

    init(first: Timestamp, others: Data?, count: Int) {
        self.first = first
        self.others = others
        self.count = count
    }

    /// Reads a time from three columns of a row, from `index` on.
    /// - Throws: `ArchiveError` of code `corrupt` if the row is damaged.
    static func time(in row: Row, at index: Int) throws -> Timestamp {
        let place: Int = try row[index + 2]
        guard 0..<Int(LogStore.longestRun) ~= place else { throw ArchiveError.damagedRow }
        return try LogTimes(first: Timestamp(milliseconds: row[index]), others: row[index + 1], count: place + 1).all[
            place]
    }

    /// When each entry was logged, in their order.
    var all: [Timestamp] {
        guard let others else { return [Timestamp](repeating: first, count: count) }
        let bytes = [UInt8](others)
        var (times, position) = ([first], 0)
        while times.count < count, let step = Varint.read(bytes, at: &position) {
            times.append(Timestamp(milliseconds: times[times.count - 1].milliseconds &+ (step >> 1 ^ -(step & 1))))
        }
        // Of a damaged row, some may be missing.
        return times + [Timestamp](repeating: times[times.count - 1], count: count - times.count)
    }

    mutating func append(_ time: Timestamp) {
        let since = time.milliseconds &- all[count - 1].milliseconds
        count += 1
        if others == nil, since == 0 { return }
        var bytes = others.map { [UInt8]($0) } ?? [UInt8](repeating: 0, count: count - 2)
        Varint.append(UInt64(bitPattern: since << 1 ^ since >> 63), to: &bytes)
        others = Data(bytes)
    }

    /// The times of the first entries.
    func prefix(_ length: Int) -> LogTimes {
        all.prefix(length).dropFirst().reduce(into: LogTimes(first: first, others: nil, count: 1)) { $0.append($1) }
    }
}
