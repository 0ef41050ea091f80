import Foundation

/// The file that holds an access token.
enum TokenFile {
    static func absolute(_ path: String) throws -> String {
        _ = try read(path)
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    static func read(_ path: String) throws -> String {
        let bytes: [UInt8]
        do {
            bytes = try Input.read(path, limit: 1 << 20)
        } catch let error as CommandError where error.code == .notFound {
            throw CommandError(
                .notFound, "the token file \(path) cannot be read",
                advice:
                    "Check the name. A token is shown once, by `archivectl hub create` or `archivectl hub token create` where the hub runs; save it in this file",
                subject: path)
        } catch is CommandError {
            throw notToken(path)
        }
        let text = text(bytes).trimmingCharacters(in: .whitespacesAndNewlines)
        let token = printed(text) ?? text
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw notToken(path)
        }
        return token
    }

    private static func notToken(_ path: String) -> CommandError {
        CommandError(
            .badInput, "\(path) does not contain a token",
            advice: "Save what `archivectl hub create` printed in it, or just the token, on one line", subject: path)
    }

    /// What some editors and shells write has a byte order mark, or is UTF-16.
    private static func text(_ bytes: [UInt8]) -> String {
        for (mark, encoding) in [([0xFF, 0xFE], String.Encoding.utf16LittleEndian), ([0xFE, 0xFF], .utf16BigEndian)]
            as [([UInt8], String.Encoding)]
        where bytes.starts(with: mark) {
            return String(data: Data(bytes.dropFirst(2)), encoding: encoding) ?? ""
        }
        return String(
            decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
    }

    /// The token in what `hub create` and `hub token create` print, with --json or without; `nil` if it is something else.
    private static func printed(_ text: String) -> String? {
        if text.hasPrefix("{") {
            return (try? JSONSerialization.jsonObject(with: Data(text.utf8))).flatMap {
                ($0 as? [String: Any])?["token"] as? String
            }
        }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(whereSeparator: \.isWhitespace) }
        return lines.first { $0.count == 2 && $0[0] == "token" }.map { String($0[1]) }
    }
}
