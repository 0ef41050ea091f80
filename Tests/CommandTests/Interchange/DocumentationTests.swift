import Foundation
import Interchange
import Schemas
import Testing

/// docs/json.md against the program: both ways, nothing more and nothing less.
@Suite struct DocumentationTests {
    @Test func `every key is documented under its command with its type, and no other`() throws {
        let documented = try DocumentedKeys().keys
        let labels = Set((CommandOutput.all + [.error]).map(\.label))
        #expect(Set(documented.keys) == labels.union(["subject"]))
        for label in labels {
            let real = try Schema.shapes(of: label).reduce(into: Set()) { $0.formUnion(DocumentedKeys.keys(of: $1)) }
            let (missing, unreal) = (real.subtracting(documented[label] ?? []), documented[label]?.subtracting(real))
            #expect(missing.isEmpty, "\(label): not in docs/json.md: \(missing.sorted())")
            #expect(unreal?.isEmpty == true, "\(label): docs/json.md alone has \(unreal?.sorted() ?? [])")
        }
    }

    @Test func `what a subject is is documented`() throws {
        let subject = try #require(try Schema(file: "verify.json").defined["Subject"])
        #expect(try DocumentedKeys().keys["subject"] == DocumentedKeys.keys(of: subject))
    }

    private static func lines() throws -> [Substring] {
        let file = Schema.package.appendingPathComponent("docs/json.md")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    }

    @Test func `the exit statuses are the documented ones`() throws {
        let statuses = try Self.lines().compactMap { $0.firstMatch(of: /^\| (\d+) \|/).flatMap { Int32($0.output.1) } }
        #expect(statuses == ExitStatus.allCases.map(\.rawValue))
        // So are those that the help names.
        let help = try Command().run("--help").text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let list = help.firstMatch(of: #/Exit status: ([^.]*)/#)?.output.1 ?? ""
        #expect(list.matches(of: #/(\d+) /#).compactMap { Int32($0.output.1) } == statuses)
    }

    @Test func `the codes of errors and their exit statuses are the documented ones`() throws {
        var documented: [String: Set<Int32>] = [:]
        for line in try Self.lines() {
            guard let row = line.firstMatch(of: /^\| (`[a-z`, -]+`) \| (\d[\d, ]*) \|/) else { continue }
            let statuses = row.output.2.split(separator: ", ").compactMap { Int32($0) }
            for code in row.output.1.split(separator: ", ") {
                documented[code.filter { $0 != "`" }, default: []].formUnion(statuses)
            }
        }
        let real = ErrorCode.allCases.map { ($0.rawValue, Set($0.statuses.map(\.rawValue))) }
        #expect(documented == Dictionary(uniqueKeysWithValues: real))
    }

    @Test func `every code of the libraries has one of the same name`() throws {
        for (file, type) in [("History/Errors/ArchiveError.swift", "ArchiveError"), ("Hub/HubError.swift", "HubError")]
        {
            let source = try String(
                contentsOf: Schema.package.appendingPathComponent("Sources/\(file)"), encoding: .utf8)
            let codes = source.matches(of: /= Code\(rawValue: "([a-z-]+)"\)/).map { String($0.output.1) }
            // What a hub answers over HTTP alone ends no command.
            let answers: Set = ["method-not-allowed", "bad-range", "over-quota"]
            let unknown = codes.filter { ErrorCode(rawValue: $0) == nil && !answers.contains($0) }
            #expect(codes.count > 5 && unknown.isEmpty, "\(type): \(unknown)")
        }
    }
}
