import Foundation
import Testing

/// The hub as its owner runs it: a real process, with real certificates and signals.
@Suite struct HubCommandTests {
    @Test func tokensAndQuotasAreChangedWhileTheHubRuns() throws {
        let command = try Command()
        let hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        try command.run("init")
        try command.run("new", "--title", "一", "--from", "-", input: "一些话。")
        let reader = try command.run(
            "hub", "token", "create", "essays", "--store", "store", "--scope", "read", "--label", "phone", "--json"
        ).object()
        try command.write(try #require(reader["token"] as? String), to: "reader")
        try command.run("remote", "add", "reader", hub.url, "--token-file", "reader")
        #expect(try command.run("sync", "reader", expecting: 77).errors.contains("read only"))

        try command.run("hub", "quota", "essays", "10B", "--store", "store")
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token")
        #expect(try command.run("sync", "origin", expecting: 1).errors.contains("quota"))
        #expect(
            try command.run("hub", "quota", "essays", "2GiB", "--store", "store", "--json").object()["quota"] as? Int
                == 2 << 30)
        try command.run("sync", "origin")
        let archive = try #require(try command.run("hub", "list", "--store", "store", "--json").array().first)
        #expect(
            archive["name"] as? String == "essays" && archive["bytes"] as! Int > 100
                && archive["quota"] as? Int == 2 << 30)

