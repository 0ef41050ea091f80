import Foundation

/// What the comments in the sources say of types and their properties: the one place that describes them.
struct DocComments {
    private var texts: [String: String] = [:]

    /// - Parameter folder: that of the sources.
    init(folder: URL) throws {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            if file.pathExtension == "swift" { read(try String(contentsOf: file, encoding: .utf8)) }
        }
    }

    /// - Parameter property: `nil` for the type itself.
    /// - Throws: `Missing` if nothing is said of it.
    func text(of type: String, _ property: String? = nil) throws -> String {
        let name = [type, property].compactMap(\.self).joined(separator: ".")
        guard let text = texts[name] else { throw Missing(name: name) }
        return text
    }

    struct Missing: Error, CustomStringConvertible {
        let name: String
        var description: String { "\(name) in Sources/Interchange has no doc comment" }
    }

    /// Which type a property belongs to is told by the margins: the sources are formatted.
    private mutating func read(_ source: String) {
        let declaration = /(?:@LeftOut )?(?:package |public |private )*(struct|enum|let|var) `?(\w+)`?.*/
        var comment: [Substring] = []
        var around: [(margin: Int, type: String)] = []
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let text = line.drop { $0 == " " }
            let margin = line.count - text.count
            if text.hasPrefix("///") {
                comment.append(text.dropFirst(3).drop { $0 == " " })
                continue
            }
            defer { comment = [] }
            guard let match = text.wholeMatch(of: declaration) else { continue }
            around.removeAll { $0.margin >= margin }
            let (kind, name) = (match.output.1, String(match.output.2))
            let isType = kind == "struct" || kind == "enum"
            let full = isType ? name : "\(around.last?.type ?? "").\(name)"
            if isType { around.append((margin, name)) }
            if !comment.isEmpty { texts[full] = comment.joined(separator: " ") }
        }
    }
}
