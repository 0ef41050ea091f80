import Archive
import Testing

@testable import History
@testable import Sync

/// Servers that speak HTTP and lie in it: refused with a message, and nothing of what they say is taken in.
@Suite struct LyingServerTests {
    /// What a server says to every request: bytes, and then perhaps more of them without end.
    struct Lie: Sendable, CustomTestStringConvertible {
        let name: String
        /// Given the archive that asks and an honest hub's answer to it: a response line, then a segment.
        let answer: @Sendable (_ archive: ArchiveID, _ honest: SyncResponse, _ segment: LogSegment) -> [UInt8]
        var endless: [UInt8] = []
        let message: String

        var testDescription: String { name }
    }

    private static func http(_ body: [UInt8], headers: String = "") -> [UInt8] {
        Array("HTTP/1.1 200 OK\r\n\(headers)Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }

    /// So that the next request comes as well: where one log is left out, the run goes on with others.
    private static let again = "Connection: close\r\n"

    private static func unbounded(_ body: [UInt8]) -> [UInt8] {
        Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8) + body
    }

    /// The same run of the same log with another payload: a header that tells the truth about it.
    private static func resealed(_ segment: LogSegment, archive: ArchiveID? = nil, _ payload: [UInt8]) -> LogSegment {
        let header = segment.header
        return LogSegment(
            header: SegmentHeader(
                archive: archive ?? header.archive, replica: header.replica, first: header.first, last: header.last,
                previous: header.previous, chain: header.chain, payload: payload), payload: payload)
    }

    static let lies: [Lie] = [
        Lie(
            name: "a vector that has another digest",
            answer: { _, honest, segment in
                var response = honest
                response.digest = .random()
                return http(response.encode() + segment.bytes)
            }, message: "digest"),
        Lie(
            name: "an answer for another archive",
            answer: { _, honest, segment in
                var response = honest
                response.archive = .random()
                return http(response.encode() + segment.bytes)
            }, message: "another archive"),
        Lie(
            name: "a segment of another archive",
            answer: { _, honest, segment in
                http(honest.encode() + resealed(segment, archive: .random(), segment.payload).bytes)
            }, message: "another archive"),
        Lie(
            name: "a payload that unpacks to more than any may",
            answer: { _, honest, segment in
                http(
                    honest.encode() + resealed(segment, Zstd.compress([UInt8](repeating: 0, count: 300 << 20))).bytes,
                    headers: again)
            }, message: "no head line"),
        Lie(
            name: "a payload that is no zstd",
            answer: { _, honest, segment in
                http(honest.encode() + resealed(segment, Array("nothing packed".utf8)).bytes, headers: again)
            }, message: "damaged"),
        Lie(
            name: "entries that do not give the chain",
            answer: { _, honest, segment in
                http(honest.encode() + resealed(segment, ZstdCodec().encode([])).bytes, headers: again)
            }, message: "entries"),
        Lie(
            name: "a first line without end", answer: { _, _, _ in unbounded(Array("{\"digest\":\"".utf8)) },
            endless: Array(repeating: UInt8(ascii: "a"), count: 65536), message: "longer than"),
        Lie(
            name: "a segment header without end", answer: { _, honest, _ in unbounded(honest.encode()) },
            endless: Array(repeating: UInt8(ascii: "a"), count: 65536), message: "longer than"),
        Lie(
            name: "headers without end", answer: { _, _, _ in Array("HTTP/1.1 200 OK\r\n".utf8) },
            endless: Array("X-More: and more and more\r\n".utf8), message: "cannot be used"),
        Lie(
            name: "another length than the body has",
            answer: { _, honest, segment in
                Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".utf8) + honest.encode() + segment.bytes
            }, message: "cannot be used"),
        Lie(
            name: "a web page", answer: { _, _, _ in http(Array("<html>Log in to the hotel's network</html>\n".utf8)) },
            message: "cannot be used"),
        Lie(
            name: "a redirect",
            answer: { _, _, _ in
                Array("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n".utf8)
            }, message: "elsewhere"),
    ]

    @Test(arguments: lies)
    func `a lie is refused, and nothing of it is applied`(lie: Lie) async throws {
        let id = ArchiveID.random()
        let environment = Archive.Environment(stateDirectory: nil)
        let (author, victim) = (
            try Archive.inMemory(id: id, environment: environment),
            try Archive.inMemory(id: id, environment: environment)
        )
        for archive in [author, victim] {
            try archive.write { writer in
                try writer.addRemote("hub", RemoteAddress(url: "http://hub.invalid"))
                _ = try writer.create([FieldKey.title: .text("文")], text: Array("一些话。".utf8), author: Author("甲"))
            }
        }
        let (honest, segment) = try Self.honest(author)
        let answer = lie.answer(id, honest, segment)
        let before = try victim.read { try ($0.stateHash(), $0.vector()) }
        let (listener, port) = RawSocket.listen()
        blockingDetached {
            while let client = listener.acceptIfOpen() {
                _ = client.receive(until: isWholeMessage)
                client.send(answer)
                if !lie.endless.isEmpty { while client.sendIfOpen(lie.endless) {} }
            }
        }
        defer { listener.shutDown() }
        try await blocking {
            let hub = HubClient(
                url: "http://127.0.0.1:\(port)/v1/archives/essays", token: "secret", client: try HTTPClient())
            let error = #expect(throws: (any Error).self) { try SyncEngine(victim, remote: "hub", exchange: hub).run() }
            let message = error.map { "\($0)" } ?? ""
            #expect(message.contains(lie.message), "\(message)")
            #expect(!message.contains("secret"))
            let after = try victim.read { try ($0.stateHash(), $0.vector()) }
            #expect(after == before)
            #expect(try victim.verify().isSound)
        }
    }

    /// What an honest hub that holds the author's archive says to somebody who holds nothing.
    private static func honest(_ author: Archive) throws -> (SyncResponse, LogSegment) {
        let hub = CapturingRemote()
        _ = try SyncEngine(author, remote: "hub", exchange: hub).run()
        let segment = try #require(hub.segments.first)
        let vector = [segment.header.replica: segment.header.end]
        return (SyncResponse(archive: segment.header.archive, digest: vector.digest, vector: vector), segment)
    }

    /// Takes what is pushed to it.
    private final class CapturingRemote: SyncRemote {
        var segments: [LogSegment] = []
        var traffic: Traffic { Traffic() }
        func list(_ prefix: String) throws(RemoteError) -> [String] { [] }
        func get(_ name: String) throws(RemoteError) -> [UInt8]? { nil }
        func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) {}
        func delete(_ name: String) throws(RemoteError) {}
        func sync(
            _ request: SyncRequest, segments: [LogSegment]
        ) throws(RemoteError) -> (response: SyncResponse, segments: [LogSegment]) {
            self.segments += segments
            let vector = self.segments.reduce(into: ArchiveVector()) { $0[$1.header.replica] = $1.header.end }
            return (SyncResponse(archive: request.archive, digest: vector.digest, vector: vector), [])
        }
    }
}
