import Foundation
import GRDB

/// A text made ready to be stored: hashed and compressed, which needs no database and can be done on any thread.
public struct PreparedText: Sendable {
    public let hash: TextHash
    public let size: Int
    private let content: Content

    private enum Content: Sendable {
        case plain([UInt8])
        /// A pack of this text alone.
        case pack(codec: TextPacks.Codec, data: [UInt8], TextDictionary?)
    }

    /// Hashes and compresses a whole text.
    /// - Parameter compression: `nil` if the text will most likely be stored as splices.
    init(_ bytes: [UInt8], _ compression: TextCompression?) {
        hash = TextHash(hashing: bytes)
        size = bytes.count
        guard let compression else {
            content = .plain(bytes)
            return
        }
        let pack = PackedText(hash: hash, size: size, back: 0, depth: 0, data: bytes).bytes
        let (codec, data) = TextPacks.frame(pack, compression.dictionary, compression.effort)
        content = .pack(codec: codec, data: data, compression.dictionary)
    }

    /// The text itself.
    func bytes() throws -> [UInt8] {
        switch content {
        case .plain(let bytes): return bytes
        case .pack(.raw, let data, _): return Array(data.suffix(size))
        case .pack(.zstd, let data, let dictionary):
            return Array(try Zstd.decompress(data, limit: size + 128) { _ in dictionary?.readingForm }.suffix(size))
        }
    }

    fileprivate var frame: (codec: TextPacks.Codec, data: [UInt8])? {
        if case .pack(let codec, let data, _) = content { (codec, data) } else { nil }
    }
}

/// The texts, each stored once by its hash: whole, or as splices against another text.
struct TextStore {
    /// How many bases a text may rest on. Sixty-four splices into an essay cost about a millisecond.
    static let maximumDepth = 64
    /// The largest text, in bytes: five million characters, far above any book. A segment can carry it uncompressed.
    static let maximumSize = 15 << 20
    /// Texts are found by so many first bytes of their hashes; the pack has the whole.
    static let keyLength = 6

    let db: Database
    var known: KnownRows?
    var effort = TextCompression.Effort.thorough

    private var packs: TextPacks { TextPacks(db: db, dictionary: dictionary, opened: known?.packs, effort: effort) }

    // MARK: Reading

    /// The number of a text; `nil` if it is not held.
    func id(of hash: TextHash) throws -> Int64? {
        if let number = known?.texts[hash] { return number }
        return try find(hash)?.number
    }

    private func find(_ hash: TextHash) throws -> (number: Int64, text: PackedText)? {
        let statement = try db.cachedStatement(sql: "SELECT number FROM text_number WHERE hash = ?")
        for number in try Int64.fetchAll(statement, arguments: [hash.blob.prefix(Self.keyLength)]) {
            let text = try packs.text(number)
            if text.hash == hash { return (number, text) }
        }
        return nil
    }

    func hash(id: Int64) throws -> TextHash { try packs.text(id).hash }

    /// Bytes of a text.
    func size(id: Int64) throws -> Int { try packs.text(id).size }

    func bytes(of hash: TextHash) throws -> [UInt8] {
        guard let (number, text) = try find(hash) else {
            throw ArchiveError(.corrupt, "the text \(hash) is not in the archive", advice: "`archivectl verify` says what else is missing")
        }
        return try bytes(number, text)
    }

    func bytes(id: Int64) throws -> [UInt8] { try bytes(id, packs.text(id)) }

    private func bytes(_ id: Int64, _ packed: PackedText) throws -> [UInt8] {
        var splices: [[UInt8]] = []
        var (number, text) = (id, packed)
        while text.back > 0 {
            splices.append(text.data)
            number -= text.back
            text = try packs.text(number)
        }
        return try splices.reversed().reduce(text.data) { try Splices.apply(Splices.decode($1), to: $0) }
    }

