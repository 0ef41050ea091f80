import Archive
import Foundation
import Interchange

/// Standard output, in large writes, through a pager if the command asked for one.
///
/// A closed pipe ends the process as success: whoever reads has seen enough.
enum Output {
    // Only the main thread prints.
    nonisolated(unsafe) private static var buffer: [UInt8] = []
    nonisolated(unsafe) private static var descriptor: Int32 = 1
    nonisolated(unsafe) private static var wantsPager = false
    nonisolated(unsafe) private static var pager: ForegroundProgram?
    /// What goes to standard error once the pager has ended, which has the screen until then.
    nonisolated(unsafe) private static var deferred = ""
    nonisolated(unsafe) private static var hasWritten = false

    static func write(bytes: [UInt8]) {
        buffer += bytes
        if buffer.count > 1 << 16 { flush() }
    }

    static func write(_ shown: Shown) { write(bytes: Array(shown.text.utf8)) }

    static func line(_ shown: Shown = "") { write(shown + "\n") }

    /// A line that advises a command.
    static func advice(_ text: String) { line(Shown(Advice.complete(text))) }

    /// A value of which a program reads the JSON, as a line of its own.
    static func json(_ value: some Encodable) { write(bytes: JSONLine.bytes(value) + [UInt8(ascii: "\n")]) }

    /// The same of a list, element by element, as they are added.
    static func jsonList<Element: Encodable>(_ body: ((Element) -> Void) throws -> Void) rethrows {
        var list = JSONList()
        try body { write(bytes: list.adding($0)) }
        write(bytes: list.end + [UInt8(ascii: "\n")])
    }

    /// The same of a list whose elements are made one after another.
    static func json<Source>(_ elements: [Source], _ element: (Source) throws -> some Encodable) rethrows {
        try jsonList { add in for source in elements { add(try element(source)) } }
    }

    /// Has all that comes shown by a pager, if this is a terminal. It starts with the first output.
    static func usePager() { wantsPager = true }

    static func flush() {
        startPager()
        if !buffer.isEmpty { hasWritten = true }
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { fail(errno) }
            rest = rest.dropFirst(count)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Whether nobody has seen any output.
    static var isUnseen: Bool { !hasWritten }

    /// Takes back all output, as long as nobody has seen any of it.
    /// - Returns: whether that is so.
    static func takeBack() -> Bool {
        guard !hasWritten else { return false }
        (buffer, deferred) = ([], "")
        return true
    }

    /// Ends the output: returns when all is written and the pager, if there is one, has ended.
    static func finish() {
        flush()
        endPager()
    }

    /// Keeps a note for standard error until the pager has ended.
    /// - Returns: whether there is a pager, or will be.
    static func deferNote(_ text: String) -> Bool {
        guard pager != nil || wantsPager && !buffer.isEmpty && Pager.command != nil else { return false }
        deferred += text
        return true
    }

    // MARK: The pager

    private static func startPager() {
        guard wantsPager, !buffer.isEmpty else { return }
        wantsPager = false
        guard let command = Pager.command, let (program, output) = Pager.start(command) else { return }
        (pager, descriptor) = (program, output)
    }

    private static func endPager() {
        wantsPager = false
        if let program = pager {
            close(descriptor)
            _ = program.wait()
            (pager, descriptor) = (nil, 1)
        }
        Terminal.standardError(deferred)
        deferred = ""
    }

    // MARK: Failure

    private static func fail(_ code: Int32) -> Never {
        while Pager.isStopping { pause() }
        buffer = []
        endPager()
        if code == EPIPE { exit(0) }
        Failure.exit(
            with: CommandError(.cannotWrite, "standard output cannot be written: \(String(cString: strerror(code)))"))
    }
}
