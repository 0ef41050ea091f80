import Archive
import ArgumentParser
import Foundation
import History
import Interchange
import Logging
import Prose

/// How a server's log is written, one line for each event, to standard error.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    /// `time level message key=value …`
    case text
    /// One JSON object.
    case json
}

/// Writes log lines whole, so that those of different threads never mix.
struct LogLines: LogHandler {
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(_ format: LogFormat, level: Logger.Level) {
        self.format = format
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let time = Timestamp.now().description
        switch format {
        case .json:
            let members: [(String, CanonicalValue)] = [
                ("time", .text(time)), ("level", .text(event.level.rawValue)), ("event", .text("\(event.message)")),
            ]
            let line = JSONLine.text(Members(members + fields.map { ($0.key, Self.value($0.value)) }))
            Terminal.standardError(line + "\n")
        case .text:
            let pairs = fields.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
            Terminal.standardError("\(time) \(event.level.rawValue) \(event.message)\(pairs)\n")
        }
    }

    /// A number only where the program logs one: a token's ID of nothing but digits is a text.
    private static func value(_ value: Logger.MetadataValue) -> CanonicalValue {
        if case .stringConvertible(let number as Int) = value { .integer(Int64(number)) } else { .text("\(value)") }
    }

    /// As logfmt has it: plain if it is one word, else as a JSON string, which also keeps control characters out of terminals.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
        return isPlain ? text : JSONLine.text(text)
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
