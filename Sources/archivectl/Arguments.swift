import Archive
import ArgumentParser
import Foundation
import History

/// The command's arguments as the system gave them: bytes, of which a file's name may be any. Swift's strings hold no bytes that
/// are not UTF-8, so that these are looked up.
///
/// An argument that is not UTF-8 names exactly the file of these bytes where one is read, and is refused everywhere else: as a
/// string it would name another file, or be another text.
enum Arguments {
    /// The paths that arguments name.
    static func paths(_ arguments: [String]) -> [SystemPath] {
        var given = foreign
        return arguments.map { argument in
            guard let index = given.firstIndex(where: { $0.text.utf8.elementsEqual(argument.utf8) }) else {
                return SystemPath(argument)
            }
            return SystemPath(bytes: given.remove(at: index).bytes)
        }
    }

    /// Opens the file that an argument names, to be read.
    /// - Returns: its descriptor; −1 if it cannot be opened, and `errno` says why.
    static func open(_ argument: String) -> Int32 {
        let bytes = foreign.first { $0.text.utf8.elementsEqual(argument.utf8) }?.bytes ?? Array(argument.utf8)
        return (bytes + [0]).withUnsafeBytes {
            Glibc.open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_RDONLY | O_CLOEXEC)
        }
    }

    /// - Throws: `CommandError` if an argument is not UTF-8, other than those that name files to be read.
    static func check(filesToRead: [String]) throws {
        var allowed = filesToRead
        for argument in foreign {
            if let index = allowed.firstIndex(where: { $0.utf8.elementsEqual(argument.text.utf8) }) {
                allowed.remove(at: index)
            } else {
                throw CommandError(
                    .usage, "the argument '\(argument.text)' is not UTF-8, and nothing was done",
                    advice:
                        "Only the names of files to read may have other bytes: those of import, --from and --queries")
            }
        }
    }

    /// The arguments that are not UTF-8; of `--option=value` the value.
    private static var foreign: [(text: String, bytes: [UInt8])] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            guard let start = CommandLine.unsafeArgv[index], String(validatingCString: start) == nil else { return nil }
            var bytes = Array(UnsafeRawBufferPointer(start: start, count: strlen(start)))
            if bytes.starts(with: "--".utf8), let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
                bytes.removeFirst(equals + 1)
            }
            return (String(decoding: bytes, as: UTF8.self), bytes)
        }
    }
}

/// - Parameter argument: as the help names it.
/// - Throws: `ValidationError` if a path is given and empty: no file has that name, and as a part of a path it would be a folder.
func requirePath(_ path: String?, _ argument: String) throws {
    if path?.isEmpty == true { throw ValidationError("The path for \(argument) is empty.") }
}

/// A command that reads files whose names may be any bytes.
protocol ReadsFiles: SendableMetatype {
    /// The arguments that name them.
    var filesToRead: [String] { get }
}

extension Import: ReadsFiles {
    var filesToRead: [String] { paths }
}

extension New: ReadsFiles {
    var filesToRead: [String] { source.map { [$0] } ?? [] }
}

extension Edit: ReadsFiles {
    var filesToRead: [String] { source.map { [$0] } ?? [] }
}

extension Resolve: ReadsFiles {
    var filesToRead: [String] { source.map { [$0] } ?? [] }
}

extension SearchCommand: ReadsFiles {
    var filesToRead: [String] { queries.map { [$0] } ?? [] }
}
