import Foundation
import GRDB

/// A text made ready to be stored: hashed and compressed, which needs no database and can be done on any thread.
public struct PreparedText: Sendable {
    public let hash: TextHash
    public let size: Int
    let codec: TextStore.Codec
    let data: [UInt8]
    private let dictionary: TextDictionary?

    /// Hashes and compresses a whole text.
    /// - Parameter dictionary: one that is in the archive where the text is to be stored.
    public init(_ bytes: [UInt8], dictionary: TextDictionary? = nil) {
        self.init(bytes, hash: TextHash(hashing: bytes), dictionary: dictionary)
    }

    /// The text itself.
    func bytes() throws -> [UInt8] {
        codec == .zstd ? try Zstd.decompress(data, limit: size) { _ in dictionary?.readingForm } : data
    }

    init(_ bytes: [UInt8], hash: TextHash, dictionary: TextDictionary?) {
        self.hash = hash
        self.dictionary = dictionary
        size = bytes.count
        (codec, data) = TextStore.pack(bytes, dictionary)
    }
}

/// The texts, each stored once by its hash: whole, or as splices against another text.
struct TextStore {
    enum Codec: Int { case raw = 0, zstd = 1 }

    /// How many bases a text may rest on. Sixty-four splices into an essay cost well under a millisecond.
    static let maximumDepth = 64
    /// The largest text, in bytes: five million characters, far above any book. A segment can carry it uncompressed.
    static let maximumSize = 15 << 20

    let db: Database

    private struct Stored {
        let id: Int64, hash: TextHash, size: Int, base: Int64?, depth: Int, codec: Codec, data: [UInt8]
    }

    // MARK: Reading

    /// The row ID of a text; `nil` if it is not held.
    func id(of hash: TextHash) throws -> Int64? {
        let statement = try db.cachedStatement(sql: "SELECT id FROM text WHERE substr(hash, 1, 6) = substr(?1, 1, 6) AND hash = ?1")
        return try Int64.fetchOne(statement, arguments: [hash.blob])
    }

    func bytes(of hash: TextHash) throws -> [UInt8] {
        guard let id = try id(of: hash) else {
            throw ArchiveError(.corrupt, "the text \(hash) is not in the archive", advice: "`archivectl verify` says what else is missing")
        }
        return try bytes(id: id)
    }

    func bytes(id: Int64) throws -> [UInt8] {
        var splices: [[UInt8]] = []
        var next = try stored(id: id)
        while let base = next.base {
            splices.append(next.data)
            next = try stored(id: base)
        }
        return try splices.reversed().reduce(next.data) { try Splices.apply(Splices.decode($1), to: $0) }
    }

    /// The text as another replica can take it, which holds its base if we do.
    func encoded(id: Int64) throws -> EncodedText {
        let row = try stored(id: id)
        return EncodedText(hash: row.hash, base: try row.base.map { try stored(id: $0).hash }, data: row.data)
    }

    private func stored(id: Int64) throws -> Stored {
        let statement = try db.cachedStatement(sql: "SELECT hash, size, base, depth, codec, data FROM text WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]), let codec = Codec(rawValue: row[4]) else {
            throw ArchiveError(.corrupt, "text number \(id) is not in the archive")
        }
        let data = row[5] as [UInt8]
        let limit = row[2] == nil ? row[1] as Int : Self.maximumSize
        return Stored(
            id: id, hash: TextHash(blob: row[0]), size: row[1], base: row[2], depth: row[3], codec: codec,
            data: codec == .zstd ? try Zstd.decompress(data, limit: limit) { try dictionary($0)?.readingForm } : data)
    }

    // MARK: The dictionary

    /// What new texts are compressed with, once there is one.
    func dictionary() throws -> TextDictionary? {
        let newest = try db.cachedStatement(sql: "SELECT id FROM dictionary ORDER BY number DESC LIMIT 1")
        return try Int64.fetchOne(newest).flatMap { try dictionary(UInt32($0)) }
    }

    private func dictionary(_ id: UInt32) throws -> TextDictionary? {
        try TextDictionary.shared(id) {
            try Data.fetchOne(db.cachedStatement(sql: "SELECT data FROM dictionary WHERE id = ?"), arguments: [Int64(id)]).map { [UInt8]($0) }
        }
    }

