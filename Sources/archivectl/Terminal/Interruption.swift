import Foundation

/// What Ctrl-C and SIGTERM say of work that they cut off. The archive is sound at any moment; this tells how far it is.
enum Interruption {
    /// For the handler, which can reach nothing but globals. Written before it can run.
    nonisolated(unsafe) private static var message: UnsafeMutablePointer<CChar>?
    nonisolated(unsafe) private static var length = 0

    /// From now on both end the process with this message, as they would without it.
    static func says(_ text: String) {
        let clearsLine = Terminal.isErrorTerminal ? "\r\u{1B}[K" : ""
        message = strdup("\(clearsLine)archivectl: stopped: \(text)\n")
        length = strlen(message!)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                _ = write(2, Interruption.message, Interruption.length)
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }
}
