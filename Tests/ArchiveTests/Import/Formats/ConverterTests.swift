import Foundation
import Testing
import TestSupport

@testable import Archive
@testable import History

/// Converters that misbehave: each fails the file it was given, and no other.
@Suite struct ConverterTests {
    @Test func aStoppedImportEndsItsConverterAndGoesOnTheNextTime() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let converters = try FakeConverters(folder)
        let started = folder.file("started")
        try converters.write(.pandoc, "echo $$ > \(started).new; mv \(started).new \(started); exec sleep 300")
        try folder.write("关于山的短文\n山高。\n", to: "in/a.txt")
        try folder.write("x", to: "in/b.odt")
        try folder.write("关于水的短文\n水长。\n", to: "in/c.txt")
        var options = converters.options(timeLimit: 120)
        options.isStopped = { access(started, F_OK) == 0 }
        let report = try folder.importing("in", to: archive, options: options)
        #expect(report.imported == 1 && report.unread == 2 && report.failures.isEmpty)
        let process = try #require(
            Int32(String(contentsOfFile: started, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(process, 0) != 0, "the converter has ended")
        try converters.write(.pandoc, "echo 桥 是 人 修 的")
        let rest = try folder.importing("in", to: archive, options: converters.options())
        #expect(rest.imported == 2 && rest.unchanged == 1 && rest.unread == 0)
    }

    private func failure(_ script: String?, timeLimit: Double = 120) throws -> (message: String, remedy: Remedy?) {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let converters = try FakeConverters(folder)
        if let script { try converters.write(.pandoc, script) }
        try folder.write("任意字节", to: "a.odt")
        try folder.write("关于山的短文\n山高。\n", to: "b.txt")
        let report = try folder.importing(
            "a.odt", "b.txt", to: archive, options: converters.options(timeLimit: timeLimit))
        #expect(report.imported == 1 && report.failures.map(\.source) == [folder.file("a.odt")], "\(report.failures)")
        #expect(try archive.read { try $0.counts().essays } == 1)
        return (report.failures.first?.message ?? "", report.failures.first?.remedy)
    }

    @Test func aMissingOneIsNamedWithItsPackage() throws {
        #expect(try failure(nil).remedy == .install(package: "pandoc"))
        let converters = Converters(searchPath: "/nowhere")
        #expect(converters.installed(.pdftotext) == nil)
        #expect(throws: ArchiveError.self) { try converters.text(of: [1], format: .pdf, by: .pdftotext) }
        #expect(Converter.pdftotext.package.contains("poppler-utils"))
    }

    @Test func oneThatHangsIsKilledWithItsChildren() throws {
        let folder = try TemporaryFolder()
        let mark = folder.file("child")
        // Where much else runs, a limit may be over before the script has begun: then it gets more time.
        let limits = [0.5, 4, 32, 256]
        for limit in limits where access(mark, F_OK) != 0 {
            let message = try failure(
                "sleep 600 & echo $! > '\(mark).new'; mv '\(mark).new' '\(mark)'; wait", timeLimit: limit
            ).message
            #expect(
                message.contains("took longer than \(limit == 0.5 ? "0.5" : "\(Int(limit))") seconds"), "\(message)")
        }
        let child = try #require(
            pid_t(String(contentsOfFile: mark, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
        // Killed at once, but reaped by init when it comes to it.
        for _ in 0..<6000 where kill(child, 0) == 0 && !isZombie(child) { usleep(10_000) }
        #expect(kill(child, 0) != 0 || isZombie(child))
    }

    private func isZombie(_ process: pid_t) -> Bool {
        (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))?.contains(") Z ") ?? true
    }

