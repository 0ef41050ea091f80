import Foundation
import Testing
import TestSupport

@testable import Archive

/// Files whose names are not UTF-8, as unpacking archives from an older Windows leaves them.
@Suite struct FileNameTests {
    /// 讲话.txt and 总结.txt in GBK.
    private static let speech: [UInt8] = [0xBD, 0xB2, 0xBB, 0xB0] + Array(".txt".utf8)
    private static let summary: [UInt8] = [0xD7, 0xDC, 0xBD, 0xE1] + Array(".txt".utf8)

    private func path(_ folder: TemporaryFolder, _ name: [UInt8]) -> SystemPath {
        SystemPath(bytes: Array(folder.file("in/").utf8) + name)
    }

    private func write(_ text: String, to path: SystemPath) throws {
        let descriptor = path.withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC, 0o644) }
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    private func importing(_ path: SystemPath, to archive: Archive) throws -> ImportReport {
        let walker = FileWalker([path], workingDirectory: SystemPath("/"))
        var report = try Importer(archive, options: ImportOptions()).run(
            walker.files.map(ImportInput.file), written: {}, progress: { _, _ in })
        for failure in walker.failures { report.add(failure) }
        return report
    }

    @Test func theyAreOpenedByTheirBytesAndShownAsText() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("论山，山高而水深。\n", to: "in/讲话.txt")
        try write("论水，水长而不息。\n", to: path(folder, Self.speech))
        try write("论云，云轻而无定。\n", to: path(folder, Self.summary))
        let all = SystemPath(folder.file("in"))
        let report = try importing(all, to: archive)
        #expect(report.failures.isEmpty && report.items.map(\.status) == [.new, .new, .new])
        #expect(Set(report.items.map { $0.source.split(separator: "/").last }) == ["讲话.txt", "总结.txt"])
        #expect(try archive.read { try $0.sources(name: "讲话.txt") }.count == 2)
        #expect(try importing(all, to: archive).unchanged == 3)
        #expect(try importing(path(folder, Self.speech), to: archive).unchanged == 1)
        try write("论水，水长而不息，昼夜奔流。\n", to: path(folder, Self.speech))
        let again = try importing(all, to: archive)
        #expect(again.unchanged == 2 && again.items.map(\.status).filter { $0 != .unchanged } == [.updated])
    }

    @Test func aFileIsOneHoweverItsFolderIsNamed() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("论山，山高而水深。\n", to: "in/山.txt")
        try write("论水，水长而不息。\n", to: path(folder, Self.speech))
        #expect(
            symlink(folder.file("in"), folder.file("link")) == 0
                && symlink(folder.file("in/山.txt"), folder.file("另.txt")) == 0)
        let ids = try Set(folder.importing("in", to: archive).items.map(\.id))
        for (number, name) in ["./in", "in/../in", "link", "in//", "in/", "./in/."].enumerated() {
            #expect(try folder.importing(name, to: archive).unchanged == 2)
            try folder.write("论山，山高而水深，有\(number)座。\n", to: "in/山.txt")
            try write("论水，水长而不息，有\(number)条。\n", to: path(folder, Self.speech))
            let report = try folder.importing(name, to: archive)
            #expect(
                report.items.map(\.status) == [.updated, .updated] && Set(report.items.map(\.id)) == ids, "\(name)")
            #expect(report.items.allSatisfy { $0.source.hasPrefix(folder.file(name)) })
            #expect(try folder.importing("in", to: archive).unchanged == 2)
        }
        #expect(try folder.importing("./in/../link/山.txt", to: archive).unchanged == 1)
        // A link to a file has a name of its own, and is a second source.
        #expect(try folder.importing("另.txt", to: archive).items.map(\.status) == [.unchanged])
        #expect(try archive.read { try $0.counts().sources } == 3)
    }

    @Test func aFileRenamedToUTF8IsKnownAgain() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("", to: "in/x.png")
        try write("论水，水长而不息。\n", to: path(folder, Self.speech))
        let first = try importing(path(folder, Self.speech), to: archive)
        #expect(path(folder, Self.speech).withCString { rename($0, folder.file("in/讲话.txt")) } == 0)
        let second = try importing(SystemPath(folder.file("in")), to: archive)
        #expect(second.items.map(\.status) == [.unchanged] && second.items.map(\.id) == first.items.map(\.id))
        let source = try #require(try archive.read { try $0.sources(of: first.items[0].id) }.first)
        #expect(try archive.read { try $0.paths(of: source.id) } == [folder.file("in/讲话.txt")])
    }

    @Test func namesInFoldersAndOfArchivesAreReadToo() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("", to: "in/x.png")
        let inner = path(folder, Self.speech.dropLast(4))
        #expect(inner.withCString { mkdir($0, 0o755) } == 0)
        try write("论水，水长而不息。\n", to: inner.appending(name: Self.summary))
        #expect(inner.appending(name: Self.summary).text == folder.file("in/讲话/总结.txt"))
        let report = try importing(SystemPath(folder.file("in")), to: archive)
        #expect(report.failures.isEmpty && report.items.map(\.source) == [folder.file("in/讲话/总结.txt")])
        #expect(try importing(inner, to: archive).unchanged == 1)
        for words in ["in:讲话", "in:总结.txt"] { #expect(try SearchIndex(archive).search(words).total == 1, "\(words)") }
    }

    @Test func watchedFoldersTellOfThem() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "in/x.png")
        let watch = try FolderWatch([SystemPath(folder.file("in"))], settled: 0.05, unsettled: 0.4)
        try write("论水。\n", to: path(folder, Self.speech))
        let due = try #require(try watch.next(until: -1))
        #expect(due == [path(folder, Self.speech)])
        #expect(FileWalker(due, workingDirectory: SystemPath("/")).files.map(\.name) == ["讲话.txt"])
    }

    @Test func anyPathIsKeptAndFoundAgain() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var keys: [String: [UInt8]] = [:]
        for _ in 0..<500 {
            let tail = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                [0x2F, 0x25, 0x41, 0xBD, 0xB2, 0xE5, 0xB1, 0xB1, 0xFF].randomElement(using: &random)! as UInt8
            }
            // What a path has of double or closing separators is the same path without them.
            let bytes = [0x2F] + tail.split(separator: 0x2F).joined(separator: [0x2F])
            let path = SystemPath(bytes: Array(bytes))
            #expect(path.bytes == Array(bytes) && SystemPath(key: path.key).bytes == path.bytes, "seed \(seed)")
            #expect(keys.updateValue(path.bytes, forKey: path.key) ?? path.bytes == path.bytes, "seed \(seed)")
        }
    }
}
