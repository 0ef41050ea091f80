import Foundation
import Testing

/// A library does not know by which program it is used: it gives the facts of an error, and `archivectl` the advice.
@Suite struct LibraryWordsTests {
    private static let libraries = ["Prose", "History", "Files", "Archive", "Interchange", "Sync", "Hub"]

    /// Labels, names of temporary folders, the user agent, and arguments of other programs.
    private static let allowed: Set<String> = [
        "archivectl", "archivectl.events", "archivectl.hub.archive", "/archivectl-read-…", "/archivectl-try-…",
        "archivectl-office-…", "--headless", "--norestore", "--convert-to", "--outdir", "--tab-stop=2",
        "--sandbox", "--standalone", "--wrap=none", "--markdown-headings=atx", "--from=…", "--to=markdown", "--version",
    ]

    /// In the package that this file is in.
    private static let sources: URL = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path + "/Package.swift") {
            folder.deleteLastPathComponent()
        }
        return folder.appendingPathComponent("Sources")
    }()

    /// What of a literal is the command line's: the program's name, an option, or the name of a command in backticks.
    private static func commandLineWords(in literal: String) -> [String] {
        if allowed.contains(literal) { return [] }
        return literal.matches(of: /(?i)archivectl|--[a-z][a-z-]*|`[a-z][^`]*`?/).map { String($0.output) }
    }

    @Test(arguments: libraries)
    func `no text of a library names a command or an option`(library: String) throws {
        let folder = Self.sources.appendingPathComponent(library)
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var (count, found) = (0, [String]())
        for case let file as URL in files where file.pathExtension == "swift" {
            for literal in try SourceLiterals.all(in: String(contentsOf: file, encoding: .utf8)) {
                count += 1
                let words = Self.commandLineWords(in: literal.text)
                if !words.isEmpty {
                    found.append("\(file.lastPathComponent):\(literal.line): \(words) in “\(literal.text)”")
                }
            }
        }
        #expect(count > 10 && found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test func `texts are found wherever they stand`() throws {
        let source = ##"""
            // "archivectl in a comment"
            /* "one" /* "two" */ "three" */
            let a = f("plain", x("nested \(g("inner --option") + ")") end"), #"raw \("not interpolated") " \#("pound")"#)
            let b = """
                long "quoted" \(h(")"))
                `archivectl list`
                """ // "after"
            """##
        let literals = try SourceLiterals.all(in: source)
        #expect(
            Set(literals.map(\.text)) == [
                "plain", "nested … end", "inner --option", ")", #"raw \("not interpolated") " …"#, "pound",
                "\n    long \"quoted\" …\n    `archivectl list`\n    ",
            ])
        #expect(literals.first { $0.text == "plain" }?.line == 3 && literals.map(\.line).max() == 5)
        let words = literals.flatMap { Self.commandLineWords(in: $0.text) }
        #expect(Set(words) == ["--option", "`archivectl list`"])
        #expect(throws: SourceLiterals.Unterminated.self) { try SourceLiterals.all(in: "let a = \"open\nlet b = 1") }
    }
}
