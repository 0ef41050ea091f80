import Foundation

@testable import Archive

/// Programs written by a test that stand in for converters.
struct FakeConverters {
    private let folder: String

    init(_ folder: TemporaryFolder) throws {
        self.folder = folder.file("programs")
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
    }

    /// A shell script under the converter's name. Asked for a version it says 9.9.
    func write(_ converter: Converter, _ script: String) throws {
        let text = "#!/bin/sh\nPATH=/usr/bin:/bin\ncase \"$1\" in --version|-v) echo \"\(converter.rawValue) 9.9\"; exit;; esac\n\(script)\n"
        let path = folder + "/" + converter.rawValue
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    func options(timeLimit: Double = 20) -> ImportOptions {
        var options = ImportOptions()
        options.converters = Converters(searchPath: folder + ":/nowhere", timeLimit: timeLimit)
        return options
    }
}
