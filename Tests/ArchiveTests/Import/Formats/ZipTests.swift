import Foundation
import Testing
import TestSupport

@testable import Archive
@testable import History

/// ZIP archives written byte by byte, as packers of all kinds do.
struct TestZip {
    struct Member {
        var name: [UInt8]
        var content: [UInt8]
        var flags: UInt16 = 0
        var method: UInt16 = 0
        var host: UInt16 = 3
        var extra: [UInt8] = []
        /// What the directory says instead of the truth.
        var size: Int?
        var checksum: UInt32?
        var offset: Int?
    }

    var members: [Member] = []

    mutating func add(_ name: String, _ text: String, flags: UInt16 = 0x800) {
        members.append(Member(name: Array(name.utf8), content: Array(text.utf8), flags: flags))
    }

    var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let offset = member.offset ?? file.count
            let sum = member.checksum ?? ZipArchive.checksum(member.content)
            let sizes =
                Self.long(Int(sum)) + Self.long(member.content.count) + Self.long(member.size ?? member.content.count)
            let common = Self.short(20) + Self.short(member.flags) + Self.short(member.method) + Self.long(0) + sizes
            file +=
                Self.long(0x0403_4B50) + common + Self.short(UInt16(member.name.count)) + Self.short(0) + member.name
                + member.content
            directory +=
                Self.long(0x0201_4B50) + Self.short(member.host << 8 | 20) + common
                + Self.short(UInt16(member.name.count))
            directory +=
                Self.short(UInt16(member.extra.count)) + Self.short(0) + Self.short(0) + Self.short(0) + Self.long(0)
                + Self.long(offset)
            directory += member.name + member.extra
        }
        let count = Self.short(UInt16(members.count))
        return file + directory + Self.long(0x0605_4B50) + Self.long(0) + count + count + Self.long(directory.count)
            + Self.long(file.count) + Self.short(0)
    }

    static func short(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
    static func long(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    /// Compressed, as Python's library writes it: a packer of other people's.
    static func compressed(_ members: [(String, String)]) throws -> [UInt8] {
        let script = """
            import sys, json, zipfile, io
            out = io.BytesIO()
            with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
                for name, text in json.load(sys.stdin): archive.writestr(name, text)
            sys.stdout.buffer.write(out.getvalue())
            """
        let input = try JSONSerialization.data(withJSONObject: members.map { [$0.0, $0.1] })
        let result = try Subprocess(path: "/usr/bin/python3", arguments: ["-c", script], environment: []).run(
            input: Array(input))
        try #require(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
        return result.output
    }
}

@Suite struct ZipTests {
    private let hills = "关于山的短文\n山高而水深，林密而鸟多，人行其中而不知远近。\n"

    @Test func membersAreSourcesOfTheirOwn() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let page = "<meta charset=utf-8><h1>关于云的短文</h1><p>云轻。</p>"
        try folder.write(
            TestZip.compressed([
                ("山.txt", hills), ("内/层/水.md", "# 论水\n\n水深。\n"), ("云.html", page), ("图.png", "x"),
                ("__MACOSX/._山.txt", "x"), (".隐.txt", "x"),
            ]),
            to: "in/包.zip")
        let walker = FileWalker([SystemPath(folder.file("in"))], workingDirectory: SystemPath("/"))
        #expect(walker.skipped == [".png": 1] && walker.failures.isEmpty)
        let report = try folder.importing("in", to: archive)
        #expect(report.failures.isEmpty && Set(report.items.map(\.title)) == ["关于山的短文", "论水", "关于云的短文"])
        let item = try #require(report.items.first { $0.title == "论水" })
        #expect(item.source == folder.file("in/包.zip/内/层/水.md"))
        let source = try #require(try archive.read { try $0.sources(of: item.id) }.first)
        #expect(source.name == "包.zip/内/层/水.md" && source.mediaType == "text/markdown")
        #expect(try archive.read { try $0.text(source.original!) } == Array("# 论水\n\n水深。\n".utf8))
        // Neither read again, nor when touched, entered again.
        #expect(try folder.importing("in", to: archive).unchanged == 3)
        try folder.write(try Data(contentsOf: URL(fileURLWithPath: folder.file("in/包.zip"))).map { $0 }, to: "in/包.zip")
        #expect(try folder.importing("in", to: archive).unchanged == 3)
        // A changed member updates its essay; a renamed archive is known by what it holds.
        try folder.write(
            TestZip.compressed([("山.txt", hills.replacing("鸟多", with: "兽多")), ("内/层/水.md", "# 论水\n\n水深。\n")]),
            to: "in/包.zip")
        let changed = try folder.importing("in", to: archive)
        #expect(changed.imported == 1 && changed.unchanged == 1 && changed.counts[.updated] == 1)
        try FileManager.default.moveItem(atPath: folder.file("in/包.zip"), toPath: folder.file("in/新包.zip"))
        let renamed = try folder.importing("in", to: archive)
        #expect(renamed.counts == [.unchanged: 2])
        #expect(try archive.read { try $0.sources(of: item.id) }.map(\.name) == ["新包.zip/内/层/水.md", "包.zip/内/层/水.md"])
    }

    private func paths(_ zip: TestZip) throws -> [String] { try ZipArchive(zip.bytes).entries.map(\.path) }

    @Test func namesAreReadInWhatTheyAreIn() throws {
        let names = ["工作总结.txt", "内部资料/会议讲话.txt", "一.txt"]
        for encoding in ["GB18030", "BIG5-HKSCS", "UTF-8"] {
            var zip = TestZip()
            let written = encoding == "BIG5-HKSCS" ? ["工作總結.txt", "內部資料/會議講話.txt", "一.txt"] : names
            for name in written {
                zip.members.append(
                    .init(name: try #require(Transcoding.encode(name, encoding)), content: [65], host: 0))
            }
            #expect(try paths(zip) == written, "\(encoding)")
        }
        // The flag says UTF-8; and Info-ZIP's field says it beside a name in a code page, if its checksum fits.
        let raw = Transcoding.encode("旧名.txt", "GB18030")!
        let field = { (sum: UInt32) in [1] + TestZip.long(Int(sum)) + Array("新名.txt".utf8) }
        var zip = TestZip()
        zip.add("旗.txt", "x")
        for sum in [ZipArchive.checksum(raw), 7] {
            let extra =
                TestZip.short(0x5455) + TestZip.short(1) + [0] + TestZip.short(0x7075)
                + TestZip.short(UInt16(field(sum).count)) + field(sum)
            zip.members.append(.init(name: raw, content: [65], extra: extra))
        }
        zip.members.append(.init(name: Array("a\\b.txt".utf8), content: [65], host: 0))
        #expect(try paths(zip) == ["旗.txt", "新名.txt", "旧名.txt", "a/b.txt"])
    }

    @Test func namesThatLeadAstrayAndLockedMembersAreRefused() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        var zip = TestZip()
        for name in ["../外.txt", "/etc/甲.txt", "C:/乙.txt", "内/../../丙.txt", "好.txt", "好.txt"] { zip.add(name, hills) }
        zip.add("密.txt", hills, flags: 0x801)
        zip.members.append(.init(name: Array("怪.txt".utf8), content: Array(hills.utf8), flags: 0x800, method: 12))
        try folder.write(zip.bytes, to: "a.zip")
        let report = try folder.importing("a.zip", to: archive)
        #expect(report.imported == 1 && report.failures.count == 7)
        let messages = Dictionary(
            report.failures.map { (String($0.source.dropFirst(folder.file("a.zip/").count)), $0.message) }
        ) { $0 + $1 }
        #expect(
            messages["../外.txt"]?.contains("leads out") == true
                && messages["内/../../丙.txt"]?.contains("leads out") == true)
        #expect(
            messages["/etc/甲.txt"]?.contains("absolute") == true && messages["C:/乙.txt"]?.contains("absolute") == true)
        #expect(messages["好.txt"]?.contains("two files") == true && messages["密.txt"]?.contains("encrypted") == true)
        #expect(messages["怪.txt"]?.contains("method 12") == true)
    }

    @Test func bombsAreNotUnpacked() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(TestZip.compressed([("大.txt", String(repeating: "山", count: 4_000_000))]), to: "ratio.zip")
        #expect(try folder.importing("ratio.zip", to: archive).failures.first?.message.contains("swells") == true)
        // One member's bytes used by another.
        var zip = TestZip()
        zip.add("a.txt", hills)
        zip.add("b.txt", hills)
        zip.members[1].offset = 0
        try folder.write(zip.bytes, to: "overlap.zip")
        #expect(
            try folder.importing("overlap.zip", to: archive).failures.first?.message.contains("share bytes") == true)
        // The directory does not say how large a member is.
        zip.members[1].offset = nil
        zip.members[1].size = 3
        zip.members[1].checksum = 5
        try folder.write(zip.bytes, to: "lie.zip")
        let report = try folder.importing("lie.zip", to: archive)
        #expect(report.imported == 1 && report.failures.first?.message.contains("damaged") == true)
        zip.members[1].size = 100 << 20
        try folder.write(zip.bytes, to: "huge.zip")
        #expect(try folder.importing("huge.zip", to: archive).failures.first?.message.contains("more than") == true)
    }

    @Test func damageIsSeenAndNeverCrashes() throws {
        var zip = TestZip()
        for number in 0..<5 { zip.add("第\(number)份.txt", hills) }
        var good = zip.bytes
        #expect(throws: ArchiveError.self) { try ZipArchive([UInt8]()) }
        #expect(throws: ArchiveError.self) { try ZipArchive(Array("不是压缩包".utf8)) }
        for length in stride(from: 0, to: good.count, by: 7) { _ = try? ZipArchive(Array(good.prefix(length))) }
        good = try TestZip.compressed((0..<5).map { ("第\($0)份.txt", hills) })
        var generator = SeededGenerator(seed: 20_240_917)
        var read = 0
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let archive = try? ZipArchive(bytes) else { continue }
            for entry in archive.entries {
                // What is read has the checksum that the directory names.
                if let content = try? ZipArchive.content(of: entry, in: bytes) {
                    #expect(ZipArchive.checksum(content) == entry.checksum)
                    read += 1
                }
            }
        }
        #expect(read > 1000)
    }

    @Test func largeArchivesSayTheirSizesInLongerFields() throws {
        // A directory in ZIP64 form, as packers write that do not know the size beforehand.
        var zip = TestZip()
        zip.add("长.txt", hills)
        let plain = zip.bytes
        let directory = plain.count - 22 - (46 + "长.txt".utf8.count)
        var header = Array(plain[directory..<plain.count - 22])
        let wide = { (value: Int) in TestZip.long(value) + TestZip.long(0) }
        header.replaceSubrange(20..<28, with: [UInt8](repeating: 0xFF, count: 8))
        header.replaceSubrange(42..<46, with: [UInt8](repeating: 0xFF, count: 4))
        header.replaceSubrange(30..<32, with: TestZip.short(28))
        header += TestZip.short(1) + TestZip.short(24) + wide(hills.utf8.count) + wide(hills.utf8.count) + wide(0)
        var file = Array(plain[..<directory]) + header
        let record = file.count
        file +=
            TestZip.long(0x0606_4B50) + wide(44) + TestZip.short(45) + TestZip.short(45) + wide(0) + wide(1) + wide(1)
            + wide(header.count) + wide(directory)
        file += TestZip.long(0x0706_4B50) + TestZip.long(0) + wide(record) + TestZip.long(1)
        file +=
            TestZip.long(0x0605_4B50) + TestZip.long(0) + [0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0xFF, count: 8)
            + TestZip.short(0)
        let archive = try ZipArchive(file)
        #expect(try ZipArchive.content(of: #require(archive.entries.first), in: file) == Array(hills.utf8))
        // Something may stand before it.
        let shifted = Array("#!self-extractor\n".utf8) + plain
        #expect(
            try ZipArchive.content(of: #require(ZipArchive(shifted).entries.first), in: shifted) == Array(hills.utf8))
    }
}
