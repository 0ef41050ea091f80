import Files
import Foundation
import History
import Prose

/// A write-ahead log as SQLite leaves it (file format, section 4), read without SQLite.
///
/// SQLite takes the first frame whose checksum is wrong for the end of the log, as where the power failed in the midst of a write. So
/// one flipped bit would take back all that was committed behind it, and the next checkpoint would throw it away. But what was
/// committed was on the disk before the next transaction began: where further commits of the same log stand behind such a frame, it
/// is damage.
struct WriteAheadLog {
    static let headerSize = 32
    static let frameHeaderSize = 24

    private(set) var bytes: [UInt8]
    let pageSize: Int
    private let isBigEndian: Bool

    /// - Returns: `nil` if there is none, or it is empty or none of SQLite's.
    init?(_ path: String) throws {
        guard let status = try FileStatus.of(path, followingLinks: true), status.kind == .regular,
            status.size > Self.headerSize
        else { return nil }
        // SQLite has no locks on this file, so that it may be opened and closed.
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let data = try file.readToEnd(), data.count > Self.headerSize else { return nil }
        bytes = [UInt8](data)
        guard Self.isLog(bytes) else { return nil }
        isBigEndian = bytes[3] == 0x83
        let size = Self.number(bytes, at: 8)
        // The size of an archive's pages stands in its header, too; ours have this one.
        pageSize = 512...65536 ~= size && size & (size - 1) == 0 ? size : 16384
    }

    private static let magic: [UInt8] = [0x37, 0x7F, 0x06]
    private static let version: UInt32 = 3_007_000

    /// Whether bytes begin as a log does. One whose first number is damaged is known by the next, and by the salts, which its first frame
    /// has, too.
    static func isLog(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= headerSize else { return false }
        if bytes.starts(with: magic), bytes[3] == 0x82 || bytes[3] == 0x83 { return true }
        return number(bytes, at: 4) == Int(version) && bytes.count >= headerSize + frameHeaderSize
            && bytes[16..<24].elementsEqual(bytes[headerSize + 8..<headerSize + 16])
    }

    /// The header of a log, by which it is known from the one that is begun in its place; empty if there is none.
    static func beginning(_ path: String) throws -> Data {
        guard let file = FileHandle(forReadingAtPath: path) else { return Data() }
        defer { try? file.close() }
        return try file.read(upToCount: headerSize) ?? Data()
    }

    var frameSize: Int { Self.frameHeaderSize + pageSize }
    var frameCount: Int { (bytes.count - Self.headerSize) / frameSize }
    func frame(_ index: Int) -> Int { Self.headerSize + index * frameSize }

