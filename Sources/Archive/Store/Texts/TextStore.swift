import Foundation
import GRDB
import History
import Prose

/// The texts, each stored once by its hash: whole, or as splices against another text.
struct TextStore {
    /// How many bases a text may rest on. Sixty-four splices into an essay cost about a millisecond.
    static let maximumDepth = 64
    /// The largest text, in bytes: five million characters, far above any book. A segment can carry it uncompressed.
    static let maximumSize = 15 << 20
    let db: Database
    var known: KnownRows?
    var effort = TextCompression.Effort.thorough

    var packs: TextPacks { TextPacks(db: db, dictionary: dictionary, opened: known?.packs, effort: effort) }

    // MARK: Reading

    /// The number of a text; `nil` if it is not known. A text that a revision names may have a number and not be here: see `lacks`.
    func id(of hash: TextHash) throws -> Int64? {
        if let number = known?.texts[hash] { return number }
        let statement = try db.cachedStatement(
            sql: "SELECT number FROM text WHERE substr(hash, 1, 6) = substr(?1, 1, 6) AND hash = ?1")
        return try Int64.fetchOne(statement, arguments: [hash.blob])
    }

    func hash(id: Int64) throws -> TextHash {
        let statement = try db.cachedStatement(sql: "SELECT hash FROM text WHERE number = ?")
        guard let hash = try Data.fetchOne(statement, arguments: [id]) else {
            throw ArchiveError(.corrupt, "text number \(id) is not in the archive")
        }
        return try TextHash(blob: hash)
    }

    /// Bytes of a text.
    func size(id: Int64) throws -> Int { try packs.text(id).size }

    /// A text that has this hash.
    /// - Throws: `ArchiveError` of code `corrupt` that names it if it is damaged or not here.
    func bytes(of hash: TextHash) throws -> [UInt8] {
        guard let number = try id(of: hash) else { throw ArchiveError.missing(text: hash) }
        return try bytes(number, hash)
    }

    /// A text by its number, after a comparison with its hash.
    func bytes(id: Int64) throws -> [UInt8] { try bytes(id, hash(id: id)) }

