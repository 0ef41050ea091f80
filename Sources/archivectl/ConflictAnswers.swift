import Archive
import Files
import Foundation
import History
import Prose

/// What a person has answered of a conflict that is settled place by place: kept in a file as it is given, so that a long one
/// may take several sittings.
struct ConflictAnswers {
    private(set) var passages: [Int: [UInt8]] = [:]
    private(set) var fields: [ExactString: CanonicalValue?] = [:]
    /// Why the answers could not be written down, if so.
    private(set) var failure: String?
    private let file: String
    /// What each answer rests on: the same passage is known again where something else has changed, and another never taken for it.
    private let passageKeys: [String]
    private let fieldKeys: [ExactString: String]

    /// What was answered before of the same places.
    /// - Parameter replica: the archive's; replicas of one archive may be on one machine, each with answers of its own.
    init(_ state: ItemState, replica: ReplicaID) {
        let conflict = state.conflict!
        file = "\(Places.state)/resolve/\(replica.hex)-\(state.item.hex)"
        passageKeys = Self.passageKeys(conflict)
        fieldKeys = Dictionary(
            uniqueKeysWithValues: conflict.fields.map { field in
                let sides = field.sides.map { $0?.bytes ?? [] }.sorted { $0.lexicographicallyPrecedes($1) }
                return (field.key, Self.key([Array(field.key.string.utf8), field.base?.bytes ?? []] + sides))
            })
        guard let data = FileManager.default.contents(atPath: file),
            let kept = try? JSONDecoder().decode([String: Data].self, from: data)
        else { return }
        for (index, key) in passageKeys.enumerated() { passages[index] = kept[key].map(Array.init) }
        for (field, key) in fieldKeys {
            guard let bytes = kept[key] else { continue }
            if bytes.isEmpty {
                fields[field] = .some(nil)
            } else if let value = try? CanonicalValue(canonical: Array(bytes)) {
                fields[field] = value
            }
        }
    }

    /// By what a passage is and stands between. Of several that are the same in all that, it is unknown which are left once one of
    /// them is settled: how many there are is part of their keys.
    private static func passageKeys(_ conflict: MergeConflict) -> [String] {
        let context = PassageContext(conflict)
        let keys = conflict.hunks.map { hunk in
            // The sides' order hangs on the heads' IDs.
            key(
                [context.before(hunk) ?? [], context.behind(hunk) ?? [], hunk.base]
                    + hunk.sides.sorted { $0.lexicographicallyPrecedes($1) })
        }
        let counts = Dictionary(keys.map { ($0, 1) }, uniquingKeysWith: +)
        var seen: [String: Int] = [:]
        return keys.map { key in
            seen[key, default: 0] += 1
            return "\(key) \(seen[key]!) of \(counts[key]!)"
        }
    }

    private static func key(_ parts: [[UInt8]]) -> String {
        TextHash(hashing: parts.flatMap { Array("\($0.count) ".utf8) + $0 }).hex
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
        var kept: [String: Data] = [:]
        for (index, text) in passages { kept[passageKeys[index]] = Data(text) }
        // No value is empty as canonical JSON.
        for (field, value) in fields { kept[fieldKeys[field]!] = value.map { Data($0.bytes) } ?? Data() }
        do {
            try SafeFile.makeFolder(Places.state + "/resolve")
            try SafeFile.write(Array(JSONEncoder().encode(kept)), to: file, replacing: .ownFile)
            failure = nil
        } catch {
            failure = CommandError.text(of: error)
        }
    }
}
