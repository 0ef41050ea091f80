/// Writes a ZIP archive into memory, with members as they are in another one or stored uncompressed.
struct ZipWriter {
    private var file: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    private static let utf8Names = 0x800

    mutating func add(_ path: String, _ content: [UInt8]) {
        add(path, packed: content, method: 0, checksum: ZipArchive.checksum(content), size: content.count)
    }

    /// Takes a member over without unpacking it.
    mutating func copy(_ entry: ZipEntry, from bytes: [UInt8]) throws {
        let packed = try ZipArchive.packed(entry, in: bytes)
        add(entry.path, packed: packed, method: Int(entry.method), checksum: entry.checksum, size: entry.size)
    }

    private mutating func add(_ path: String, packed: [UInt8], method: Int, checksum: UInt32, size: Int) {
        let name = Array(path.utf8)
        var common: [UInt8] = []
        for number in [20, Self.utf8Names, method, 0, 0x21] { common.append(short: number) }
        for number in [Int(checksum), packed.count, size] { common.append(long: number) }
        common.append(short: name.count)
        common.append(short: 0)
        let offset = file.count
        file.append(long: 0x0403_4B50)
        file += common + name + packed
        directory.append(long: 0x0201_4B50)
        directory.append(short: 20)
        directory += common
        for number in [0, 0, 0] { directory.append(short: number) }
        for number in [0, offset] { directory.append(long: number) }
        directory += name
        count += 1
    }

    /// The whole archive.
    func finished() -> [UInt8] {
        var end: [UInt8] = []
        end.append(long: 0x0605_4B50)
        for number in [0, 0, Int(count), Int(count)] { end.append(short: number) }
        for number in [directory.count, file.count] { end.append(long: number) }
        end.append(short: 0)
        return file + directory + end
    }
}

extension [UInt8] {
    fileprivate mutating func append(short value: Int) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }

    fileprivate mutating func append(long value: Int) {
        append(short: value)
        append(short: value >> 16)
    }
}
