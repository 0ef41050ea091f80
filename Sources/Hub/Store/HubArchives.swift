import Logging

/// The archives that a hub has open. Each is opened when it is asked for, and kept while somebody uses it and as long as it is
/// among the last ones that were asked for: memory does not grow with the number of archives.
actor HubArchives {
    /// How many archives stay open that nobody uses.
    private static let kept = 64

    private struct Entry {
        weak var archive: HubArchive?
    }

    private let store: HubStore
    private let logger: Logger
    private var opening: [String: Task<HubArchive, any Error>] = [:]
    /// All that are in memory: one archive is never open twice.
    private var open: [String: Entry] = [:]
    /// The last ones that were asked for, the latest at the end.
    private var recent: [(name: String, archive: HubArchive)] = []

    init(store: HubStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    func archive(_ name: String) async throws -> HubArchive {
        if let archive = open[name]?.archive {
            keep(name, archive)
            return archive
        }
        if let task = opening[name] { return try await task.value }
        let (folder, access, logger) = (store.folder(name), store.access, logger)
        let task = Task.detached {
            try HubArchive(
                folder: folder, settings: { () throws(HubError) in try access.settings(folder) }, logger: logger)
        }
        opening[name] = task
        // A disk that is repaired meanwhile should not need a restart.
        defer { opening[name] = nil }
        let archive = try await task.value
        open[name] = Entry(archive: archive)
        keep(name, archive)
        return archive
    }

    private func keep(_ name: String, _ archive: HubArchive) {
        recent.removeAll { $0.archive === archive }
        recent.append((name, archive))
        guard recent.count > Self.kept else { return }
        recent.removeFirst()
        for (name, entry) in open where entry.archive == nil { open[name] = nil }
    }
}
