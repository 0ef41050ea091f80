import Foundation

package enum Transcoding {
    /// A text in an encoding that iconv names; `nil` if it does not fit.
    package static func encode(_ text: String, _ name: String) -> [UInt8]? {
        guard let converter = iconv_open(name, "UTF-8"), converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var input = Array(text.utf8).map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 4 + 4)
        let written = input.withUnsafeMutableBufferPointer { from in
            output.withUnsafeMutableBufferPointer { to -> Int? in
                var (source, sourceLeft, target, targetLeft) = (from.baseAddress, from.count, to.baseAddress, to.count)
                guard iconv(converter, &source, &sourceLeft, &target, &targetLeft) != -1 else { return nil }
                return to.count - targetLeft
            }
        }
        return written.map { output.prefix($0).map { UInt8(bitPattern: $0) } }
    }
}
