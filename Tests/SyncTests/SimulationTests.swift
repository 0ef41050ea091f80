import Simulation
import Testing

/// A few schedules in passing; `make simulate` lives through them by the thousand.
@Suite struct SimulationTests {
    @Test(arguments: [UInt64(1), 101]) func schedulesKeepEveryPromise(first: UInt64) throws {
        let (files, originals) = (Files(), try Originals())
        for seed in first..<first + 40 {
            do {
                try Schedule(seed: seed, files: files, originals: originals).run()
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
    }
}