    @Test func oneThatFailsOrCrashesIsQuoted() throws {
        #expect(
            try failure("cat > /dev/null; echo 'no such thing' >&2; exit 3").message.contains(
                "pandoc failed with status 3: no such thing"))
        #expect(try failure("kill -SEGV $$").message.contains("ended by signal 11"))
        // It never reads what it is given.
        #expect(try failure("exec <&-; exit 1").message.contains("status 1: it gave no reason"))
    }

    @Test func oneThatReturnsNothingOrTooMuchOrNoTextIsRefused() throws {
        #expect(try failure("cat > /dev/null; printf ' \\n \\t\\n'").message.contains("found no text"))
        #expect(try failure("cat > /dev/null; printf '\\377\\376'").message.contains("not UTF-8"))
        #expect(try failure("cat > /dev/null; exec yes").message.contains("wrote more than"))
    }

    @Test func aFileThatIsNoProgramIsReported() throws {
        let folder = try TemporaryFolder()
        let converters = try FakeConverters(folder)
        try converters.write(.pandoc, "")
        try Data("\u{7F}ELF".utf8).write(to: URL(fileURLWithPath: folder.file("programs/pandoc")))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("programs/pandoc"))
        let error = #expect(throws: ArchiveError.self) {
            try converters.options().converters.text(of: [65], format: .odt, by: .pandoc)
        }
        #expect(error?.message.contains("could not be started") == true)
    }

    @Test func whatItWritesIsTheTextAndItsVersionIsKept() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let converters = try FakeConverters(folder)
        try converters.write(.pandoc, "cat > /dev/null; printf '# 第一章 山\\n\\n山高。\\n'")
        try folder.write("任意字节", to: "a.odt")
        let item = try #require(try folder.importing("a.odt", to: archive, options: converters.options()).items.first)
        #expect(item.title.contains("山") && item.status == .new)
        let source = try #require(try archive.read { try $0.sources(of: item.id) }.first)
        #expect(
            source.converter == "pandoc 9.9" && source.encoding == nil && source.mediaType == SourceFormat.odt.mediaType
        )
        #expect(try archive.read { try $0.text(source.original!) } == Array("任意字节".utf8))
        #expect(try archive.state(item.id).isMarkdown)
        // Touched, it is known by its bytes, even if the converter writes something else by now.
        try converters.write(.pandoc, "cat > /dev/null; printf '全然不同\\n'")
        try folder.write("任意字节", to: "a.odt")
        #expect(
            try folder.importing("a.odt", to: archive, options: converters.options()).items.map(\.status) == [
                .unchanged
            ])
    }

    @Test func nothingOfTheEnvironmentReachesIt() throws {
        let folder = try TemporaryFolder()
        let converters = try FakeConverters(folder)
        try converters.write(.pandoc, "cat > /dev/null; env; echo \"$@\"")
        let said = String(
            decoding: try converters.options().converters.text(of: [65], format: .docx, by: .pandoc).text, as: UTF8.self
        )
        #expect(said.contains("LC_ALL=C.UTF-8") && said.contains("HOME=/nonexistent") && !said.contains("USER="))
        #expect(said.contains("--sandbox") && said.contains("--from=docx"))
    }
}

@Suite struct SubprocessTests {
    private func run(_ script: String, input: [UInt8] = [], timeLimit: Double = 120) throws -> Subprocess.Output {
        try Subprocess(
            path: "/bin/sh", arguments: ["-c", script], environment: ["PATH=/usr/bin:/bin"], timeLimit: timeLimit
        ).run(input: input)
    }

    @Test func muchGoesInAndOutAtOnce() throws {
        let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let result = try run("cat", input: input)
        #expect(result.output == input && result.status == 0)
    }

    @Test func standardErrorIsKeptApartAndBounded() throws {
        let result = try run("yes error | head -c 1000000 >&2; echo out; exit 7")
        #expect(result.output == Array("out\n".utf8) && result.errors.count == 1 << 14 && result.status == 7)
    }

    @Test func aChildLeftBehindDoesNotHoldItUp() throws {
        // The limit would be over before the child is.
        #expect(try run("sleep 600 & echo done").output == Array("done\n".utf8))
    }

    @Test func thatItReadsNothingIsNoFailure() throws {
        #expect(try run("exit 0", input: [UInt8](repeating: 65, count: 1 << 20)).status == 0)
        #expect(throws: Subprocess.Failure.time) { try run("sleep 60", timeLimit: 0.2) }
        #expect(throws: Subprocess.Failure.start(ENOENT)) {
            try Subprocess(path: "/nowhere/at-all", arguments: [], environment: []).run(input: [])
        }
    }
}
