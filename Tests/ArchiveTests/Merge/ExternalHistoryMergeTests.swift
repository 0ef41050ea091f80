import Testing

@testable import Archive
@testable import History

/// Histories with several merge bases that git tests with, as facts: what the sides are, and whether they conflict.
@Suite struct ExternalHistoryMergeTests {
    /// git, `t/t6404-recursive-merge.sh`: 1 – A – D – F and 2 – C – E – G, where D merges B, a child of 1, E merges B into C, G
    /// merges A into E, and F merges C into D. There the two lines have two roots; an essay has one, so both begin in `root`.
    @Test func `a conflict across crossed lines is found, and it is the last texts'`() throws {
        let history = try MergeHistory("root。")
        let one = try history.add("1。", [history.root])
        let two = try history.add("2。", [history.root])
        let a = try history.add("A。", [one])
        let b = try history.add("B。", [one])
        let c = try history.add("C。", [two])
        let d = try history.add("D。", [a, b])
        let e = try history.add("E。", [c, b])
        let g = try history.add("G。", [e, a])
        let f = try history.add("F。", [d, c])
        let state = try history.state
        #expect(Set(state.heads) == [f, g])
        let conflict = try #require(state.conflict)
        #expect(conflict.hunks.count == 1 && Set(conflict.hunks[0].sides) == [Array("F。".utf8), Array("G。".utf8)])
    }

    /// git, `t/t6416-recursive-corner-cases.sh`, "criss-cross + rename": L1 and R1 made different changes, L2 and R2 merged
    /// both alike, and their merge is that.
    @Test func `a criss-cross that both settled alike is clean`() throws {
        let history = try MergeHistory("甲。乙。丙。")
        let left = try history.add("甲左。乙。丙。", [history.root])
        let right = try history.add("甲。乙。丙右。", [history.root])
        _ = try history.add("甲左。乙。丙右。", [left, right])
        _ = try history.add("甲左。乙新。丙右。", [right, left])
        #expect(try history.state.conflict == nil)
        #expect(try history.text == "甲左。乙新。丙右。")
    }

    /// The same file, "criss-cross + modify/delete resolved differently": B changed what C took out; D kept B's change, E took
    /// it out. In either order this is a conflict.
    @Test func `a criss-cross that was settled in two ways is a conflict`() throws {
        let history = try MergeHistory("甲。乙句原来这样。丙。")
        let b = try history.add("甲。乙句改成那样。丙。", [history.root])
        let c = try history.add("甲。丙。", [history.root])
        let d = try history.add("甲。乙句改成那样。丙。", [b, c], title: "D")
        let e = try history.add("甲。丙。", [c, b], title: "D")
        let conflict = try #require(try history.state.conflict)
        #expect(Set(conflict.sides.map(\.revisions)) == [[d], [e]])
        #expect(conflict.hunks.count == 1 && Set(conflict.hunks[0].sides) == [Array("乙句改成那样。".utf8), []])
        #expect(conflict.fields.isEmpty)
    }

    /// The same, where one went back to what stood before both: to git's markers in the virtual base that is a change like any other.
    @Test func `going back to the first text is a decision, too`() throws {
        let history = try MergeHistory("甲。乙句原来这样。丙。", title: "原题")
        let b = try history.add("甲。乙句改成那样。丙。", [history.root], title: "一题")
        let c = try history.add("甲。乙句写作别样。丙。", [history.root], title: "二题")
        _ = try history.add("甲。乙句改成那样。丙。", [b, c], title: "一题")
        _ = try history.add("甲。乙句原来这样。丙。", [b, c], title: "原题")
        let conflict = try #require(try history.state.conflict)
        #expect(Set(conflict.hunks.flatMap(\.sides)) == [Array("乙句改成那样。".utf8), Array("乙句原来这样。".utf8)])
        #expect(conflict.fields.map(\.key) == [FieldKey.title])
    }
}
