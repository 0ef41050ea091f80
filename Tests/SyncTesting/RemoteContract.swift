import Archive
import History
import Prose
import Sync
import Testing

/// What every remote must keep to, whatever it is made of.
package enum RemoteContract {
    /// Two segments of one log, of entries that nobody reads.
    package static func segments() -> [LogSegment] {
        let (archive, replica) = (ArchiveID.random(), ReplicaID.random())
        var start = LogPosition.start
        return (1...2).map { number in
            let entries = (0..<3).map { index in
                LogEntry(
                    replica: replica, sequence: start.sequence + Int64(index) + 1, recorded: Timestamp(milliseconds: 0),
                    kind: EntryKind(rawValue: "note"), bytes: Array("条目\(number)-\(index)".utf8), text: nil)
            }
            let segment = LogSegment(archive: archive, entries, after: start)
            start = segment.header.end
            return segment
        }
    }

    /// - Parameter remote: an empty one.
    package static func check(_ remote: any Remote) throws {
        let segments = segments()
        let names = segments.map(\.header.name)
        let log = "log/\(names[0].replica.hex)/"
        #expect(try remote.list("heads/").isEmpty && remote.list("log/").isEmpty && remote.list(log).isEmpty)
        #expect(try remote.get(names[0].path) == nil)
        try remote.delete(names[0].headPath)

        try remote.put(names[0].path, segments[0].bytes)
        try remote.put(names[0].headPath, [])
        #expect(try remote.get(names[0].path) == segments[0].bytes)
        #expect(try remote.get(names[0].headPath) == [])
        #expect(try remote.get(names[1].path) == nil)
        // Again, which a client does that did not hear the answer.
        try remote.put(names[0].path, segments[0].bytes)
        try remote.put(names[0].headPath, [])
        #expect(try remote.list("log/") == [names[0].path])
        #expect(try remote.list("heads/") == [names[0].headPath])

        try remote.put(names[1].path, segments[1].bytes)
        try remote.put(names[1].headPath, [])
        try remote.delete(names[0].headPath)
        #expect(try remote.get(names[1].path) == segments[1].bytes)
        #expect(try remote.list(log) == names.map(\.path), "ascending, and nothing else")
        #expect(try remote.list("log/\(ReplicaID.random().hex)/").isEmpty)
        #expect(try remote.list("heads/") == [names[1].headPath])
        // A question stands beside the heads and is none, or the remote keeps none.
        try remote.put(names[1].wantedPath, [])
        #expect(try ObjectStore(remote).heads().all == [names[1].replica: [names[1]]])
        #expect(try [[], [names[1]]].contains(ObjectStore(remote).heads().wanted[names[1].replica] ?? []))
        try remote.delete(names[1].wantedPath)
        #expect(try ObjectStore(remote).heads().wanted.isEmpty)
        #expect(try ObjectStore(remote).archiveID() == segments[0].header.archive)
        #expect(remote.traffic.requests > 10 && remote.traffic.sentBytes > segments[0].payload.count)
    }
}
