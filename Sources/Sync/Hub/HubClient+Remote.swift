import Archive

/// A hub under plain names: for checking it, and for whoever wants to treat all remotes alike. It keeps its heads itself,
/// and gives nothing up.
extension HubClient: SyncRemote {
    /// More names than this, in bytes, no hub has reason to list.
    private static let maximumList = 256 << 20

    public var traffic: Traffic { client.counts }

    /// A client with a connection of its own.
    public convenience init(url: String, token: String) throws {
        self.init(url: url, token: token, client: try HTTPClient())
    }

    public func list(_ prefix: String) throws(RemoteError) -> [String] {
        let segments = try listed()
        let names: [String]
        if prefix.utf8.starts(with: RemoteName.heads.utf8) {
            names = Dictionary(grouping: segments, by: \.replica).values.compactMap {
                $0.max { $0.last < $1.last }?.headPath
            }
        } else {
            names = segments.map(\.path)
        }
        return names.filter { $0.utf8.starts(with: prefix.utf8) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func listed() throws(RemoteError) -> [SegmentName] {
        var lines: [UInt8] = []
        try collect("GET", "/segments") { bytes in
            lines.append(contentsOf: bytes)
            return lines.count <= Self.maximumList
        }
        var names: [SegmentName] = []
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            guard case .segment(let name) = RemoteName("log/" + String(decoding: line, as: UTF8.self)) else {
                throw .malformed("a line of its list names no segment")
            }
            names.append(name)
        }
        return names
    }

    public func get(_ name: String) throws(RemoteError) -> [UInt8]? {
        switch RemoteName(name) {
        case .segment(let segment):
            // As it is: what is wrong with it is for the caller to say.
            var bytes: [UInt8] = []
            do {
                try collect("GET", "/segments/\(segment.replica.hex)/\(segment.file)") { piece in
                    bytes.append(contentsOf: piece)
                    return bytes.count <= SegmentLimits.line + SegmentLimits.payload
                }
            } catch .notFound {
                return nil
            }
            return bytes
        case .head, .wanted: return try list(name).isEmpty ? nil : []
        case nil: return nil
        }
    }

    public func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) {
        switch RemoteName(name) {
        case .segment(let wanted):
            let parsed: LogSegment?
            do {
                parsed = try LogSegment(bytes, name: wanted)
            } catch {
                throw .rejected(error.description)
            }
            guard let segment = parsed else { throw .rejected("the bytes are not the segment \(name)") }
            let request = SyncRequest(archive: segment.header.archive, budget: 0)
            guard try sync(request, segments: [segment]).response.refused.isEmpty else {
                throw .rejected("the segment \(name) does not attach to the log that the hub holds")
            }
        case .head, .wanted: return
        case nil: throw .rejected("'\(name)' is no name of a segment or head")
        }
    }

    public func delete(_ name: String) throws(RemoteError) {
        if case .segment = RemoteName(name) { throw .rejected("a hub deletes no segment") }
    }
}
