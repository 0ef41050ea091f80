import Hummingbird
import NIOCore
import Sync

extension ResponseBody {
    private static var block: Int { 256 << 10 }

    /// A body read from the disk as the connection takes it.
    /// - Parameter eventLoop: the connection's. The framework queues what is written there without waiting, however much
    ///   there is; waiting for the queue after each piece keeps memory from growing with the body.
    /// - Parameter damaged: called with a segment that is not what its name says, before its end is sent. The body then breaks off.
    static func stored(
        _ line: [UInt8] = [], then parts: [HubArchive.StoredSegment], on eventLoop: any EventLoop,
        damaged: @escaping @Sendable (SegmentName) async -> Void = { _ in }
    ) -> ResponseBody {
        ResponseBody(contentLength: parts.reduce(line.count) { $0 + $1.size }) { writer in
            // Small parts go together.
            var gathered = ByteBuffer(bytes: line)
            for part in parts {
                let file = try HubFile(path: part.path, flags: HubFile.reading)
                var check = part.whole.map { StoredSegmentCheck($0) }
                for offset in stride(from: part.range.lowerBound, to: part.range.upperBound, by: block) {
                    let bytes = try file.bytes(min(block, part.range.upperBound - offset), at: offset)
                    check?.append(bytes)
                    if let whole = part.whole, offset + bytes.count == part.range.upperBound, check?.isIntact == false {
                        await damaged(whole)
                        throw HubError(.storage, "\(part.path) is damaged")
                    }
                    gathered.writeBytes(bytes)
                    guard gathered.readableBytes >= block else { continue }
                    try await writer.write(gathered)
                    gathered = ByteBuffer()
                    try await eventLoop.submit {}.get()
                }
            }
            if gathered.readableBytes > 0 { try await writer.write(gathered) }
            try await writer.finish(nil)
        }
    }
}

extension HubFile {
    fileprivate func bytes(_ count: Int, at offset: Int) throws(HubError) -> [UInt8] {
        let bytes = try read(count, at: offset)
        // Breaking off tells the client; filling up would not.
        guard bytes.count == count else { throw HubError(.storage, "\(path) has become shorter; restore it") }
        return bytes
    }
}
