import Archive
import Foundation

/// What a person has answered of a conflict that is settled place by place: kept in a file as it is given, so that a long one
/// may take several sittings.
struct ConflictAnswers {
    private(set) var passages: [Int: [UInt8]] = [:]
    private(set) var fields: [ExactString: CanonicalValue?] = [:]
    /// Why the answers could not be written down, if so.
    private(set) var failure: String?
    private let file: String

    /// What was answered before of the same conflict.
    init(_ state: ItemState) {
        // The file's name stands for all that the answers rest on, so that those to another conflict are never taken.
        file = Places.state + "/resolve/" + TextHash(hashing: ConflictPrinter(state).sheet.content).hex
        guard let data = FileManager.default.contents(atPath: file), let kept = try? JSONDecoder().decode(Kept.self, from: data) else { return }
        for passage in kept.passages { passages[passage.index] = Array(passage.text) }
        for field in kept.fields { fields[ExactString(field.key)] = field.value.map { try? CanonicalValue(canonical: Array($0)) } ?? .some(nil) }
    }

    var count: Int { passages.count + fields.count }

    mutating func answer(passage index: Int, _ text: [UInt8]) {
        passages[index] = text
        keep()
    }

    mutating func answer(_ key: ExactString, _ value: CanonicalValue?) {
        fields[key] = .some(value)
        keep()
    }

    mutating func forget() {
        (passages, fields) = ([:], [:])
        unlink(file)
    }

    private mutating func keep() {
        let kept = Kept(
            passages: passages.map { Kept.Passage(index: $0.key, text: Data($0.value)) },
            fields: fields.map { Kept.Field(key: $0.key.string, value: $0.value.map { Data($0.bytes) }) })
        do {
            try SafeFile.write(Array(JSONEncoder().encode(kept)), to: file)
            failure = nil
        } catch {
            failure = "\(error)"
        }
    }

    private struct Kept: Codable {
        struct Passage: Codable {
            let index: Int
            let text: Data
        }

        /// The value in canonical JSON; `nil` for none.
        struct Field: Codable {
            let key: String
            let value: Data?
        }

        let passages: [Passage]
        let fields: [Field]
    }
}