        let tokens = try command.run("hub", "token", "list", "essays", "--store", "store", "--json").array()
        #expect(
            tokens.count == 2 && tokens[1]["label"] as? String == "phone" && tokens.allSatisfy { $0["used"] is String })
        let revoked = try #require(tokens[0]["id"] as? String)
        #expect(
            try command.run("hub", "token", "revoke", "essays", revoked, "--store", "store", "--json").object()["id"]
                as? String == revoked)
        #expect(try command.run("sync", "origin", expecting: 77).errors.contains("token"))
        #expect(
            try command.run("hub", "token", "revoke", "essays", "nobody", "--store", "store", expecting: 66).errors
                .contains("hub token list"))
    }

    @Test func aHubThatLostEntriesIsFoundOut() throws {
        let command = try Command()
        var hub = try SyncCommandTests.LiveHub(command)
        try command.run("init")
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token")
        for title in ["一", "二", "三"] {
            try command.run("new", "--title", title, "--from", "-", input: "一些话。")
            try command.run("sync")
        }
        let port = try #require(URL(string: hub.url)?.port)
        hub.stop()
        let log = try #require(FileManager.default.enumerator(atPath: command.path("store/essays/log"))).compactMap {
            $0 as? String
        }
        let segments = log.filter { $0.contains("/") }.sorted()
        #expect(segments.count == 3)
        try Data("坏".utf8).write(to: URL(fileURLWithPath: command.path("store/essays/log/" + segments[0])))
        hub = try SyncCommandTests.LiveHub(command, again: port)
        let damaged = try #require(
            try command.run("verify", "--remote", "origin", "--json", expecting: 2).object()["problems"]
                as? [[String: Any]])
        let what = damaged.compactMap { $0["what"] as? String }
        #expect(
            what.count == 3 && what[0].contains("cannot be read") && what[1].contains("nothing leads")
                && what[2].contains("not there any more"), "\(what)")
        // It has set the damaged one aside, and takes it again.
        try command.run("sync")
        try command.run("verify", "--remote", "origin")
        hub.stop()
        try FileManager.default.removeItem(atPath: command.path("store/essays/log"))
        hub = try SyncCommandTests.LiveHub(command, again: port)
        #expect(try command.run("verify", "--remote", "origin", expecting: 2).text.contains("not there any more"))
        try command.run("sync")
        try command.run("verify", "--remote", "origin")
    }

    @Test func aStoppedHubFinishesWhatIsUnderWayAndEndsItsStreams() throws {
        let command = try Command()
        let hub = try SyncCommandTests.LiveHub(command, arguments: ["--log-format", "json"])
        let token = try String(contentsOfFile: command.path("token"), encoding: .utf8)
        let port = try #require(URL(string: hub.url)?.port)
        let stream = try Connection(port: port)
        stream.send("GET /v1/archives/essays/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\n\r\n")
        #expect(stream.receive { $0.contains("data: ") }.contains("text/event-stream"))
        let slow = try Connection(port: port)
        // A push of one byte, which is still to come.
        let hash = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
        let (id, zeros, ones) = (
            String(repeating: "7", count: 32), String(repeating: "0", count: 64), String(repeating: "1", count: 64)
        )
        let body =
            "{}\n{\"archive\":\"\(id)\",\"chain\":\"\(ones)\",\"codec\":\"zstd\",\"first\":1,\"format\":1,\"last\":1,\"length\":1,"
            + "\"previous\":\"\(zeros)\",\"replica\":\"\(id)\",\"sha256\":\"\(hash)\"}\n"
        slow.send(
            "POST /v1/archives/essays/sync HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\nContent-Length: \(body.utf8.count + 1)\r\n\r\n\(body)"
        )
        // The hub has begun with it once there is a file for it.
        try command.waitUntil { FileManager.default.fileExists(atPath: command.path("store/essays/tmp/1")) }

        hub.process.terminate()
        #expect(stream.receive { _ in false }.hasSuffix("0\r\n\r\n"), "the stream ends in good order")
        slow.send("a")
        #expect(slow.receive { $0.contains("digest") }.hasPrefix("HTTP/1.1 200"), "what had begun is answered")
        hub.process.waitUntilExit()
        #expect(hub.process.terminationReason == .exit && hub.process.terminationStatus == 0)

        let log = try String(contentsOfFile: command.path("hub.log"), encoding: .utf8)
        let lines = try log.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.first?["event"] as? String == "serving" && lines.last?["event"] as? String == "stopped")
        #expect(
            lines.contains {
                $0["path"] as? String == "/v1/archives/essays/sync" && $0["status"] as? Int == 200 && $0["ms"] is Int
                    && $0["token"] is String
            })
        #expect(!log.contains(token))
    }

    @Test func aHubWithCertificateServesTLSAndTakesANewOneWhenTold() throws {
        let command = try Command()
        try command.certificate("first")
        try command.certificate("second")
        for file in ["cert", "key"] { try command.copy("first.\(file)", to: "current.\(file)") }
        let hub = try SyncCommandTests.LiveHub(
            command, arguments: ["--tls-cert", command.path("current.cert"), "--tls-key", command.path("current.key")])
        #expect(hub.url.hasPrefix("https://127.0.0.1:"))
        defer { hub.stop() }
        try command.run("init")
        try command.run("new", "--title", "一", "--from", "-", input: "一些话。")
        try command.run(
            "remote", "add", "trusting", hub.url, "--token-file", "token", "--ca-file", command.path("first.cert"))
        try command.run("sync", "trusting")
        // A certificate that nobody vouches for is not trusted, and nothing goes to whoever has it.
        try command.run("remote", "add", "careful", hub.url, "--token-file", "token")
        #expect(try command.run("sync", "careful", expecting: 69).errors.contains("certificate"))

        for file in ["cert", "key"] { try command.copy("second.\(file)", to: "current.\(file)") }
        kill(hub.process.processIdentifier, SIGHUP)
        try command.run(
            "remote", "add", "renewed", hub.url, "--token-file", "token", "--ca-file", command.path("second.cert"))
        try command.waitUntil { try command.run("sync", "renewed", expecting: nil).status == 0 }
        // A file that is no certificate changes nothing.
        try command.write("nonsense", to: "current.cert")
        kill(hub.process.processIdentifier, SIGHUP)
        try command.waitUntil {
            try String(contentsOfFile: command.path("hub.log"), encoding: .utf8).contains("certificate kept")
        }
        try command.run("sync", "renewed")
    }

    @Test func aHubThatCannotServeSafelySaysWhy() throws {
        let command = try Command()
        try command.certificate("one")
        try command.certificate("two")
        func serve(_ arguments: String..., expecting status: Int32) throws -> String {
            let process = command.process(
                ["hub", "serve"] + (arguments.contains("--store") ? [] : ["--store", "store"]) + arguments)
            let errors = command.path("errors-\(UUID().uuidString)")
            _ = FileManager.default.createFile(atPath: errors, contents: nil)
            process.standardError = FileHandle(forWritingAtPath: errors)
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == status)
            return try String(contentsOfFile: errors, encoding: .utf8)
        }
        #expect(try serve("--listen", "0.0.0.0:0", expecting: 64).contains("certificate"))
        #expect(try serve("--tls-cert", command.path("one.cert"), expecting: 64).contains("--tls-key"))
        #expect(try serve("--tls-cert", "missing", "--tls-key", "missing", expecting: 65).contains("missing"))
        #expect(
            try serve("--tls-cert", command.path("one.cert"), "--tls-key", command.path("two.key"), expecting: 65)
                .contains("two.key"))
        #expect(try serve("--listen", "nowhere", expecting: 64).contains("HOST:PORT"))
        // Only `create` makes a store.
        #expect(try serve("--listen", "127.0.0.1:0", expecting: 66).contains("hub create NAME --store"))
        #expect(
            try command.run("hub", "list", "--store", "store", expecting: 66).errors.contains(
                "there is no folder store"))
        #expect(!FileManager.default.fileExists(atPath: command.path("store")))
        let hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        try command.run("hub", "create", "other", "--store", "store2")
        let address = "127.0.0.1:\(try #require(URL(string: hub.url)?.port))"
        let taken = try serve("--store", "store2", "--listen", address, expecting: 69)
        #expect(taken.contains("cannot listen on 127.0.0.1") && taken.contains("Address already in use"))
        #expect(
            try serve("--store", "store2", "--allow-plain-text", "--listen", "no host:1", expecting: 69).contains(
                "cannot listen on no host"))
    }
}

/// A connection to the loopback without any HTTP library.
final class Connection {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(result == 0)
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }

    /// What comes in until the other side ends, or until it is enough.
    func receive(until isEnough: (String) -> Bool) -> String {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while !isEnough(String(decoding: received, as: UTF8.self)) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        return String(decoding: received, as: UTF8.self)
    }

    func ask(_ request: String) -> String {
        send(request)
        return receive { $0.contains("}") }
    }
}

extension Command {
    /// Makes NAME.cert and NAME.key: a certificate for 127.0.0.1 that vouches for itself.
    func certificate(_ name: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
            "-subj", "/CN=\(name)",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path("\(name).key"), "-out", path("\(name).cert"),
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    func copy(_ name: String, to target: String) throws {
        try Data(contentsOf: URL(fileURLWithPath: path(name))).write(to: URL(fileURLWithPath: path(target)))
    }

    /// Asks again and again for what another process is about to do. Fails after 20 seconds.
    func waitUntil(_ isDone: () throws -> Bool, location: SourceLocation = #_sourceLocation) throws {
        for _ in 0..<1200 {
            if try isDone() { return }
            usleep(50_000)
        }
        Issue.record("it did not happen", sourceLocation: location)
    }
}
