import TestSupport
import Testing

@testable import Archive
@testable import History

@Suite struct HistoryMergeTests {
    @Test func `what one head took out of a later ancestor stays out`() throws {
        let history = try MergeHistory("甲。乙。丙。", title: "旧题")
        let middle = try history.add("甲。乙。丙。新句。", [history.root], title: "新题")
        // Back to the first text and title; another goes on from the middle, a third from the root.
        _ = try history.add("甲。乙。丙。", [middle], title: "旧题")
        _ = try history.add("甲改。乙。丙。新句。", [middle], title: "新题")
        _ = try history.add("甲。乙。丙换。", [history.root], title: "旧题")
        let state = try history.state
        #expect(state.conflict == nil && state.fields[string: FieldKey.title] == "旧题")
        #expect(try history.text == "甲改。乙。丙换。")
    }

    @Test func `what one head changed again is no conflict with those who only have the first change`() throws {
        let history = try MergeHistory("春天来得早。夏天热。")
        let middle = try history.add("春天来得晚。夏天热。", [history.root])
        _ = try history.add("春天终于来了。夏天热。", [middle])
        _ = try history.add("春天来得晚。夏天很热。", [middle])
        _ = try history.add("春天来得早。夏天热。秋天凉。", [history.root])
        #expect(try history.state.conflict == nil)
        #expect(try history.text == "春天终于来了。夏天很热。秋天凉。")
    }

    @Test func `a conflict among kin is settled first, and the others merge with what comes of it`() throws {
        let history = try MergeHistory("甲句。乙句。丙句。")
        let middle = try history.add("甲句。乙句。丙句。丁句。", [history.root])
        let one = try history.add("甲一句。乙句。丙句。丁句。", [middle])
        let two = try history.add("甲二句。乙句。丙句。丁句。", [middle])
        let third = try history.add("甲句。乙句。丙三句。", [history.root])
        let state = try history.state
        let conflict = try #require(state.conflict)
        #expect(Set(conflict.sides.map(\.revisions)) == [[one], [two]])
        #expect(state.shownHeads == [try #require(state.heads.min())])
        let settled = try history.archive.write { try $0.resolve(history.item, by: .take(two), author: Author(nil)) }
        #expect(Set(try history.state.heads) == [settled, third])
        #expect(try history.state.conflict == nil)
        #expect(try history.text == "甲二句。乙句。丙三句。丁句。")
    }

    @Test func `a side of a conflict may be several heads that merged`() throws {
        let history = try MergeHistory("甲句。乙句。丙句。")
        let middle = try history.add("甲句。乙句。丙句。丁句。", [history.root])
        let one = try history.add("甲一句。乙句。丙句。丁句。", [middle])
        let two = try history.add("甲句。乙句。丙句。丁二句。", [middle])
        let third = try history.add("甲三句。乙句。丙句。", [history.root])
        let conflict = try #require(try history.state.conflict)
        #expect(Set(conflict.sides.map { Set($0.revisions) }) == [[one, two], [third]])
        _ = try history.archive.write { try $0.resolve(history.item, by: .take(one), author: Author(nil)) }
        #expect(try history.text == "甲一句。乙句。丙句。丁二句。")
        #expect(try history.state.heads.count == 1)
    }

    @Test func `two resolutions meet as a conflict of their difference only`() throws {
        let history = try MergeHistory("甲句。乙句。丙句。")
        let one = try history.add("甲一句。乙句。丙一句。", [history.root])
        let two = try history.add("甲二句。乙句。丙二句。", [history.root])
        #expect(try history.state.conflict?.hunks.count == 2)
        _ = try history.add("甲一句。乙句。丙一句。", [one, two])
        _ = try history.add("甲一句。乙句。丙二句。", [one, two])
        let conflict = try #require(try history.state.conflict)
        #expect(conflict.hunks.count == 1)
        #expect(Set(conflict.hunks[0].sides) == [Array("丙一句。".utf8), Array("丙二句。".utf8)])
        #expect(conflict.text == Array("甲一句。乙句。丙句。".utf8))
    }

    @Test func `taking a side keeps what others changed elsewhere, unless the whole is asked for`() throws {
        for isWhole in [false, true] {
            let history = try MergeHistory("甲句。乙句。丙句。")
            let one = try history.add("甲一句。乙句。丙句。", [history.root])
            _ = try history.add("甲二句。乙句。丙二句。", [history.root])
            _ = try history.archive.write {
                try $0.resolve(history.item, by: isWhole ? .whole(one) : .take(one), author: Author(nil))
            }
            #expect(try history.text == (isWhole ? "甲一句。乙句。丙句。" : "甲一句。乙句。丙二句。"))
        }
    }

