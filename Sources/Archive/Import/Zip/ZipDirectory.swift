import History

/// The central directory of a ZIP archive (APPNOTE 6.3.10, 4.3.12–4.3.16), with ZIP64.
struct ZipDirectory {
    /// Bytes of a local header before the name.
    static let localHeader = 30
    private static let centralHeader = 46
    private static let endRecord = 22
    private static let endRecord64 = 56

    private let bytes: any RandomAccess

    init(_ bytes: any RandomAccess) { self.bytes = bytes }

    func entries() throws -> [ZipEntry] {
        let end = try end()
        guard end.count <= ZipArchive.maximumEntries, end.size <= ZipArchive.maximumDirectory else {
            throw ArchiveError(
                .badInput,
                "the ZIP archive holds \(end.count) members, more than the \(ZipArchive.maximumEntries) allowed")
        }
        let directory = ZipFields(try bytes.read(end.start, end.size))
        var parsed: [(entry: ZipEntry, name: ZipName)] = []
        var place = 0
        for _ in 0..<end.count {
            guard place + Self.centralHeader <= directory.count, directory.long(place) == 0x0201_4B50 else {
                throw ZipArchive.damaged("its directory ends too soon")
            }
            let length =
                Self.centralHeader + directory.short(place + 28) + directory.short(place + 30)
                + directory.short(place + 32)
            guard place + length <= directory.count else { throw ZipArchive.damaged("its directory ends too soon") }
            parsed.append(try entry(directory, place, shift: end.shift))
            place += length
        }
        let names = ZipName.decode(parsed.map(\.name))
        return zip(parsed, names).map { parsed, name in
            var entry = parsed.entry
            entry.path = name
            return entry
        }
    }

    // MARK: The end record

    private struct End {
        var count: Int, size: Int, offset: Int
        /// Where the directory begins.
        var start: Int
        /// How many bytes stand before the archive, as in one that unpacks itself.
        var shift: Int { start - offset }
    }

    private func end() throws -> End {
        let length = min(bytes.count, Self.endRecord + 0xFFFF)
        guard length >= Self.endRecord else { throw notZip }
        let tail = ZipFields(try bytes.read(bytes.count - length, length))
        let candidates = stride(from: length - Self.endRecord, through: 0, by: -1)
        guard
            let place = candidates.first(where: {
                tail.long($0) == 0x0605_4B50 && $0 + Self.endRecord + tail.short($0 + 20) <= length
            })
        else {
            throw notZip
        }
        var end = End(
            count: tail.short(place + 10), size: tail.long(place + 12), offset: tail.long(place + 16), start: 0)
        var directoryEnd = bytes.count - length + place
        if end.count == 0xFFFF || end.size == 0xFFFF_FFFF || end.offset == 0xFFFF_FFFF, place >= 20,
            tail.long(place - 20) == 0x0706_4B50
        {
            directoryEnd = try tail.offset(place - 12)
            let record = ZipFields(try bytes.read(directoryEnd, Self.endRecord64))
            guard record.long(0) == 0x0606_4B50 else { throw ZipArchive.damaged("its ZIP64 record is missing") }
            end = End(
                count: try record.offset(32), size: try record.offset(40), offset: try record.offset(48), start: 0)
        }
        end.start = directoryEnd - end.size
        guard end.start >= 0, end.shift >= 0 else { throw ZipArchive.damaged("its directory is not where it says") }
        return end
    }

    private var notZip: ArchiveError {
        ArchiveError(.badInput, "this is not a ZIP archive, or it is incomplete", remedy: .getAgain)
    }

    // MARK: Entries

    private func entry(_ directory: ZipFields, _ place: Int, shift: Int) throws -> (ZipEntry, ZipName) {
        let flags = directory.short(place + 8)
        let nameLength = directory.short(place + 28)
        let extra = directory.slice(place + Self.centralHeader + nameLength, directory.short(place + 30))
        var (size, packed, offset) = (
            directory.long(place + 24), directory.long(place + 20), directory.long(place + 42)
        )
        if let large = extra.extraField(0x0001) {
            // It holds only those of the three that did not fit, in this order.
            var at = 0
            func next() throws -> Int {
                defer { at += 8 }
                guard at + 8 <= large.count else { throw ZipArchive.damaged("a ZIP64 field is too short") }
                return try large.offset(at)
            }
            if size == 0xFFFF_FFFF { size = try next() }
            if packed == 0xFFFF_FFFF { packed = try next() }
            if offset == 0xFFFF_FFFF { offset = try next() }
        }
        guard packed <= bytes.count, offset <= bytes.count else {
            throw ZipArchive.damaged("a member is not where the directory says")
        }
        let name = ZipName(
            raw: directory.slice(place + Self.centralHeader, nameLength).bytes, isUTF8: flags & 0x800 != 0,
            extra: extra.extraField(0x7075)?.bytes,
            isFromDOS: directory.short(place + 4) >> 8 == 0)
        let entry = ZipEntry(
            path: "", method: UInt16(directory.short(place + 10)), isEncrypted: flags & 0x2041 != 0,
            checksum: UInt32(directory.long(place + 16)), compressedSize: packed, size: size, offset: offset + shift)
        return (entry, name)
    }
}

/// Little-endian numbers in bytes. The caller has checked that they are there.
struct ZipFields {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }
    func short(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
    func long(_ at: Int) -> Int { short(at) | short(at + 2) << 16 }
    func slice(_ at: Int, _ length: Int) -> ZipFields { ZipFields(Array(bytes[at..<at + length])) }

    /// A number of 64 bits that can be a place in a file.
    func offset(_ at: Int) throws -> Int {
        let high = long(at + 4)
        guard high < 0x8000 else { throw ZipArchive.damaged("a number in it is beyond any file") }
        return long(at) | high << 32
    }

    /// The data of an extra field; `nil` if it is not there.
    func extraField(_ id: Int) -> ZipFields? {
        var place = 0
        while place + 4 <= count {
            let length = short(place + 2)
            guard place + 4 + length <= count else { return nil }
            if short(place) == id { return slice(place + 4, length) }
            place += 4 + length
        }
        return nil
    }
}
