import Archive
import TestSupport
import Testing

@testable import History
@testable import Sync

/// A hub that answers, and does not take what is brought to it.
@Suite struct HubExchangeTests {
    /// Two machines that share a hub, with an essay each.
    private func pair(_ hub: MemoryHub) throws -> (Machine, Machine) {
        let id = ArchiveID.random()
        let (a, b) = (try Machine(id).connect("hub", hub), try Machine(id).connect("hub", hub))
        try a.essay("甲")
        try b.essay("乙")
        for machine in [a, b, a] { try machine.sync("hub") }
        return (a, b)
    }

    @Test(arguments: [
        RemoteError.forbidden("read only"), .full("the quota is used up"), .tooLarge("1 byte is too much"),
    ])
    func whatIsNotTakenKeepsNobodyFromWhatIsThere(_ refusal: RemoteError) throws {
        let hub = MemoryHub()
        let (a, b) = try pair(hub)
        try a.essay("丙")
        try b.essay("丁")
        try b.sync("hub")
        hub.refusal = { _ in refusal }
        let report = try a.sync("hub")
        #expect(report.refusal == refusal && report.pushed == 0 && report.pulled == 1 && report.remaining == 1)
        #expect(try a.titles == ["丁", "丙", "乙", "甲"].sorted())
        // Once it does, nothing is missing.
        hub.refusal = { _ in nil }
        #expect(try a.sync("hub").refusal == nil)
        try b.sync("hub")
        try expectEqual([a, b], titles: ["甲", "乙", "丙", "丁"])
    }

    @Test func whatAnotherMachineBroughtIsNotBroughtAgain() throws {
        let hub = MemoryHub()
        let (a, b) = try pair(hub)
        try b.sync("hub")
        let folder = MemoryRemote()
        for machine in [a, b] { try machine.connect("folder", folder) }
        for number in 0..<100 { try a.essay("篇\(number)") }
        for remote in ["hub", "folder"] { try a.sync(remote) }
        try b.sync("folder")
        nonisolated(unsafe) var brought: [LogSegment] = []
        hub.refusal = { segments in
            brought += segments
            return nil
        }
        let report = try b.sync("hub")
        #expect(brought.isEmpty && report.pushed == 0 && report.requests == 1)
        // What it does lack it gets.
        for number in 0..<100 { try a.essay("又\(number)") }
        try a.sync("folder")
        try b.sync("folder")
        #expect(try b.sync("hub").pushed == 100)
        #expect(hub.vector == (try a.vector))
    }

    @Test func requestsBecomeSmallerUntilTheyAreTaken() throws {
        let hub = MemoryHub()
        let (a, b) = try pair(hub)
        // Does not compress: ten entries of 90 kB are one segment of some 500.
        var generator = SeededGenerator(seed: 3)
        for number in 0..<10 {
            let noise = String(
                String.UnicodeScalarView(
                    (0..<30_000).map { _ in Unicode.Scalar(UInt32.random(in: 0x4E00...0x9FA5, using: &generator))! }))
            try a.essay("\(number)" + noise)
        }
        let limit = 200_000
        hub.refusal = { segments in
            segments.reduce(0) { $0 + $1.payload.count } > limit ? .tooLarge("push in smaller parts") : nil
        }
        let report = try a.sync("hub")
        #expect(report.refusal == nil && report.pushed == 10)
        #expect(hub.segments.allSatisfy { $0.payload.count <= limit })
        try b.sync("hub")
        #expect(try a.stateHash == b.stateHash && a.vector == b.vector)
    }
}
