import Archive
import Foundation
import Prose

/// Times as people read them: of the zone that they are in (TZ, else the machine's), to the minute. Programs get UTC.
enum LocalTime {
    /// `2026-11-30 10:03`
    static func minute(_ time: Timestamp) -> String { format(time, "%Y-%m-%d %H:%M") }

    /// `2026-11-30`
    static func day(_ time: Timestamp) -> String { format(time, "%Y-%m-%d") }

    /// `10:03:12`
    static func second(_ time: Timestamp) -> String { format(time, "%H:%M:%S") }

    private static func format(_ time: Timestamp, _ pattern: String) -> String {
        var seconds = time_t(time.milliseconds >= 0 ? time.milliseconds / 1000 : (time.milliseconds - 999) / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return time.description }
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, pattern, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
