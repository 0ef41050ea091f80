import Files
import Foundation
import History

/// How far a replica's own log came, and in which file: kept outside the archive.
///
/// A file that does not agree is a copy, or was rolled back; logging on under the same ID would give two entries one
/// number. A crash between a commit and the writing of the state leaves the archive ahead of it, which agrees: the
/// recorded chain is still a part of the log.
public struct ReplicaState: Hashable, Sendable {
    /// The file's absolute path.
    public let place: String
    public let position: LogPosition

    public init(place: String, position: LogPosition) {
        self.place = place
        self.position = position
    }

    /// Whether the archive at `place`, whose own log ends at `end`, is the one that last logged under its ID here.
    static func agrees(
        _ state: ReplicaState?, place: String, end: LogPosition, chainAt: (Int64) throws -> Chain?
    ) throws -> Bool {
        guard let state, state.place == place, state.position.sequence <= end.sequence else { return false }
        return try chainAt(state.position.sequence) == state.position.chain
    }

    static func place(of path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}

/// Where one machine keeps the states of the replicas on it.
public protocol ReplicaStates: Sendable {
    /// The state of a replica; `nil` if there is none. One that is damaged, or was made on another machine, names no place.
    func read(_ replica: ReplicaID) -> ReplicaState?
    /// The replica IDs that were last used for the file at this place.
    func replicas(at place: String) -> [ReplicaID]
    /// Records a state: all of it or nothing.
    func write(_ state: ReplicaState, of replica: ReplicaID) throws
}

/// States in a folder, a file for each replica: machine, place, sequence number and chain, one a line.
struct ReplicaStateFolder: ReplicaStates {
    let path: String

    func read(_ replica: ReplicaID) -> ReplicaState? {
        guard let content = try? String(contentsOfFile: file(replica), encoding: .utf8) else { return nil }
        let lines = content.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines[0] == Self.machine, let sequence = Int64(lines[2]),
            let chain = Chain(hex: lines[3])
        else {
            return ReplicaState(place: "", position: .start)
        }
        return ReplicaState(place: String(lines[1]), position: LogPosition(sequence: sequence, chain: chain))
    }

    func replicas(at place: String) -> [ReplicaID] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { ReplicaID(hex: $0) }.filter { read($0)?.place == place }
    }

    func write(_ state: ReplicaState, of replica: ReplicaID) throws {
        let content = "\(Self.machine)\n\(state.place)\n\(state.position.sequence)\n\(state.position.chain)\n"
        do {
            try SafeFile.makeFolder(path)
            try SafeFile.write(Array(content.utf8), to: file(replica), replacing: .ownFile)
        } catch let error as ArchiveError {
            throw ArchiveError(
                .cannotWrite,
                "the archive was changed, but \(file(replica)) cannot be written: \(error.message); without it the next change starts a new replica ID, which does no harm",
                subject: file(replica))
        }
    }

    private func file(_ replica: ReplicaID) -> String { path + "/" + replica.hex }

    private static let machine: String = {
        // The machine's own ID where there is one: host names change and repeat.
        let id = try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)
        return id?.split(separator: "\n").first.map(String.init) ?? ProcessInfo.processInfo.hostName
    }()
}
