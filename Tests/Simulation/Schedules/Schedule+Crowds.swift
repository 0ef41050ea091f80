import Archive

/// Years of use, in small: hundreds of segments, each of one edit, and many logs.
extension Schedule {
    /// In one schedule of a hundred, since it takes as long as dozens of others.
    func crowd() throws {
        switch dice.weighted([990, 5, 5]) {
        case 1: try makeSegments()
        case 2: try makeLogs()
        default: break
        }
    }

    /// A machine that is watched sends each edit at once.
    private func makeSegments() throws {
        live(.segments)
        let replica = replicas[0]
        let number = try remotes(of: replica)[0]
        for _ in 0..<60 + dice.roll(200) {
            try change(replica)
            try sync(replica, number)
        }
    }

    /// A file that is restored again and again goes on under a new replica ID each time.
    private func makeLogs() throws {
        live(.logs)
        let replica = replicas[0]
        let number = try remotes(of: replica)[0]
        for _ in 0..<20 + dice.roll(40) {
            try replica.archive.startNewReplicaID()
            try change(replica)
            if dice.chance(30) { try sync(replica, number) }
        }
    }
}
