import Files
import Foundation
import GRDB
import History
import Prose

/// Texts of a damaged archive that can be read, while the entries that say of which essay and version they are cannot: no history can
/// be made of them, but what was written is there. They become plain files.
struct LooseTexts {
    private let source: DatabaseQueue
    private let archive: Archive

    /// - Parameters:
    ///   - source: what is read of the damaged file.
    ///   - archive: the one that was made of it.
    init(of source: DatabaseQueue, without archive: Archive) { (self.source, self.archive) = (source, archive) }

    /// So many bytes are brought to the disk together.
    private static let batchBytes = 16 << 20

    /// Writes a file for each, in a new folder `<path>.texts`: in the order in which they came into the archive, which their names
    /// begin with.
    /// - Returns: how many there are, and the folder; `nil` if there are none.
    /// - Throws: `ArchiveError` if they cannot be written.
    func write(beside path: String) throws -> (count: Int, folder: String?) {
        var (count, folder): (Int, String?) = (0, nil)
        var (batch, bytes): ([(path: String, bytes: [UInt8])], Int) = ([], 0)
        func flush() throws {
            guard let folder, !batch.isEmpty else { return }
            try SafeFile.write(together: batch, on: folder)
            (batch, bytes) = ([], 0)
        }
        try forEach { number, hash, text in
            let place = try folder ?? Self.makeFolder(beside: path)
            folder = place
            batch.append(("\(place)/\(Self.name(number, hash, text))", text))
            (count, bytes) = (count + 1, bytes + text.count)
            if bytes > Self.batchBytes { try flush() }
        }
        try flush()
        return (count, folder)
    }

    private func forEach(_ body: (Int64, TextHash, [UInt8]) throws -> Void) throws {
        try source.tolerantRead { db in
            let texts = TextStore(db: db, known: KnownRows())
            try archive.read { reader in
                try TolerantScan(db: db, table: "text", key: "number", columns: "hash").forEach(unreadable: { _ in }) {
                    number, row in
                    guard let hash = try? TextHash(blob: row[1]), try reader.texts.id(of: hash) == nil,
                        let text = try? texts.bytes(id: number), !text.isEmpty
                    else { return }
                    try body(number, hash, text)
                }
            }
        }
    }

    /// `000012-5f2a….txt`; what is not UTF-8 is an original of another form.
    private static func name(_ number: Int64, _ hash: TextHash, _ text: [UInt8]) -> String {
        let digits = String(number)
        let isText = UTF8Validation.firstInvalidByte(in: text) == nil
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "-" + hash.short
            + (isText ? ".txt" : ".bin")
    }

    private static func makeFolder(beside path: String) throws -> String {
        for number in 1...100 {
            let folder = path + ".texts" + (number == 1 ? "" : "-\(number)")
            if mkdir(folder, 0o777) == 0 { return folder }
            guard errno == EEXIST else {
                throw ArchiveError(
                    .cannotWrite, "the folder \(folder) cannot be made: \(String(cString: strerror(errno)))")
            }
        }
        throw ArchiveError(
            .cannotWrite, "\(path).texts, and others like it, exist already", subject: path,
            remedy: .moveAway("\(path).texts"))
    }
}
