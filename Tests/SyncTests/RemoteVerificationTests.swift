import Archive
import Testing

@testable import History
@testable import Sync

@Suite struct RemoteVerificationTests {
    private func problems(_ machine: Machine, _ remote: MemoryRemote, repairs: Bool = false) throws -> [String] {
        try RemoteVerification(machine.archive, remote: "r", remote).run(repairs: repairs).problems.map(\.what)
    }

    @Test func aSoundRemoteIsSoundAndEveryDamageIsFoundAndRepaired() throws {
        let remote = MemoryRemote()
        let id = ArchiveID.random()
        let (a, b) = (try Machine(id).connect("r", remote), try Machine(id).connect("r", remote))
        for title in ["一", "二", "三"] {
            try a.essay(title)
            try a.sync("r")
        }
        try b.sync("r")
        #expect(try problems(a, remote).isEmpty && problems(b, remote).isEmpty)
        let names = remote.content.keys.filter { $0.hasPrefix("log/") }.sorted()
        let sound = remote.content
        for (index, name) in names.enumerated() {
            for damage in 0..<3 {
                remote.content = sound
                switch damage {
                case 0: remote.content[name] = nil
                case 1: remote.content[name]!.removeLast()
                default: remote.content[name]![remote.content[name]!.count / 2 + 60] ^= 1
                }
                #expect(try !problems(b, remote).isEmpty, "damage \(damage) of segment \(index)")
                _ = try problems(b, remote, repairs: true)
                try b.sync("r")
                #expect(try problems(a, remote).isEmpty, "damage \(damage) of segment \(index) is repaired")
                let c = try Machine(id).connect("r", remote)
                try c.sync("r")
                try expectEqual([a, b, c], titles: ["一", "二", "三"])
            }
        }
    }

    /// Who repairs may hold less of a log than the remote does: what leads to the rest stays.
    @Test func mendingTakesNoHeadAway() throws {
        let remote = MemoryRemote()
        let id = ArchiveID.random()
        let (a, b) = (try Machine(id).connect("r", remote), try Machine(id).connect("r", remote))
        for title in ["一", "二", "三"] {
            try a.essay(title)
            try a.sync("r")
            if title == "一" { try b.sync("r") }
        }
        let first = try #require(remote.content.keys.filter { $0.hasPrefix("log/") }.min())
        remote.content[first] = nil
        #expect(try !problems(b, remote, repairs: true).isEmpty)
        let c = try Machine(id).connect("r", remote)
        for machine in [c, b, c] { try machine.sync("r") }
        try expectEqual([a, b, c], titles: ["一", "二", "三"])
    }

    @Test func aLogWithoutItsHeadIsReportedAndGetsOne() throws {
        let remote = MemoryRemote()
        let id = ArchiveID.random()
        let (a, b) = (try Machine(id).connect("r", remote), try Machine(id).connect("r", remote))
        try a.essay("一")
        try a.sync("r")
        try b.essay("二")
        try b.sync("r")
        for isOldHeadThere in [false, true] {
            try b.essay("三")
            let old = remote.content.keys.filter { $0.hasPrefix("heads/\((try? b.replica)!.hex)") }
            try b.sync("r")
            let new = remote.content.keys.first { $0.hasPrefix("heads/\((try? b.replica)!.hex)") }!
            remote.content[new] = nil
            if isOldHeadThere { for name in old { remote.content[name] = [] } }
            #expect(try problems(a, remote).contains { $0.contains("no head leads") })
            #expect(try problems(a, remote, repairs: true).count == 1)
            #expect(remote.content[new] != nil)
            try b.sync("r")
        }
        try a.sync("r")
        try expectEqual([a, b], titles: ["一", "二", "三", "三"])
        #expect(try problems(a, remote).isEmpty)
    }

    @Test func twoArchivesInOneFolderAreToldApart() throws {
        let remote = MemoryRemote()
        let (a, other) = (
            try Machine(.random()).connect("r", remote), try Machine(.random()).connect("s", MemoryRemote())
        )
        try a.essay("一")
        try a.sync("r")
        try other.essay("别的")
        let foreign = MemoryRemote()
        try other.connect("t", foreign)
        try other.sync("t")
        for (name, bytes) in foreign.content { remote.content[name] = bytes }
        let before = remote.content
        let report = try RemoteVerification(a.archive, remote: "r", remote).run(repairs: true)
        #expect(try report.problems.map(\.repair) == [.separateFolder(other.replica)])
        #expect(remote.content == before)
    }

    @Test func anotherFormOfALogAndLostEntriesAreNamed() throws {
        let remote = MemoryRemote()
        let a = try Machine(.random()).connect("r", remote)
        try a.essay("一")
        try a.sync("r")
        remote.content = [:]
        #expect(try problems(a, remote).contains { $0.contains("not there any more") })
    }
}
