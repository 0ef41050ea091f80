import Crypto
import History
import Prose
import Sync

/// What a token allows.
public enum TokenScope: String, CaseIterable, Sendable {
    case read
    /// Reading, too.
    case write
}

/// A token as the hub keeps it: not itself, only its SHA-256.
///
/// A plain hash is enough where the secret is 256 random bits: there is nothing to guess.
struct HubToken: Sendable {
    let hash: [UInt8]
    let scope: TokenScope
    let created: Timestamp
    let label: String?

    /// Names the token without telling it: the first 8 digits of its hash.
    var id: String { Hex.encode(Array(hash.prefix(4))) }

    /// A new token: its text, to be shown once, and what the hub keeps of it.
    static func make(scope: TokenScope, label: String?) -> (text: String, token: HubToken) {
        var generator = SystemRandomNumberGenerator()
        let text = base64URL((0..<32).map { _ in generator.next() as UInt8 })
        return (text, HubToken(hash: hash(text), scope: scope, created: .now(), label: label))
    }

    static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// Compares in a time that does not depend on where the hashes differ.
    func matches(hash other: [UInt8]) -> Bool {
        guard hash.count == other.count else { return false }
        return zip(hash, other).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Base 64 with the alphabet of RFC 4648 section 5, without padding.
    static func base64URL(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for index in 0...group.count { output.append(alphabet[Int(bits >> (18 - 6 * UInt32(index)) & 63)]) }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

/// `tokens.json`: `{"tokens":[{created, hash, label, scope}, …]}`.
enum TokenFile {
    static func encode(_ tokens: [HubToken]) -> [UInt8] {
        let values = tokens.map { token in
            var fields: [ExactString: CanonicalValue] = [
                "created": .text(token.created.description), "hash": .text(Hex.encode(token.hash)),
                "scope": .text(token.scope.rawValue),
            ]
            if let label = token.label, !label.isEmpty { fields["label"] = .text(label) }
            return CanonicalValue.object(fields)
        }
        return CanonicalValue.object(values.isEmpty ? [:] : ["tokens": .array(values)]).bytes + [UInt8(ascii: "\n")]
    }

    /// - Parameter path: of the file, for messages.
    static func decode(_ bytes: [UInt8], path: String) throws(HubError) -> [HubToken] {
        do {
            return try MessageObject(line: bytes, of: path).array("tokens").map { value throws(MalformedMessage) in
                guard let fields = value.object, let hash = fields["hash"]?.string.flatMap({ Hex.decode($0) }),
                    hash.count == 32,
                    let scope = fields["scope"]?.string.flatMap({ TokenScope(rawValue: $0) }),
                    let created = fields["created"]?.string.flatMap({ Timestamp($0) })
                else { throw MalformedMessage("\(path) has an entry without hash, scope or time") }
                return HubToken(hash: hash, scope: scope, created: created, label: fields["label"]?.string)
            }
        } catch {
            throw HubError(.storage, error.description, remedy: .makeTokens)
        }
    }
}
