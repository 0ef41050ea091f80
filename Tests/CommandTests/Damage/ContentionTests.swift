import Foundation
import Testing

/// Four processes that write to one archive, two of them for as long as it lasts. All that any of them said to be saved must be there.
///
/// `CONTENTION_SECONDS` says for how long; `make contention` runs it for a minute.
@Suite struct ContentionTests {
    private static let seconds = ProcessInfo.processInfo.environment["CONTENTION_SECONDS"].flatMap(Double.init) ?? 8

    /// Text that does not become shorter by compression, so that the write-ahead log is moved into the file again and again.
    private func noise(_ number: Int) -> String {
        "第\(number)篇\n"
            + String(
                String.UnicodeScalarView((0..<400_000).map { _ in UnicodeScalar(UInt32.random(in: 0x4E00..<0x9FA0))! }))
    }

    @Test func `nothing that was acknowledged is missing`() throws {
        let command = try Command()
        try command.run("init")
        for folder in ["一", "二"] { mkdir(command.path(folder), 0o755) }
        let watches = try ["一", "二"].map { folder in
            let process = command.process(["import", "--watch", folder, "--json", "--split", "none"])
            let output = command.path(".out-\(folder)")
            try Data().write(to: URL(fileURLWithPath: output))
            process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
            process.standardError = FileHandle.nullDevice
            try process.run()
            return (process, output)
        }
        let writers = try (0..<2).map { writer in
            let process = command.process([])
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = [
                "-c",
                """
                end=$((SECONDS + \(Int(Self.seconds)))); n=0
                while [ $SECONDS -lt $end ]; do
                  n=$((n + 1)); echo "写者\(writer)第$n次。" | '\(Command.executable.path)' new --title "\(writer)-$n" --from - --json --quiet >> said-\(writer) || exit 1
                done
                """,
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            return process
        }
        var files = 0
        while writers.contains(where: \.isRunning) {
            files += 1
            try command.write(noise(files), to: "\(files % 2 == 0 ? "一" : "二")/\(files).txt")
            usleep(300_000)
        }
        for writer in writers { #expect(writer.terminationStatus == 0) }
        usleep(4_000_000)
        for (process, _) in watches {
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        let essays = Set(try command.run("list", "--json").array().compactMap { $0["id"] as? String })
        var said = 0
        for file in watches.map(\.1) + ["said-0", "said-1"].map(command.path) {
            for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
                let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let items =
                    (object["items"] as? [[String: Any]])?.compactMap { $0["essay"] as? String ?? $0["id"] as? String }
                    ?? [object["id"] as? String].compactMap { $0 }
                for id in items {
                    said += 1
                    #expect(essays.contains(id), "\(line)")
                }
            }
        }
        #expect(said > 4 && essays.count >= said)
        let report = try command.run("verify", "--json").object()
        #expect(report["ok"] as? Bool == true, "\(report)")
    }
}
