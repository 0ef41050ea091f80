import Archive
import ArgumentParser
import Foundation

/// What a shell completes from the archive. It changes nothing, and where there is no archive there is nothing to complete.
extension CompletionKind {
    static let essays = names { try $0.essayNames(beginning: $1) }
    static let annotations = names { try $0.annotationNames(beginning: $1) }
    static let essaysOrAnnotations = names { try $0.essayNames(beginning: $1) + $0.annotationNames(beginning: $1) }
    static let tags = names { try $0.tagNames(beginning: $1) }
    static let remotes = names { reader, prefix in try reader.remotes().map(\.name).filter { $0.hasPrefix(prefix) } }

    private static func names(_ find: @escaping @Sendable (ArchiveReader, String) throws -> [String]) -> CompletionKind
    {
        .custom { words, _, prefix in
            let path = archive(in: words) ?? Places.archive
            guard let archive = try? Archive.openForReading(path, environment: Places.environment, isForced: true)
            else { return [] }
            return ((try? archive.read { try find($0, prefix) }) ?? []).filter(isSafe)
        }
    }

    /// Whether a shell only shows a name. What others wrote into a title must not reach the terminal as a control sequence, and bash's
    /// completion (`compgen -W`) expands words: it would run a command that stands in one.
    private static func isSafe(_ name: String) -> Bool {
        let isPrintable = name.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
        }
        return isPrintable && (CompletionShell.requesting != .bash || !name.contains { "\\'\"$`!".contains($0) })
    }

    /// The file that `--archive` names.
    private static func archive(in words: [String]) -> String? {
        if let place = words.lastIndex(of: "--archive"), place + 1 < words.count { return words[place + 1] }
        return words.last { $0.hasPrefix("--archive=") }.map { String($0.dropFirst("--archive=".count)) }
    }
}
