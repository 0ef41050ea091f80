import Foundation
import GRDB
import Testing
import TestSupport

@testable import Archive
@testable import History

/// A file that is one essay in UTF-8 has its later forms in the essay's imported revisions, not in records of its own.
@Suite struct SourceFormTests {
    private let hills = "关于山的短文\n山高而水深，林密而鸟多，人行其中而不知远近。春来花满坡，秋去叶成河。\n"
    private var forms: [String] {
        [
            hills, hills.replacing("花满坡", with: "花满山坡"),
            hills.replacing("花满坡", with: "花满山坡").replacing("叶成河", with: "叶满河"),
        ]
    }

    /// Imports a file once with each of the first `count` forms.
    private func importForms(_ count: Int, of name: String = "in.txt", in folder: TemporaryFolder, to archive: Archive)
        throws
    {
        for form in forms.prefix(count) {
            try folder.write(form, to: name)
            try folder.importing(name, to: archive)
        }
    }

    private func counts(_ archive: Archive) throws -> (sources: Int, entries: Int) {
        try archive.read { (try $0.counts().sources, try Int.fetchOne($0.db, sql: "SELECT count(*) FROM entry")!) }
    }

    /// What the file of a source held last.
    private func held(_ name: String, _ reader: ArchiveReader) throws -> String {
        String(decoding: try reader.text(try #require(reader.findSource(name).original)), as: UTF8.self)
    }

    @Test func eachFormTakesOneRevisionAndIsWrittenOutWhole() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try importForms(3, in: folder, to: archive)
        #expect(try counts(archive) == (1, 4))
        try archive.read { (reader) throws in
            let essay = try reader.find("关于山的短文")
            let sources = try reader.sources(of: essay)
            let versions: [RevisionID?] = try reader.history(essay).order.dropFirst().reversed()
            #expect(Set(sources.map(\.id)).count == 1 && sources.map(\.form) == versions + [nil])
            #expect(
                try sources.map { String(decoding: try reader.text($0.original!), as: UTF8.self) } == forms.reversed())
            #expect(try sources.map { try reader.isCurrent($0) } == [true, false, false])
            #expect(try sources.map { try reader.paths(of: $0).count } == [1, 0, 0])
            #expect(
                sources.allSatisfy { $0.cuts.count == 1 }
                    && sources.map(\.cuts[0].range.upperBound) == forms.reversed().map(\.utf8.count))
            #expect(try held("in.txt", reader) == forms[2])
        }
        try archive.read { (reader) throws in
            let essay = try reader.find("关于山的短文")
            for version in 1...3 {
                let source = try reader.source(of: essay, version: String(version))
                #expect(try reader.text(source.original!) == Array(forms[version - 1].utf8))
            }
            #expect(throws: ArchiveError.self) { try reader.source(of: essay, version: "4") }
        }
        // And a form that comes back is one more.
        try folder.write(hills, to: "in.txt")
        #expect(try folder.importing("in.txt", to: archive).items[0].version == 4)
        #expect(try archive.verify().isSound)
    }

    @Test func aFormIsKnownByItsBytesAndByItsName() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try importForms(2, of: "a/in.txt", in: folder, to: archive)
        // Moved: the same source of the same bytes.
        try FileManager.default.createDirectory(atPath: folder.file("b"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: folder.file("a/in.txt"), toPath: folder.file("b/in.txt"))
        let before = try counts(archive)
        #expect(try folder.importing("b/in.txt", to: archive).items.map(\.status) == [.unchanged])
        #expect(try counts(archive) == before)
        // Moved and changed: the next form of it.
        try FileManager.default.removeItem(atPath: folder.file("b/in.txt"))
        try folder.write(forms[2], to: "c/in.txt")
        #expect(try folder.importing("c/in.txt", to: archive).items.map(\.version) == [3])
        #expect(try counts(archive) == (1, 4))
        // Renamed, it is a source of its own that takes the other's place.
        try FileManager.default.moveItem(atPath: folder.file("c/in.txt"), toPath: folder.file("c/neu.txt"))
        try folder.importing("c/neu.txt", to: archive)
        #expect(try counts(archive) == (2, 5))
        try archive.read { (reader) throws in
            let sources = try reader.sources(of: reader.find("关于山的短文"))
            #expect(sources.map(\.name) == ["neu.txt", "in.txt", "in.txt", "in.txt"])
            #expect(try sources.map { try reader.isCurrent($0) } == [true, false, false, false])
        }
        #expect(try archive.verify().isSound)
    }

    @Test func whatIsMoreThanANewTextIsRecorded() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in.txt")
        try folder.importing("in.txt", to: archive)
        // A mark of the encoding; then two essays; then one again.
        try folder.write([0xEF, 0xBB, 0xBF] + Array(forms[1].utf8), to: "in.txt")
        try folder.importing("in.txt", to: archive)
        #expect(try counts(archive).sources == 2)
        try folder.write("第一篇：论山\n山高。\n第二篇：论水\n水深。\n", to: "in.txt")
        try folder.importing("in.txt", to: archive)
        #expect(try counts(archive).sources == 3)
        try folder.write("第一篇：论山\n山高。\n", to: "in.txt")
        try folder.importing("in.txt", to: archive)
        #expect(try counts(archive).sources == 4)
        #expect(try archive.verify().isSound)
    }

    @Test func twoFilesOfOneEssayKeepTheirFormsApart() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        for name in ["a.txt", "b.txt"] { try folder.write(hills, to: name) }
        let essay = try folder.importing("a.txt", "b.txt", to: archive).items[0].id
        try folder.write(forms[1], to: "a.txt")
        try folder.importing("a.txt", to: archive)
        // The same change in the other file is no second version.
        try folder.write(forms[1], to: "b.txt")
        #expect(try folder.importing("b.txt", to: archive).items.map(\.id) == [essay])
        try archive.read { (reader) throws in
            #expect(try reader.history(essay).order.count == 2)
            for name in ["a.txt", "b.txt"] {
                #expect(try held(name, reader) == forms[1])
            }
        }
        try folder.write(forms[2], to: "b.txt")
        try folder.importing("b.txt", to: archive)
        try archive.read { (reader) throws in
            #expect(try held("a.txt", reader) == forms[1])
            #expect(try held("b.txt", reader) == forms[2])
        }
        #expect(try archive.verify().isSound)
    }

    private func send(_ source: Archive, _ target: Archive) throws {
        try source.read { (reader) throws in
            for (replica, end) in try reader.vector() {
                var entries: [LogEntry] = []
                try reader.forEachEntry(of: replica, in: 1...end.sequence) {
                    entries.append($0); return true
                }
                _ = try target.write { try $0.apply(entries, after: .start) }
            }
        }
    }

    /// Whichever side is the one that counts as the newest form.
    @Test(arguments: [1, 2]) func aFileThatIsOneSideOfAConflictSettlesNothing(side: Int) throws {
        let (first, second, third) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        let (archive, other, copy) = (try first.create(), try second.create(), try third.create())
        let sides = [hills, hills.replacing("山高而水深", with: "山低而水浅"), hills.replacing("山高而水深", with: "山奇而水秀")]
        try first.write(sides[0], to: "in.txt")
        let essay = try first.importing("in.txt", to: archive).items[0].id
        try send(archive, other)
        for (folder, archive, text) in [(first, archive, sides[1]), (second, other, sides[2])] {
            try folder.write(text, to: "in.txt")
            try folder.importing("in.txt", to: archive)
        }
        for source in [archive, other] { try send(source, copy) }
        #expect(try copy.state(essay).isConflict)
        let before = try copy.read { try $0.vector() }
        try third.write(sides[side], to: "in.txt")
        let report = try third.importing("in.txt", to: copy)
        #expect(report.items.map(\.status) == [.unchanged] && report.items[0].id == essay && report.unchanged == 1)
        #expect(try copy.state(essay).isConflict)
        #expect(try copy.read { try $0.vector() } == before)
        // What is changed in it then is a change of that side.
        try third.write(sides[side].replacing("叶成河", with: "叶满河"), to: "in.txt")
        #expect(try third.importing("in.txt", to: copy).items.map(\.status) == [.updated])
        let state = try copy.state(essay)
        #expect(state.isConflict && state.history.heads.count == 2)
        #expect(try copy.verify().isSound)
    }

    @Test func theBytesOfAnOlderFormChangeNoEssay() throws {
        let (folder, there) = (try TemporaryFolder(), try TemporaryFolder())
        let (archive, other) = (try folder.create(), try there.create())
        try importForms(3, of: "a/in.txt", in: folder, to: archive)
        let essay = try archive.read { try $0.find("关于山的短文") }
        for (name, form) in [("b/in.txt", forms[0]), ("c/in.txt", forms[1]), ("d/old.txt", forms[1])] {
            try folder.write(form, to: name)
            let report = try folder.importing(name, to: archive)
            #expect(report.items.map(\.status) == [.unchanged] && report.items.map(\.id) == [essay], "\(name)")
        }
        #expect(try archive.state(essay).history.order.count == 3)
        // Nor on a machine that has no path of it.
        try send(archive, other)
        try there.write(forms[0], to: "in.txt")
        #expect(try there.importing("in.txt", to: other).items.map(\.status) == [.unchanged])
        #expect(try other.text(essay) == forms[2])
        // A change of an older form is merged with what came after that.
        try folder.write(forms[0].replacing("山高", with: "山很高"), to: "b/in.txt")
        #expect(try folder.importing("b/in.txt", to: archive).items.map(\.id) == [essay])
        #expect(try archive.text(essay) == forms[2].replacing("山高", with: "山很高"))
        #expect(try archive.verify().isSound)
    }

    /// Two machines that came to know two files in different orders take a third of the same bytes for the same one of them.
    @Test(arguments: [false, true]) func whichOfTwoSourcesIsMeantHangsOnNoOrder(isFormer: Bool) throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        let (archive, other) = (try here.create(), try there.create())
        // A text without a title is named after its file, and so two essays.
        let text = "山高而水深，林密而鸟多，人行其中而不知远近。春来花满坡，秋去叶成河。\n"
        for (folder, archive, name) in [(here, archive, "a.txt"), (there, other, "b.txt")] {
            try folder.write(text, to: name)
            try folder.importing(name, to: archive)
        }
        try send(archive, other)
        try send(other, archive)
        #expect(try archive.read { try $0.counts().essays } == 2)
        if isFormer {
            for (folder, archive, name) in [(here, archive, "a.txt"), (there, other, "b.txt")] {
                try folder.write(text.replacing("花满坡", with: "花满山坡"), to: name)
                try folder.importing(name, to: archive)
            }
            try send(archive, other)
            try send(other, archive)
        }
        let followed = try [(here, archive), (there, other)].map { folder, archive in
            try folder.write(text, to: "c.txt")
            let report = try folder.importing("c.txt", to: archive)
            #expect(report.items.map(\.status) == [.unchanged])
            return try archive.read { try $0.findSource("c.txt") }
        }
        #expect(followed[0].id == followed[1].id && followed[0].cuts.map(\.essay) == followed[1].cuts.map(\.essay))
        #expect(try archive.verify().isSound && other.verify().isSound)
    }

    /// A file of a batch may have the bytes that another file of the same batch had before.
    @Test func whatABatchMakesFormerIsFoundInIt() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try importForms(2, in: folder, to: archive)
        let essay = try archive.read { try $0.find("关于山的短文") }
        // The first asks for an older form, the second makes one, the third is that.
        for (name, form) in [("a.txt", forms[0]), ("in.txt", forms[2]), ("z.txt", forms[1])] {
            try folder.write(form, to: name)
        }
        let report = try folder.importing("a.txt", "in.txt", "z.txt", to: archive)
        #expect(
            report.items.map(\.status) == [.unchanged, .updated, .unchanged]
                && report.items.allSatisfy { $0.id == essay })
        #expect(try archive.state(essay).history.order.count == 3)
        #expect(try archive.verify().isSound)
    }

    @Test func theBytesOfAnOlderCompilationChangeNoEssay() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let forms = ["第一篇：论山\n山高。\n第二篇：论水\n水深。\n", "第一篇：论山\n山很高。\n第二篇：论水\n水很深。\n"]
        for form in forms {
            try folder.write(form, to: "a/in.txt")
            try folder.importing("a/in.txt", to: archive)
        }
        try folder.write(forms[0], to: "b/in.txt")
        #expect(try folder.importing("b/in.txt", to: archive).items.map(\.status) == [.unchanged, .unchanged])
        #expect(try archive.read { try $0.counts().essays } == 2)
        #expect(try archive.verify().isSound)
    }

    @Test func aFormThatCameFromAnotherMachineIsTheSame() throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        let (archive, other) = (try here.create(), try there.create())
        try importForms(2, in: here, to: archive)
        try send(archive, other)
        try there.write(forms[2], to: "in.txt")
        #expect(try there.importing("in.txt", to: other).items.map(\.version) == [3])
        try send(other, archive)
        try here.write(forms[2], to: "in.txt")
        #expect(try here.importing("in.txt", to: archive).items.map(\.version) == [3])
        #expect(try counts(archive) == (1, 4))
        #expect(try archive.verify().isSound && other.verify().isSound)
    }

    /// Derived rows do not depend on the order in which a source, its essay and its forms come.
    @Test func aFormMayComeBeforeItsSource() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try importForms(3, in: folder, to: archive)
        let log = try archive.read { (reader) throws in
            let replica = try reader.replicaID
            var entries: [LogEntry] = []
            try reader.forEachEntry(of: replica, in: 1...10) {
                entries.append($0); return true
            }
            return entries
        }
        // The essay and its forms in one log, the source in another.
        let kinds = try log.map { try Revision(canonicalBytes: $0.bytes).kind }
        let logs = [ItemKind.essay, .source].map { kind in zip(log, kinds).filter { $0.1 == kind }.map(\.0) }
        for order in [[0, 1], [1, 0]] {
            let other = try Archive.scratch()
            for part in order {
                let replica = ReplicaID(bytes: [UInt8](repeating: UInt8(part + 1), count: 16))!
                let entries = logs[part].enumerated().map {
                    LogEntry(
                        replica: replica, sequence: Int64($0 + 1), recorded: $1.recorded, kind: $1.kind,
                        bytes: $1.bytes, text: $1.text)
                }
                _ = try other.write { try $0.apply(entries, after: .start) }
            }
            #expect(try other.verify().isSound)
            try other.read { (reader) throws in
                #expect(try reader.pendingCount() == 0)
                #expect(try held("in.txt", reader) == forms[2])
            }
        }
    }
}
