import Foundation
import Prose

/// Splits texts as an import does: reads names of files, one a line, and writes a line of JSON for each.
///
/// A file whose name ends with `.md` is Markdown; any other is plain text. The offsets count bytes of the text as it was decoded.
struct SplitFile: Encodable {
    struct Piece: Encodable {
        let start: Int
        let end: Int
        let title: String
        let reason: String
        let confidence: Double
    }

    struct Heading: Encodable {
        let start: Int
        let level: Int
        let label: String
        let title: String
    }

    struct Setting: Encodable {
        let kind: String
        let starts: [Int]
        let values: [Double]
    }

    let file: String
    var encoding: String?
    var error: String?
    var seconds = 0.0
    var pieces: [Piece] = []
    var headings: [Heading] = []
    var settings: [Setting] = []

    init(_ file: String) {
        self.file = file
        do {
            let url = URL(fileURLWithPath: file)
            let decoded = try TextDecoder.decode([UInt8](Data(contentsOf: url)))
            encoding = decoded.encoding.rawValue
            let isMarkdown = file.hasSuffix(".md")
            let name = url.deletingPathExtension().lastPathComponent
            let start = Date()
            let cuts = try CompilationSplitter.cuts(
                in: decoded.bytes, mode: .auto, isMarkdown: isMarkdown, fallbackTitle: name)
            seconds = Date().timeIntervalSince(start)
            pieces = cuts.map {
                Piece(
                    start: $0.range.lowerBound, end: $0.range.upperBound, title: $0.title, reason: $0.reason,
                    confidence: $0.confidence)
            }
            headings = SectionParser.sections(in: decoded.bytes, isMarkdown: isMarkdown).map {
                Heading(start: $0.headingRange.lowerBound, level: $0.level, label: $0.label, title: $0.title)
            }
            guard CommandLine.arguments.contains("--evidence") else { return }
            settings = CollectionMeasure.all(in: decoded.bytes, isMarkdown: isMarkdown, name: name).map {
                Setting(kind: $0.kind, starts: $0.starts, values: $0.values)
            }
        } catch {
            self.error = "\(error)"
        }
    }
}

let encoder = JSONEncoder()
if CommandLine.arguments.contains("--names") {
    print(CollectionMeasure.names.joined(separator: " "))
    print(CollectionMeasure.compilationNames.joined(separator: " "))
}
while let file = readLine() {
    print(String(decoding: try encoder.encode(SplitFile(file)), as: UTF8.self))
}
