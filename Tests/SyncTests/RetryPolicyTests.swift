import Archive
import Testing

@testable import Sync

@Suite struct RetryPolicyTests {
    @Test func `waits double up to the longest, and are shortened by a half at most`() {
        let policy = RetryPolicy(tries: 10, base: 1, longest: 8)
        #expect((1..<10).map { policy.wait(after: $0, random: 0) } == [1, 2, 4, 8, 8, 8, 8, 8, 8])
        #expect((1..<10).map { policy.wait(after: $0, random: 1) } == [0.5, 1, 2, 4, 4, 4, 4, 4, 4])
        #expect(policy.wait(after: 10) == nil)
        #expect(RetryPolicy.patient.wait(after: 1_000_000, random: 0) == 30)
        #expect(RetryPolicy.patient.wait(after: 1, asked: 3600) == 3600)
    }

    @Test func `what the server asks for is waited for in full, but not for ever`() {
        let policy = RetryPolicy(tries: 3, base: 1, longest: 8, patience: 60)
        #expect(policy.wait(after: 1, asked: 60, random: 0) == 60)
        #expect(policy.wait(after: 1, asked: 0, random: 0) == 1)
        #expect(policy.wait(after: 1, asked: 61, random: 0) == nil)
        #expect(policy.wait(after: 3, asked: 1, random: 0) == nil)
    }

    @Test func `events are read the same however they are cut into pieces`() {
        let text =
            ": hello\n\nevent: vector\ndata: aa\n\n:x\n\ndata: no type\n\nevent:vector\r\ndata:bb\r\n\r\nevent: other\ndata: cc\n\nevent: vector\ndata: dd"
        for size in 1...text.utf8.count {
            var parser = EventParser()
            var events: [String] = []
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = bytes[start..<min(start + size, bytes.count)]
                #expect(piece.withUnsafeBytes { parser.append($0) { events.append($0) } })
            }
            // The last one has not ended.
            #expect(events == ["aa", "bb"])
        }
    }

    @Test func `a line that is longer than any hub's ends the stream`() {
        var parser = EventParser()
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 5000)
        #expect(!line.withUnsafeBytes { parser.append($0) { _ in } })
    }
}