    /// Some whole texts that are here; none if they are few.
    func samples() throws -> [[UInt8]] {
        let ids = try Int64.fetchAll(db, sql: "SELECT id FROM text WHERE base IS NULL ORDER BY id DESC LIMIT ?", arguments: [TextDictionary.mostSamples])
        return ids.count < TextDictionary.mostSamples / 2 ? [] : try ids.map(bytes(id:))
    }

    /// Trains a dictionary, unless there is one or the samples are too few.
    func trainDictionary(_ samples: @autoclosure () throws -> [[UInt8]]) throws {
        guard try dictionary() == nil, let trained = TextDictionary.train(try samples()) else { return }
        try db.execute(sql: "INSERT INTO dictionary (id, data) VALUES (?, ?)", arguments: [Int64(trained.id), Data(trained.data)])
    }

    // MARK: Writing

    /// Stores a text, unless it is held already, as splices against `base` where that is smaller.
    @discardableResult
    func insert(_ bytes: [UInt8], base: TextHash? = nil) throws -> Int64 {
        let hash = TextHash(hashing: bytes)
        if let id = try id(of: hash) { return id }
        if let base, base != hash, let row = try id(of: base).map(stored(id:)), row.depth < Self.maximumDepth {
            let splices = Splices.encode(Splices.between(try self.bytes(id: row.id), bytes))
            // A rewritten text is better off whole: what rests on it is then read faster.
            if splices.count < bytes.count / 3 {
                return try insert(hash: hash, size: bytes.count, base: row.id, depth: row.depth + 1, packed: Self.pack(splices, dictionary(), splices: true))
            }
        }
        return try insert(PreparedText(bytes, hash: hash, dictionary: dictionary()))
    }

    /// Stores a text that was made ready, unless it is held already.
    @discardableResult
    func insert(_ text: PreparedText) throws -> Int64 {
        if let id = try id(of: text.hash) { return id }
        return try insert(hash: text.hash, size: text.size, base: nil, depth: 0, packed: (text.codec, text.data))
    }

    /// Stores a received text after checking it against its hash. Its base must be held.
    @discardableResult
    func insert(_ text: EncodedText) throws -> Int64 {
        if let id = try id(of: text.hash) { return id }
        guard let base = text.base else {
            try check(text.data, is: text.hash)
            return try insert(PreparedText(text.data, hash: text.hash, dictionary: dictionary()))
        }
        guard let row = try id(of: base).map(stored(id:)) else {
            throw ArchiveError(.corrupt, "the text \(text.hash) came before its base \(base)")
        }
        let bytes = try Splices.apply(Splices.decode(text.data), to: try self.bytes(id: row.id))
        try check(bytes, is: text.hash)
        guard row.depth < Self.maximumDepth else { return try insert(PreparedText(bytes, hash: text.hash, dictionary: dictionary())) }
        return try insert(
            hash: text.hash, size: bytes.count, base: row.id, depth: row.depth + 1,
            packed: Self.pack(text.data, dictionary(), splices: true))
    }

    private func check(_ bytes: [UInt8], is hash: TextHash) throws {
        guard TextHash(hashing: bytes) == hash else {
            throw ArchiveError(.badInput, "a received text does not have the hash \(hash) that names it")
        }
    }

    private func insert(hash: TextHash, size: Int, base: Int64?, depth: Int, packed: (Codec, [UInt8])) throws -> Int64 {
        guard size <= Self.maximumSize else {
            throw ArchiveError(.badInput, "a text of \(size) bytes is over the limit of \(Self.maximumSize)")
        }
        try db.cachedStatement(sql: "INSERT INTO text (hash, size, base, depth, codec, data) VALUES (?, ?, ?, ?, ?, ?)")
            .execute(arguments: [hash.blob, size, base, depth, packed.0.rawValue, Data(packed.1)])
        return db.lastInsertedRowID
    }

    /// Compresses unless that gains nothing.
    static func pack(_ bytes: [UInt8], _ dictionary: TextDictionary?, splices: Bool = false) -> (Codec, [UInt8]) {
        guard bytes.count > (dictionary == nil ? 128 : 32) else { return (.raw, bytes) }
        let frame = dictionary?.compress(bytes, splices: splices) ?? Zstd.compress(bytes)
        return frame.count < bytes.count ? (.zstd, frame) : (.raw, bytes)
    }
}
