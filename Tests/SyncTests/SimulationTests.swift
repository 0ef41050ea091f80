import Archive
import Foundation
import Testing

@testable import Sync

@Suite struct SimulationTests {
    /// Schedules, each of which depends on its seed alone: a failing one prints it. SIMULATION_SEEDS runs more of them.
    private static let seeds = UInt64(ProcessInfo.processInfo.environment["SIMULATION_SEEDS"] ?? "") ?? 1000
    private static let first = UInt64(ProcessInfo.processInfo.environment["SIMULATION_FIRST"] ?? "") ?? 1

    @Test(arguments: 0..<UInt64(4)) func replicasConvergeAndNothingIsLost(lane: UInt64) throws {
        for seed in stride(from: Self.first + lane, to: Self.first + Self.seeds, by: 4) {
            try check(seed)
        }
    }

    private func check(_ seed: UInt64) throws {
        var simulation = try Simulation(seed: seed)
        do { try simulation.run() } catch {
            Issue.record("seed \(seed): \(error)")
            return
        }
        let views = try simulation.replicas.map { try view($0) }
        #expect(Set(views.map(\.stateHash)).count == 1, "seed \(seed): the replicas' states differ")
        #expect(views.allSatisfy { $0.items == views[0].items }, "seed \(seed): the replicas show different archives")
        for archive in simulation.replicas {
            let missing = try archive.read { reader in try simulation.written.filter { try reader.revision($0) == nil } }
            #expect(missing.isEmpty, "seed \(seed): revisions are lost")
        }
        if seed % 50 == 0 {
            for archive in simulation.replicas {
                let problems = try archive.verify().problems
                #expect(problems.isEmpty, "seed \(seed): \(problems)")
            }
        }
    }

    private func view(_ archive: Archive) throws -> (stateHash: String, items: [String]) {
        try archive.read { reader in
            let items = try [ItemKind.essay, .annotation].flatMap { kind -> [String] in
                var filter = ItemFilter()
                filter.kind = kind
                filter.includesDeleted = true
                return try reader.items(filter).sorted { $0.id < $1.id }.map { item in
                    let state = try reader.state(item.id)
                    let text = String(decoding: try reader.text(of: state), as: UTF8.self)
                    let vectors = state.heads.map { state.history.vector(of: $0).sequences.values.sorted() }
                    return "\(item) \(state.fields.values.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }) \(text) \(state.heads) \(vectors)"
                }
            }
            return (try reader.stateHash(), items)
        }
    }
}
