import CZstd
import Foundation
import GRDB
import Synchronization

/// What an archive's texts have in common, as a zstd dictionary (RFC 8878, section 5): essays of a few kilobytes are a
/// seventh smaller with it, and a changed sentence a quarter.
///
/// A dictionary is trained once, when the first larger number of texts comes in, and lies in the archive's file. Frames name it
/// by its ID, so that `zstd -D` reads them too. It is how this file stores texts and no part of the history.
public final class TextDictionary: @unchecked Sendable {
    // Immutable after init but for `writing`; zstd allows any number of threads to use digested dictionaries at once.

    /// zstd's own number for it, which each frame names.
    let id: UInt32
    let data: [UInt8]
    let readingForm: OpaquePointer
    /// What writing needs, which takes a millisecond to make and which most commands do not use.
    private let writing = Mutex(WritingForms())

    private struct WritingForms: @unchecked Sendable {
        // Reached through the mutex alone.
        var quick: OpaquePointer?
        var thorough: OpaquePointer?
    }

    /// - Returns: `nil` if the data is no dictionary.
    init?(_ data: [UInt8]) {
        let id = data.withUnsafeBytes { ZDICT_getDictID($0.baseAddress, $0.count) }
        guard id != 0 else { return nil }
        guard let reading = data.withUnsafeBytes({ ZSTD_createDDict($0.baseAddress, $0.count) }) else { return nil }
        self.id = id
        self.data = data
        readingForm = reading
    }

    deinit {
        writing.withLock { forms in
            ZSTD_freeCDict(forms.quick)
            ZSTD_freeCDict(forms.thorough)
        }
        ZSTD_freeDDict(readingForm)
    }

    func compress(_ bytes: [UInt8], _ effort: TextCompression.Effort) -> [UInt8] {
        // Once made, a form lives as long as this.
        let made = writing.withLock { forms in
            let kind = effort == .quick ? \WritingForms.quick : \WritingForms.thorough
            if forms[keyPath: kind] == nil {
                forms[keyPath: kind] = data.withUnsafeBytes { ZSTD_createCDict($0.baseAddress, $0.count, effort.level) }
            }
            return WritingForms(quick: forms[keyPath: kind])
        }
        guard let form = made.quick else { return Zstd.compress(bytes, level: effort.level) }
        return Zstd.compress(bytes, with: form)
    }

    // MARK: Training

    /// Fewer samples than this teach too little.
    static let leastSamples = 64
    static let mostSamples = 400
    private static let size = 112 << 10

    /// A dictionary for texts like these; `nil` if they are too few or have too little in common.
    /// - Complexity: some 25 ms for 400 essays.
    static func train(_ samples: [[UInt8]]) -> TextDictionary? {
        guard samples.count >= leastSamples else { return nil }
        let chosen = stride(from: 0, to: samples.count, by: max(1, samples.count / mostSamples)).map {
            samples[$0].prefix(1 << 16)
        }
        var parameters = ZDICT_fastCover_params_t()
        (parameters.k, parameters.d, parameters.f, parameters.accel) = (200, 8, 20, 1)
        var written = 0
        let joined = Array(chosen.joined())
        let data = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            written = ZDICT_trainFromBuffer_fastCover(
                buffer.baseAddress, buffer.count, joined, chosen.map(\.count), UInt32(chosen.count), parameters)
            count = ZDICT_isError(written) == 0 ? written : 0
        }
        return data.isEmpty ? nil : TextDictionary(data)
    }

    // MARK: Sharing

    /// Dictionaries in use, by ID: digesting one takes a millisecond.
    private static let known = Mutex<[UInt32: TextDictionary]>([:])

    static func shared(_ id: UInt32, load: () throws -> [UInt8]?) rethrows -> TextDictionary? {
        if let dictionary = known.withLock({ $0[id] }) { return dictionary }
        guard let data = try load(), let dictionary = TextDictionary(data), dictionary.id == id else { return nil }
        known.withLock { $0[id] = dictionary }
        return dictionary
    }
}

/// How texts are compressed.
struct TextCompression: Sendable {
    enum Effort {
        /// Where a great many texts come at once: compressing is a third of the time that importing them takes.
        case quick
        /// A tenth smaller, in three times the time.
        case thorough

        /// zstd's.
        var level: Int32 { self == .quick ? 3 : 9 }
    }

    /// One that is in the archive where the texts are to be stored.
    let dictionary: TextDictionary?
    let effort: Effort
}

extension Archive {
    /// What the archive's texts are compressed with. An archive that has none trains one, on samples of what is about to come
    /// or on the texts that it holds; `nil` if both are too few.
    func textDictionary(samples: () throws -> [[UInt8]]) throws -> TextDictionary? {
        if let dictionary = try read({ try $0.texts.dictionary() }) { return dictionary }
        var samples = try samples()
        if samples.count < TextDictionary.leastSamples { samples = try read { try $0.texts.samples() } }
        guard samples.count >= TextDictionary.leastSamples else { return nil }
        return try write { try $0.trainDictionary(samples) }
    }
}

extension ArchiveWriter {
    /// Trains a dictionary, unless there is one or the samples are too few.
    @discardableResult
    func trainDictionary(_ samples: @autoclosure () throws -> [[UInt8]]) throws -> TextDictionary? {
        let texts = TextStore(db: db)
        try texts.trainDictionary(samples())
        return try texts.dictionary()
    }
}
