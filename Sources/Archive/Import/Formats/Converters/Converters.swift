import Foundation
import History
import Prose
import Synchronization

/// The converters of this machine.
public final class Converters: Sendable {
    /// One that is installed.
    public struct Installed: Sendable, Equatable {
        public let path: String
        /// As it says itself, such as `pandoc 2.17`.
        public let version: String
    }

    private let searchPath: String
    private let timeLimit: Double
    private let found = Mutex<[Converter: Installed?]>([:])

    /// - Parameters:
    ///   - searchPath: folders with `:` between, as in `$PATH`.
    ///   - timeLimit: how long a document may take, in seconds.
    public init(searchPath: String, timeLimit: Double = 60) {
        self.searchPath = searchPath
        self.timeLimit = timeLimit
    }

    /// Where a converter is, or `nil` if it is not installed. The first call runs it, to ask its version.
    public func installed(_ converter: Converter) -> Installed? {
        found.withLock { found in
            if let known = found[converter] { return known }
            let result = look(for: converter)
            found[converter] = .some(result)
            return result
        }
    }

    private func look(for converter: Converter) -> Installed? {
        let candidates = searchPath.split(separator: ":").flatMap { folder in
            converter.programs.map { "\(folder)/\($0)" }
        }
        guard let path = candidates.first(where: { $0.hasPrefix("/") && access($0, X_OK) == 0 }) else { return nil }
        // A program that cannot say its version may still convert; if it cannot, that is reported with the document.
        let answer = try? process(path, [converter.versionArgument], timeLimit: min(timeLimit, 10)).run(input: [])
        let said = String(
            decoding: (answer.map { $0.output + $0.errors } ?? []).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let number = said.split(separator: " ").first { $0.first?.isNumber == true } ?? "of unknown version"
        return Installed(path: path, version: "\(converter.rawValue) \(number)")
    }

    private func process(
        _ path: String, _ arguments: [String], timeLimit: Double, home: String = "/nonexistent"
    ) -> Subprocess {
        // Nothing of the person's own settings: the same document gives the same text for everybody.
        Subprocess(
            path: path, arguments: arguments,
            environment: ["PATH=\(searchPath)", "LC_ALL=C.UTF-8", "HOME=\(home)"],
            timeLimit: timeLimit)
    }

    /// The text of a document, as the converter writes it, and the converter's name and version.
    /// - Parameter isStopped: asked while it runs; if it says yes, the converter is ended.
    /// - Throws: `ArchiveError` that says what the converter did, or which package to install.
    func text(
        of document: [UInt8], format: SourceFormat, by converter: Converter,
        until isStopped: @escaping @Sendable () -> Bool = { false }
    ) throws -> (text: [UInt8], version: String) {
        guard let installed = installed(converter) else {
            throw ArchiveError(
                .badInput, "a .\(format.rawValue) file needs \(converter.rawValue), which is not installed",
                remedy: .install(package: converter.package))
        }
        let output = try run(
            converter, process(installed.path, converter.arguments(for: format), timeLimit: timeLimit),
            input: document, until: isStopped)
        guard UTF8Validation.firstInvalidByte(in: output) == nil else {
            throw ArchiveError(.badInput, "\(converter.rawValue) wrote something that is not UTF-8")
        }
        return (output, installed.version)
    }

    /// What a program writes to standard output.
    private func run(
        _ converter: Converter, _ process: Subprocess, input: [UInt8], until isStopped: @escaping @Sendable () -> Bool
    ) throws -> [UInt8] {
        let result: Subprocess.Output
        do {
            var process = process
            process.isStopped = isStopped
            result = try process.run(input: input)
        } catch let failure as Subprocess.Failure {
            throw ArchiveError(
                .badInput, "\(converter.rawValue) \(Self.what(failure, timeLimit)); the other files are not affected")
        }
        guard result.status == 0 else {
            throw ArchiveError(
                .badInput, "\(converter.rawValue) \(Self.ending(result.status)): \(Self.complaint(result.errors))")
        }
        return result.output
    }

    /// A document of an older Word or of WPS as a Word document of today, and the program's name and version.
    ///
    /// LibreOffice reads and writes files. It gets a folder of its own for these and for its settings, which goes with all that is in it.
    /// - Throws: `ArchiveError` that says what it did, or how to do without it.
    func wordDocument(
        of document: [UInt8], until isStopped: @escaping @Sendable () -> Bool
    ) throws -> (document: [UInt8], version: String) {
        guard let installed = installed(.libreoffice) else {
            throw ArchiveError(
                .badInput,
                "a document of an older Word or of WPS (.doc, .wps) needs LibreOffice, which is not installed",
                remedy: .installOrSaveAs(package: Converter.libreoffice.package, ending: "docx"))
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "archivectl-office-\(UUID().uuidString)")
        let private700: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false, attributes: private700)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("document.doc")
        try Data(document).write(to: input)
        let arguments = [
            "-env:UserInstallation=\(folder.appendingPathComponent("settings").absoluteString)", "--headless",
            "--norestore",
            "--convert-to", "docx", "--outdir", folder.path, input.path,
        ]
        _ = try run(
            .libreoffice, process(installed.path, arguments, timeLimit: timeLimit, home: folder.path), input: [],
            until: isStopped)
        let output = SystemPath(folder.appendingPathComponent("document.docx").path)
        guard let converted = try? readFile(output), !converted.isEmpty else {
            throw ArchiveError(
                .badInput, "libreoffice made no text of it; it may be protected by a password",
                remedy: .openInItsProgram)
        }
        return (converted, installed.version)
    }

    private static func what(_ failure: Subprocess.Failure, _ timeLimit: Double) -> String {
        switch failure {
        case .start(let code): "could not be started: \(String(cString: strerror(code)))"
        case .time:
            "took longer than \(timeLimit == timeLimit.rounded() ? "\(Int(timeLimit))" : "\(timeLimit)") seconds and was stopped"
        case .output: "wrote more than 64 MiB and was stopped"
        case .stopped: "was stopped"
        }
    }

    private static func ending(_ status: Int32) -> String {
        status > 128 ? "was ended by signal \(status - 128)" : "failed with status \(status)"
    }

    /// What it said, on one line.
    private static func complaint(_ errors: [UInt8]) -> String {
        let words = String(decoding: errors.prefix(500), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? "it gave no reason" : words.joined(separator: " ")
    }
}
