import History

/// The chains at the entries of the runs met lately, which would else be computed from the run's beginning each time.
final class KnownChains {
    private struct Key: Hashable { let replica, first: Int64 }
    private var runs: [Key: [Chain]] = [:]

    private static let most = 64

    func of(_ replica: Int64, _ first: Int64) -> [Chain]? { runs[Key(replica: replica, first: first)] }

    func add(_ chains: [Chain], _ replica: Int64, _ first: Int64) {
        if runs.count >= Self.most { runs.removeAll(keepingCapacity: true) }
        runs[Key(replica: replica, first: first)] = chains
    }

    /// To be called when a log loses entries.
    func forget() { runs.removeAll() }
}
