/// What a watch imported: once what is there, then each change, and at its end the sums.
package typealias ImportEvent = Joined<ImportEventName, ImportOutcome>

/// What happened.
package struct ImportEventName: Codable, Sendable {
    package enum Event: String, Codable, CaseIterable, Sendable {
        case imported, stopped
    }

    /// `imported` for what was imported; `stopped` at the end, with the sums and without `items`.
    package let event: Event

    package init(_ event: Event) { self.event = event }
}

/// A watch that has begun.
package struct WatchBegun: Codable, Sendable {
    package enum Event: String, Codable, CaseIterable, Sendable {
        case watching
    }

    /// `watching`.
    package let event: Event
    /// The folders that are watched.
    package let folders: [String]

    package init(folders: [String]) {
        event = .watching
        self.folders = folders
    }
}

/// What became of a folder that is watched.
package struct WatchedFolderEvent: Codable, Sendable {
    package enum Event: String, Codable, CaseIterable, Sendable {
        case gone, replaced
    }

    /// `gone`: nothing is there. `replaced`: another is there, and is watched.
    package let event: Event
    /// The folder.
    package let folder: String

    package init(_ event: Event, folder: String) {
        self.event = event
        self.folder = folder
    }
}