    private func bytes(_ number: Int64, _ hash: TextHash) throws -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try unchecked(number)
        } catch  where isDamage(error) {
            throw try lacks(number)
                ? ArchiveError.missing(text: hash)
                : ArchiveError.damaged(text: hash, "cannot be read: \(Self.reason(error))")
        }
        guard TextHash(hashing: bytes) == hash else { throw ArchiveError.damaged(text: hash) }
        known?.read.add(bytes, number)
        return bytes
    }

    private static func reason(_ error: any Error) -> String { (error as? ArchiveError)?.message ?? "\(error)" }

    /// A text as it comes out of its pack and its bases, right or not.
    func unchecked(_ id: Int64) throws -> [UInt8] {
        if let bytes = known?.read[id] { return bytes }
        var splices: [(number: Int64, data: [UInt8])] = []
        var (number, text) = (id, try packs.text(id))
        var base: [UInt8]?
        while base == nil, text.back > 0 {
            guard splices.count < Self.maximumDepth, text.back < number else { throw PackedText.damaged }
            splices.append((number, text.data))
            number -= text.back
            base = known?.read[number]
            if base == nil { text = try packs.text(number) }
        }
        return try splices.reversed().reduce(base ?? text.data) { base, splice in
            let bytes = try Splices.apply(Splices.decode(splice.data), to: base)
            guard bytes.count <= Self.maximumSize else { throw PackedText.damaged }
            return bytes
        }
    }

    /// The text as another replica can take it, which holds its base if we do; `nil` if it is damaged or not here.
    func encoded(id: Int64) throws -> EncodedText? {
        let hash = try hash(id: id)
        do {
            _ = try bytes(id, hash)
            let text = try packs.text(id)
            return EncodedText(
                hash: hash, base: text.back > 0 ? try self.hash(id: id - text.back) : nil, data: text.data)
        } catch  where isDamage(error) {
            known?.damage.insert(.text(hash))
            return nil
        }
    }

    /// The whole text as another replica can take it; `nil` if it is damaged or not here.
    func whole(id: Int64) throws -> EncodedText? {
        let hash = try hash(id: id)
        do {
            return EncodedText(hash: hash, base: nil, data: try bytes(id, hash))
        } catch  where isDamage(error) {
            known?.damage.insert(.text(hash))
            return nil
        }
    }

    // MARK: What is not here

    /// Whether a text that revisions name is known to be missing or damaged.
    func lacks(_ number: Int64) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM lacking WHERE number = ?)"), arguments: [number])!
    }

    /// The number of a text that revisions name and that is not here, which gets one if it has none.
    func reserve(_ hash: TextHash) throws -> Int64 {
        if let number = try id(of: hash) { return number }
        let number = try packs.reserve(hash, with: dictionary())
        try markLacking(number)
        return number
    }

    func markLacking(_ number: Int64) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO lacking (number) VALUES (?)").execute(arguments: [number])
    }

    func isSound(_ number: Int64, _ hash: TextHash) throws -> Bool {
        do {
            _ = try bytes(number, hash)
            return true
        } catch  where isDamage(error) {
            return false
        }
    }

    /// Stores a text, whose hash it has, in the place of the damaged or missing one of this number.
    func replace(_ number: Int64, _ bytes: [UInt8]) throws {
        try packs.replace(number, size: bytes.count, bytes, with: dictionary())
        known?.read.forget()
        known?.repaired.insert(number)
        try settle(number)
    }

    /// Takes a text out that nothing names.
    func remove(_ number: Int64) throws {
        try packs.remove(number, with: dictionary())
        try db.execute(sql: "DELETE FROM text WHERE number = ?", arguments: [number])
        try db.execute(sql: "DELETE FROM lacking WHERE number = ?", arguments: [number])
    }

    /// Strikes a text that is sound off the list of those that are lacking.
    func settle(_ number: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM lacking WHERE number = ?").execute(arguments: [number])
        if db.changesCount > 0 { known?.repaired.insert(number) }
    }

    // MARK: The dictionary

    /// What new texts are compressed with, once there is one.
    func dictionary() throws -> TextDictionary? {
        let newest = try db.cachedStatement(sql: "SELECT id FROM dictionary ORDER BY number DESC LIMIT 1")
        return try Int64.fetchOne(newest).flatMap { UInt32(exactly: $0) }.flatMap { try dictionary($0) }
    }

    func dictionary(_ id: UInt32) throws -> TextDictionary? {
        try TextDictionary.shared(id) {
            try Data.fetchOne(
                db.cachedStatement(sql: "SELECT data FROM dictionary WHERE id = ?"), arguments: [Int64(id)]
            ).map { [UInt8]($0) }
        }
    }

    /// Some whole texts that are here; none if they are few.
    func samples() throws -> [[UInt8]] {
        let ids = try Int64.fetchAll(
            db, sql: "SELECT first FROM text_pack WHERE count = 1 ORDER BY first DESC LIMIT ?",
            arguments: [TextDictionary.mostSamples])
        return ids.count < TextDictionary.mostSamples / 2 ? [] : try ids.map(bytes(id:))
    }

    /// Trains a dictionary, unless there is one or the samples are too few.
    func trainDictionary(_ samples: @autoclosure () throws -> [[UInt8]]) throws {
        guard try dictionary() == nil, let trained = TextDictionary.train(try samples()) else { return }
        try db.execute(
            sql: "INSERT INTO dictionary (id, data) VALUES (?, ?)", arguments: [Int64(trained.id), Data(trained.data)])
    }

    // MARK: Writing

    /// Stores a text as splices against `base` where that is smaller. One that is held already is compared with its hash, and
    /// replaced if it is damaged.
    @discardableResult
    func insert(_ bytes: [UInt8], base: TextHash? = nil) throws -> Int64 {
        let hash = TextHash(hashing: bytes)
        if let id = try id(of: hash) {
            if try !isSound(id, hash) { try replace(id, bytes) }
            return id
        }
        if let base, base != hash, let number = try id(of: base), let (before, depth) = try sound(number, base) {
            let splices = Splices.encode(Splices.between(before, bytes))
            // A rewritten text is better off whole: what rests on it is then read faster.
            if depth < Self.maximumDepth, splices.count < bytes.count / 3 {
                return try append(hash, size: bytes.count, base: (number, depth), splices)
            }
        }
        return try append(hash, size: bytes.count, base: nil, bytes)
    }

    /// A text and how many bases lie below it; `nil` if it is damaged or not here: nothing new is to rest on it.
    private func sound(_ number: Int64, _ hash: TextHash) throws -> (bytes: [UInt8], depth: Int)? {
        do {
            return (try bytes(number, hash), try packs.text(number).depth)
        } catch  where isDamage(error) {
            return nil
        }
    }

    /// Stores a text that was made ready. One that is held already is compared with its hash, and replaced if it is damaged.
    @discardableResult
    func insert(_ text: PreparedText) throws -> Int64 {
        if let id = try id(of: text.hash) {
            if try !isSound(id, text.hash) { try replace(id, text.bytes()) }
            return id
        }
        try check(text.size)
        return try packs.append(
            hash: text.hash, size: text.size, base: nil, data: try text.bytes(), length: text.size, frame: text.frame,
            with: dictionary())
    }

    /// Stores a received text after a comparison with its hash. Its base must be known.
    /// - Parameter repairs: whether one that is held is looked at, and replaced if it is damaged; else only one that is not here is.
    /// - Throws: `ArchiveError` if it does not have its hash, or its base is not here.
    @discardableResult
    func insert(_ text: EncodedText, repairs: Bool = false) throws -> Int64 {
        if let id = try id(of: text.hash) {
            if try repairs ? !isSound(id, text.hash) : lacks(id) {
                try replace(id, whole(text).bytes)
            } else if repairs {
                try settle(id)
            }
            return id
        }
        let (bytes, base) = try whole(text)
        guard let base, base.depth < Self.maximumDepth else {
            return try append(text.hash, size: bytes.count, base: nil, bytes)
        }
        return try append(text.hash, size: bytes.count, base: base, text.data)
    }

    private func whole(_ text: EncodedText) throws -> (bytes: [UInt8], base: (number: Int64, depth: Int)?) {
        guard let hash = text.base else {
            try check(text.data, is: text.hash)
            return (text.data, nil)
        }
        guard let number = try id(of: hash) else {
            throw ArchiveError(.corrupt, "the text \(text.hash) came before its base \(hash)")
        }
        guard let (base, depth) = try sound(number, hash) else {
            throw ArchiveError(.badInput, "the text \(text.hash) rests on \(hash), which is damaged")
        }
        let bytes = try Splices.apply(Splices.decode(text.data), to: base)
        try check(bytes, is: text.hash)
        return (bytes, (number, depth))
    }

    private func append(_ hash: TextHash, size: Int, base: (number: Int64, depth: Int)?, _ data: [UInt8]) throws
        -> Int64
    {
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
