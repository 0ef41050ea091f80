import Archive
import Foundation

/// The command's arguments as the system gave them.
enum Arguments {
    /// The paths that arguments name. Swift's strings hold no bytes that are not UTF-8, so that these are looked up.
    static func paths(_ arguments: [String]) -> [SystemPath] {
        var given = raw
        return arguments.map { argument in
            guard argument.unicodeScalars.contains("\u{FFFD}"), let index = given.firstIndex(where: { $0.argument == argument })
            else { return SystemPath(argument) }
            return SystemPath(bytes: given.remove(at: index).bytes)
        }
    }

    private static var raw: [(argument: String, bytes: [UInt8])] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            CommandLine.unsafeArgv[index].map { (String(cString: $0), Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))) }
        }
    }
}
