import Archive
import Files
import Foundation
import History

/// The file that an editor is open on. It lives in a folder of its own, so that whatever editors put beside it (backups, files to
/// recover from) belongs to it, under the state folder, where it outlives a terminal that is closed and a process that is killed.
///
/// A lock on the file that says whose text it is tells others that its process still runs.
final class EditFile {
    let path: String
    private let folder: String
    private let lock: Int32

    /// Where the folders are.
    static var place: String { Places.state + "/edits" }
    /// The file in such a folder that says what the others are.
    static let recordName = ".edit.json"

    /// What is kept of an edit beside its text.
    struct Record: Codable {
        let subject: EditSubject
        /// The name of the text's file.
        let file: String
        /// The SHA-256 of the text that the editor was opened on.
        let original: String
    }

    /// Whether a text is empty, or nothing but blanks.
    static func isBlank(_ text: [UInt8]) -> Bool { text.allSatisfy { " \t\r\n".utf8.contains($0) } }

    /// Makes the file.
    /// - Throws: `CommandError` if it cannot be written.
    init(_ subject: EditSubject, _ text: [UInt8]) throws {
        let place =
            (try? SafeFile.makeFolder(Self.place)).map { Self.place } ?? FileManager.default.temporaryDirectory.path
        let name = "\(subject.short ?? subject.kind.rawValue)-\(UUID().uuidString.prefix(8).lowercased())"
        folder = place + "/" + name
        path = folder + "/" + subject.fileName
        guard mkdir(folder, 0o700) == 0 else { throw Self.failure(folder) }
        lock = open(folder + "/" + Self.recordName, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Self.failure(folder) }
        flock(lock, LOCK_EX)
        let record = Record(subject: subject, file: subject.fileName, original: TextHash(hashing: text).hex)
        try Self.write(Array(JSONEncoder().encode(record)), lock, folder)
        let output = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw Self.failure(path) }
        defer { close(output) }
        try Self.write(text, output, path)
    }

    deinit { if lock >= 0 { close(lock) } }

    private static func write(_ bytes: [UInt8], _ descriptor: Int32, _ path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    private static func failure(_ path: String) -> CommandError {
        CommandError(
            .cannotWrite, "no file for the editor can be written at \(path): \(String(cString: strerror(errno)))",
            advice: "Make room, or check who may write there")
    }

    /// What the file holds now.
    /// - Throws: `CommandError` if it is not UTF-8, holds a null character, which no text has, or cannot be read.
    func read() throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(.notFound, "the file that the editor was opened on is gone: \(path)")
        }
        let text = [UInt8](data)
        guard String(validating: text, as: UTF8.self) != nil else {
            throw CommandError(.badInput, "the edited text is not UTF-8")
        }
        if let place = text.firstIndex(of: 0) {
            throw CommandError(.badInput, "the edited text holds a null character, at byte \(place)")
        }
        return text
    }

    /// The paths of what editors put beside the file, from which more may be recovered than it holds.
    var others: [String] { Self.others(folder, beside: URL(fileURLWithPath: path).lastPathComponent) }

    /// The paths of what editors put beside an edited file. Backups are none of them: they hold what was there before. Neither is
    /// nano's lock, which holds no text.
    static func others(_ folder: String, beside file: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0 != recordName && $0 != file && !$0.hasSuffix("~") }
            .map { folder + "/" + $0 }
            .filter { !isLock($0) }
    }

    /// Whether it is nano's lock, which has the form of vim's swap file.
    private static func isLock(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        return (try? file.read(upToCount: 6)) == Data("b0nano".utf8)
    }

    /// Removes the file and its folder: what it holds is saved, or nothing was written.
    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