    /// The text as another replica can take it, which holds its base if we do.
    func encoded(id: Int64) throws -> EncodedText {
        let text = try packs.text(id)
        return EncodedText(hash: text.hash, base: text.back > 0 ? try hash(id: id - text.back) : nil, data: text.data)
    }

    // MARK: Checking

    /// Reads all packs and compares each text with its hash. Calls `body` with the numbers of a pack's texts, `nil` if not even
    /// these can be read, with their hashes, and with what is wrong.
    func check(_ body: (_ numbers: Range<Int64>?, _ hashes: [TextHash], _ problems: [String]) throws -> Void) throws {
        try packs.forEachPack { numbers, texts in
            guard let numbers else { return try body(nil, [], ["a row of texts is damaged"]) }
            switch texts {
            case .failure(let error):
                try body(numbers, [], ["texts \(numbers.lowerBound) to \(numbers.upperBound - 1) cannot be read: \(error)"])
            case .success(let texts):
                let problems = texts.enumerated().compactMap { offset, text -> String? in
                    guard let bytes = try? bytes(id: numbers.lowerBound + Int64(offset)) else { return "the text \(text.hash) cannot be read" }
                    return TextHash(hashing: bytes) == text.hash && bytes.count == text.size ? nil : "the text \(text.hash) does not have its hash"
                }
                try body(numbers, texts.map(\.hash), problems)
            }
        }
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
        let ids = try Int64.fetchAll(db, sql: "SELECT first FROM text_pack WHERE count = 1 ORDER BY first DESC LIMIT ?", arguments: [TextDictionary.mostSamples])
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
        if let base, base != hash, let (number, text) = try find(base) {
            let splices = Splices.encode(Splices.between(try self.bytes(number, text), bytes))
            // A rewritten text is better off whole: what rests on it is then read faster.
            if text.depth < Self.maximumDepth, splices.count < bytes.count / 3 {
                return try append(hash, size: bytes.count, base: (number, text.depth), splices)
            }
        }
        return try append(hash, size: bytes.count, base: nil, bytes)
    }

    /// Stores a text that was made ready, unless it is held already.
    @discardableResult
    func insert(_ text: PreparedText) throws -> Int64 {
        if let id = try id(of: text.hash) { return id }
        try check(text.size)
        return try packs.append(
            hash: text.hash, size: text.size, base: nil, data: try text.bytes(), length: text.size, frame: text.frame, with: dictionary())
    }

    /// Stores a received text after checking it against its hash. Its base must be held.
    @discardableResult
    func insert(_ text: EncodedText) throws -> Int64 {
        if let id = try id(of: text.hash) { return id }
        guard let base = text.base else {
            try check(text.data, is: text.hash)
            return try append(text.hash, size: text.data.count, base: nil, text.data)
        }
        guard let (number, found) = try find(base) else {
            throw ArchiveError(.corrupt, "the text \(text.hash) came before its base \(base)")
        }
        let bytes = try Splices.apply(Splices.decode(text.data), to: try self.bytes(number, found))
        try check(bytes, is: text.hash)
        guard found.depth < Self.maximumDepth else { return try append(text.hash, size: bytes.count, base: nil, bytes) }
        return try append(text.hash, size: bytes.count, base: (number, found.depth), text.data)
    }

    private func append(_ hash: TextHash, size: Int, base: (number: Int64, depth: Int)?, _ data: [UInt8]) throws -> Int64 {
        try check(size)
        return try packs.append(hash: hash, size: size, base: base, data: data, length: data.count, with: dictionary())
    }

    private func check(_ bytes: [UInt8], is hash: TextHash) throws {
        guard TextHash(hashing: bytes) == hash else {
            throw ArchiveError(.badInput, "a received text does not have the hash \(hash) that names it")
        }
    }

    private func check(_ size: Int) throws {
        guard size <= Self.maximumSize else {
            throw ArchiveError(.badInput, "a text of \(size) bytes is over the limit of \(Self.maximumSize)")
        }
    }
}