    static func number(_ bytes: [UInt8], at place: Int) -> Int {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Both salts, which stand at a place.
    func salts(_ place: Int) -> [UInt8] { Array(bytes[place..<place + 8]) }

    /// What a frame's salts say of the log that it is of.
    private enum Membership {
        case ours
        /// One salt is the log's and one is not: frames of the log before have two others.
        case damaged
        case other
    }

    private func membership(_ index: Int, _ salts: [UInt8]) -> Membership {
        let found = self.salts(frame(index) + 8)
        if found == salts { return .ours }
        return found[..<4] == salts[..<4] || found[4...] == salts[4...] ? .damaged : .other
    }

    /// The salts of the log: of its header, or, if that is damaged, of its first frame.
    var logSalts: [UInt8] { isHeaderSound ? salts(16) : salts(frame(0) + 8) }

    private var isHeaderSound: Bool {
        let sum = checksum(0..<24, from: (0, 0))
        return Self.number(bytes, at: 24) == Int(sum.0) && Self.number(bytes, at: 28) == Int(sum.1)
    }

    /// Whether a frame ends a transaction: it then says how many pages the database has.
    func isCommit(_ index: Int) -> Bool { Self.number(bytes, at: frame(index) + 4) != 0 }

    /// What SQLite would read of the log.
    struct Transactions {
        var read = 0
        /// How many stand behind the first damage, and would be lost. A last one of which a frame was never written is neither: the
        /// power failed in the midst of it.
        var lost = 0
        /// What those that are read wrote to tie the log to its file, in their order.
        var links: [LogLink] = []
    }

    func transactions() -> Transactions {
        let salts = logSalts
        var (sum, isSound, read, lost) = (headerSum, isHeaderSound, 0, 0)
        var (links, written) = ([LogLink](), [LogLink]())
        var isTorn = false
        for index in 0..<frameCount {
            let place = frame(index)
            switch membership(index, salts) {
            case .ours: break
            case .damaged: isSound = false
            case .other:
                // A frame of the log before ends it.
                if isSound { isTorn = true }
                isSound = false
                continue
            }
            if isSound {
                sum = frameSum(index, from: sum)
                isSound =
                    Self.number(bytes, at: place + 16) == Int(sum.0) && Self.number(bytes, at: place + 20) == Int(sum.1)
                if isSound, let link = link(index) { written.append(link) }
            }
            guard isCommit(index) else { continue }
            guard isSound else {
                lost += 1
                continue
            }
            read += 1
            links += written
            written = []
        }
        return Transactions(read: read, lost: isTorn && lost == 1 ? 0 : lost, links: links)
    }

    /// The log with all checksums made right, up to its last commit: what is damaged in it is then a page like others.
    mutating func repaired() -> [UInt8] {
        restoreNumbers()
        let salts = logSalts
        let frames = frames(of: salts)
        bytes.replaceSubrange(0..<4, with: Self.magic + [isBigEndian ? 0x83 : 0x82])
        write(Self.version, at: 4)
        write(UInt32(pageSize), at: 8)
        bytes.replaceSubrange(16..<24, with: salts)
        var sum = headerSum
        write(sum, at: 24)
        var repaired = Array(bytes[..<Self.headerSize])
        for index in frames {
            bytes.replaceSubrange(frame(index) + 8..<frame(index) + 16, with: salts)
            sum = frameSum(index, from: sum)
            write(sum, at: frame(index) + 16)
            repaired += bytes[frame(index)..<frame(index) + frameSize]
        }
        return frames.isEmpty ? [] : repaired
    }

    /// The log's frames up to the last that ends a transaction. SQLite takes one that is of no page for the log's end: it is left out,
    /// and the one before it ends the transaction that it ended.
    private mutating func frames(of salts: [UInt8]) -> [Int] {
        let all = (0..<frameCount).filter { membership($0, salts) != .other }
        guard let last = all.last(where: isCommit) else { return [] }
        var frames: [Int] = []
        for index in all where index <= last {
            if Self.number(bytes, at: frame(index)) != 0 {
                frames.append(index)
            } else if isCommit(index), let before = frames.last {
                write(UInt32(Self.number(bytes, at: frame(index) + 4)), at: frame(before) + 4)
            }
        }
        return frames
    }

    /// Sets one flipped bit right in the numbers of each frame, which are its page's and the size of the database: a frame's checksum
    /// tells, as it goes on from that of the frame before.
    mutating func restoreNumbers() {
        var tries = Self.mostRestored
        for index in 0..<frameCount where tries > 0 {
            guard !isFrameSound(index) else { continue }
            tries -= 1
            restoreNumbers(index)
        }
    }

    /// In so many frames a bit is looked for: more are damaged in other ways.
    private static let mostRestored = 64

    private mutating func restoreNumbers(_ index: Int) {
        for bit in 0..<64 {
            let place = frame(index) + bit / 8
            bytes[place] ^= 1 << UInt8(bit % 8)
            if isFrameSound(index) { return }
            bytes[place] ^= 1 << UInt8(bit % 8)
        }
    }

    /// Whether a frame has its checksum, whatever is before the frame before it.
    private func isFrameSound(_ index: Int) -> Bool {
        guard index > 0 else { return isFrameSound(0, from: sum(at: 24)) || isFrameSound(0, from: headerSum) }
        return isFrameSound(index, from: sum(at: frame(index - 1) + 16))
    }

    private func isFrameSound(_ index: Int, from before: (UInt32, UInt32)) -> Bool {
        frameSum(index, from: before) == sum(at: frame(index) + 16)
    }

    private func sum(at place: Int) -> (UInt32, UInt32) {
        (UInt32(Self.number(bytes, at: place)), UInt32(Self.number(bytes, at: place + 4)))
    }

    /// Whether what is damaged is only what tells whose the frames are, or is set right by their checksums: then all pages that the
    /// log holds are as they were written.
    func holdsAllPages() -> Bool {
        var log = self
        log.restoreNumbers()
        let salts = log.logSalts
        let frames = (0..<log.frameCount).filter { log.membership($0, salts) != .other }
        guard let last = frames.last(where: log.isCommit) else { return true }
        return (0...last).allSatisfy { log.membership($0, salts) != .other && log.isFrameSound($0) }
    }

    private var headerSum: (UInt32, UInt32) { checksum(0..<24, from: (0, 0)) }

    private func frameSum(_ index: Int, from sum: (UInt32, UInt32)) -> (UInt32, UInt32) {
        let place = frame(index)
        return checksum(place + 24..<place + frameSize, from: checksum(place..<place + 8, from: sum))
    }

    private mutating func write(_ value: UInt32, at place: Int) {
        for offset in 0..<4 { bytes[place + offset] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(offset))) }
    }

    private mutating func write(_ sum: (UInt32, UInt32), at place: Int) {
        write(sum.0, at: place)
        write(sum.1, at: place + 4)
    }

    /// File format, section 4.2.
    private func checksum(_ range: Range<Int>, from sum: (UInt32, UInt32)) -> (UInt32, UInt32) {
        var (first, second) = sum
        bytes.withUnsafeBytes { raw in
            for place in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                let left = raw.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                let right = raw.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self)
                first = first &+ (isBigEndian ? UInt32(bigEndian: left) : UInt32(littleEndian: left)) &+ second
                second = second &+ (isBigEndian ? UInt32(bigEndian: right) : UInt32(littleEndian: right)) &+ first
            }
        }
        return (first, second)
    }
}

extension DatabaseFile {
    /// What SQLite would read of the write-ahead log beside a file, and would lose of it.
    static func transactions(_ path: String) throws -> WriteAheadLog.Transactions {
        // Somebody may begin the log anew in the midst of the reading: what is damaged stays damaged.
        for _ in 0..<3 {
            guard let found = try log(of: path)?.transactions() else { return WriteAheadLog.Transactions() }
            if found.lost == 0 { return found }
        }
        return try log(of: path)?.transactions() ?? WriteAheadLog.Transactions()
    }

    /// The log beside a file, or beside what a link leads to, where SQLite looks for it.
    static func log(of path: String) throws -> WriteAheadLog? {
        try WriteAheadLog((SystemPath(path).resolved?.text ?? path) + "-wal")
    }

    static func transactionsLost(_ path: String) throws -> Int { try transactions(path).lost }

    /// - Throws: `ArchiveError` of code `corrupt` if opening the file would lose transactions, or mix another file's log into it. Nothing
    ///   was changed then.
    static func requireOwnWholeLog(_ path: String) throws {
        let found = try transactions(path)
        guard found.lost == 0 else {
            throw ArchiveError(
                .corrupt, "\(path)-wal is damaged: SQLite would lose \(counted(found.lost, "change")) that it holds",
                subject: path, remedy: .salvageWithLog(path))
        }
        try requireOwnLog(path, found.links)
    }
}
