import Files
import History

extension SafeFile {
    /// Lets `body` make a database under another name, which then takes the name `path`.
    /// - Throws: `ArchiveError` as `write` does, and whatever `body` throws; nothing was changed then.
    static func makeDatabase<Value>(
        _ path: String, replacing replaceable: Replaceable = .nothing, _ body: (String) throws -> Value
    ) throws -> Value {
        let existing = try look(at: path, replaceable)
        PartialFile.sweep(path)
        let partial = try PartialFile(for: path, isDatabase: true)
        do {
            let value = try DatabaseFile.translatingErrors(path) { try body(partial.path) }
            try partial.move(replacing: existing)
            return value
        } catch let error as ArchiveError {
            guard case .none = existing else { throw error }
            throw error.ofNewFile(path)
        }
    }
}
