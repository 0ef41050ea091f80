import Foundation
import Testing
import TestSupport

@testable import Archive
@testable import History

/// Documents in Word's older format and WPS's, which LibreOffice makes Word documents of.
@Suite struct OlderWordTests {
    private static let old: [UInt8] = WordPackage.compoundFile + [UInt8](repeating: 0, count: 600)

    /// A program in LibreOffice's place that writes a Word document where it is told to.
    private func office(_ folder: TemporaryFolder, _ script: String) throws -> ImportOptions {
        let programs = try FakeConverters(folder)
        try folder.write(TestWord(body: TestWord.paragraph("一、缘由")).bytes, to: "made.docx")
        try programs.write(
            .libreoffice,
            """
            while [ "$1" != --outdir ]; do case "$1" in -env:UserInstallation=*) echo "$1" >> \(folder.file("settings"));; esac; shift; done
            \(script)
            """)
        var options = programs.options()
        options.converters = Converters(
            searchPath: folder.file("programs") + ":/usr/local/bin:/usr/bin:/bin", timeLimit: 120)
        return options
    }

    @Test func theyAreReadThroughIt() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let options = try office(
            folder, "cmp -s \"$3\" \(folder.file("a.doc")) && cp \(folder.file("made.docx")) \"$2/document.docx\"")
        for name in ["a.doc", "b.wps", "c.docx"] { try folder.write(Self.old, to: name) }
        let report = try folder.importing("a.doc", "b.wps", "c.docx", to: archive, options: options)
        #expect(report.failures.isEmpty && report.imported == 3, "\(report.failures)")
        let item = try #require(report.items.first)
        #expect(try archive.text(item.id) == "一、缘由\n")
        let source = try #require(try archive.read { try $0.sources(of: item.id) }.first)
        #expect(
            source.converter?.hasPrefix("libreoffice 9.9, pandoc ") == true && source.mediaType == "application/msword")
        // Neither the document nor settings stay behind.
        let settings = try String(contentsOfFile: folder.file("settings"), encoding: .utf8).split(separator: "\n")
        #expect(settings.count == 3 && Set(settings).count == 3)
        for line in settings {
            let place = try #require(URL(string: String(line.split(separator: "=")[1])))
            #expect(access(place.deletingLastPathComponent().path, F_OK) != 0)
        }
    }

    @Test func withoutItTheMessageTellsHowToSaveThem() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(Self.old, to: "a.doc")
        var options = ImportOptions()
        options.converters = Converters(searchPath: "/nowhere")
        let report = try folder.importing("a.doc", to: archive, options: options)
        #expect(
            report.failures.map(\.remedy) == [.installOrSaveAs(package: "libreoffice-writer-nogui", ending: "docx")])
    }

    @Test func whatItCannotReadFails() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(Self.old, to: "a.doc")
        let report = try folder.importing("a.doc", to: archive, options: office(folder, "true"))
        #expect(report.failures.count == 1 && report.failures[0].message.contains("password"), "\(report.failures)")
    }

    @Test func contentTellsWhatADocReallyIs() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("{\\rtf1\\ansi bridge\\par}", to: "a.doc")
        try folder.write("<html><meta charset=utf-8><h1>修桥记</h1><p>桥坏了。</p></html>", to: "b.doc")
        try folder.write(TestWord(body: TestWord.paragraph("缘由")).bytes, to: "c.doc")
        let report = try folder.importing("a.doc", "b.doc", "c.doc", to: archive)
        #expect(report.failures.isEmpty, "\(report.failures)")
        #expect(try report.items.map { try archive.text($0.id) } == ["bridge\n", "# 修桥记\n\n桥坏了。\n", "缘由\n"])
    }
}
