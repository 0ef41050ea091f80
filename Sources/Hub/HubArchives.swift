import Logging

/// The archives that a hub has open, each opened once, when it is first asked for.
actor HubArchives {
    private let store: HubStore
    private let logger: Logger
    private var open: [String: Task<HubArchive, any Error>] = [:]

    init(store: HubStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    func archive(_ name: String) async throws -> HubArchive {
        if let task = open[name] { return try await task.value }
        let (folder, access, logger) = (store.folder(name), store.access, logger)
        let task = Task.detached {
            try HubArchive(folder: folder, settings: { () throws(HubError) in try access.settings(folder) }, logger: logger)
        }
        open[name] = task
        do {
            return try await task.value
        } catch {
            // A disk that is mended meanwhile should not need a restart.
            open[name] = nil
            throw error
        }
    }
}
