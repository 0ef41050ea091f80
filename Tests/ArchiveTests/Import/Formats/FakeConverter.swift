import Foundation
import TestSupport

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
        let text =
            "#!/bin/sh\nPATH=/usr/bin:/bin\ncase \"$1\" in --version|-v) echo \"\(converter.rawValue) 9.9\"; exit;; esac\n\(script)\n"
        let path = folder + "/" + converter.programs[0]
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        Self.waitUntilExecutable(path)
    }

    /// Waits until nobody has a program's file open for writing, since it cannot be started until then (ETXTBSY): a process that
    /// another test starts at that moment inherits the file, and keeps it until it becomes another program. A lease for reading
    /// is given only then (fcntl(2)).
    static func waitUntilExecutable(_ path: String) {
        let (setLease, readLease, unlock): (Int32, Int32, Int32) = (1024, Int32(F_RDLCK), Int32(F_UNLCK))  // F_SETLEASE
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        for _ in 0..<6000 {
            if fcntl(file, setLease, readLease) == 0 {
                _ = fcntl(file, setLease, unlock)
                return
            }
            // A file system without leases.
            guard errno == EAGAIN else { return }
            usleep(10_000)
        }
    }

    func options(timeLimit: Double = 120) -> ImportOptions {
        var options = ImportOptions()
        options.converters = Converters(searchPath: folder + ":/nowhere", timeLimit: timeLimit)
        return options
    }
}