    @Test func `a resolution settles what its author saw, and merges with what came since`() throws {
        let history = try MergeHistory("甲句。")
        let one = try history.add("甲一句。", [history.root])
        _ = try history.add("甲二句。", [history.root])
        let seen = try history.state.heads
        let late = try history.add("甲三句。", [one])
        let settled = try history.archive.write {
            try $0.resolve(history.item, by: .text(Array("甲。".utf8)), heads: seen, author: Author(nil))
        }
        let state = try history.state
        #expect(Set(state.history[settled]!.parents) == Set(seen) && Set(state.heads) == [settled, late])
        #expect(state.isConflict, "both changed the sentence")
    }

    @Test func `a change follows the heads that its author saw merged, whatever came since`() throws {
        let history = try MergeHistory("甲句在这里。\n乙句在这里。\n丙句在这里。\n")
        _ = try history.add("甲句改过了。\n乙句在这里。\n丙句在这里。\n", [history.root])
        _ = try history.add("甲句在这里。\n乙句改过了。\n丙句在这里。\n", [history.root])
        let seen = try history.state
        let late = try history.add("甲句在这里。\n乙句在这里。\n丙句在这里。\n丁句在这里。\n", [history.root])
        let text = "甲句改过了。\n乙句改过了。\n丙句也改过了。\n"
        let written = try history.archive.write {
            try $0.revise(history.item, heads: seen.shownHeads, author: Author(nil)) { $0.text = Array(text.utf8) }
        }
        let state = try history.state
        #expect(Set(state.history[try #require(written)]!.parents) == Set(seen.heads) && state.heads.contains(late))
        #expect(
            try !state.isConflict && history.archive.read { try $0.text(of: state) } == Array((text + "丁句在这里。\n").utf8))
    }

    @Test func `a source that changed merges with the edits of two machines, the same everywhere`() throws {
        let folder = try TemporaryFolder()
        let old = "读书使人充实。\n讨论使人机敏。\n笔记使人准确。\n"
        let archives = try ["a.db", "b.db"].map { try folder.create($0) }
        try folder.write(old, to: "文.txt")
        for archive in archives { try folder.importing("文.txt", to: archive) }
        let item = try archives[0].read { try $0.items(ItemFilter()).first!.id }
        #expect(try archives[1].read { try $0.items(ItemFilter()).first!.id } == item)
        try archives[0].edit(item, old.replacing("机敏", with: "敏捷"))
        try archives[1].edit(item, old.replacing("准确", with: "精确"))
        try folder.write(old.replacing("充实", with: "充盈"), to: "文.txt")
        for archive in archives { try folder.importing("文.txt", to: archive) }
        // Each learns what the other has.
        for (from, to) in [(0, 1), (1, 0)] {
            let history = try archives[from].state(item).history
            for id in history.order where try archives[to].read({ try $0.revision(id) }) == nil {
                let text = try archives[from].read { try $0.text(of: history[id]!) }
                try archives[to].write { writer in
                    _ = try writer.insert(text)
                    try writer.append(history[id]!)
                }
            }
        }
        for archive in archives {
            #expect(try archive.state(item).heads.count == 3 && !archive.state(item).isConflict)
            #expect(try archive.text(item) == "读书使人充盈。\n讨论使人敏捷。\n笔记使人精确。\n")
        }
    }

    @Test(arguments: [UInt64(91), 92, 93, 94])
    func `the merge of a random history does not depend on the order of its heads`(seed: UInt64) throws {
        var random = SeededProse(seed: seed)
        for _ in 0..<12 {
            let history = try MergeHistory((0..<6).map { "第\($0)句话在这里。" }.joined())
            var known = [history.root]
            for step in 0..<10 {
                let parents = Set((0...random.next(below: 2)).map { _ in known[random.next(below: known.count)] })
                let base = try history.archive.read { try $0.text(of: $0.revision(parents.min()!)!) }
                let place = random.next(below: 6)
                let text = String(decoding: base, as: UTF8.self).replacing(
                    "第\(place)句", with: random.next(below: 3) == 0 ? "" : "第\(place)句改\(step % 3)")
                known.append(try history.add(text, Array(parents), title: "题\(random.next(below: 3))"))
            }
            let item = try history.state.history
            try history.archive.read { reader in
                let load: (TextHash) throws -> [UInt8] = { try reader.text($0) }
                func merged(_ heads: [RevisionID]) throws -> (Fields, MergeConflict?, [UInt8]) {
                    let state = try RevisionMerge(history: item, load: load).merge(heads)
                    switch state.text {
                    case .stored(let hash)?: return (state.fields, state.conflict, try load(hash))
                    case .computed(let bytes)?: return (state.fields, state.conflict, bytes)
                    case nil: return (state.fields, state.conflict, [])
                    }
                }
                let expected = try merged(item.heads)
                for _ in 0..<3 {
                    let order = item.heads.map { ($0, random.next(below: 1000)) }.sorted { $0.1 < $1.1 }.map(\.0)
                    let isSame = try merged(order) == expected
                    #expect(isSame, "seed \(seed)")
                }
            }
        }
    }
}
