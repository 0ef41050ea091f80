import Testing

@testable import Archive
@testable import History

/// What an answer to a conflict leaves out.
@Suite struct LeftOutTests {
    private static let base = "开头的话。甲句在这里。中间的话。乙句在这里。末尾的话。\n"
    private static let first = "开头的话。春天种下的树苗活了。中间的话。乙一句在这里。末尾的话。\n"
    private static let second = "开头的话。图书室周末也开门。中间的话。乙二句在这里。末尾的话。\n"

    private func conflict() throws -> MergeConflict {
        let merged = TextMerge.merge(
            base: Array(Self.base.utf8), sides: [Self.first, Self.second].map { Array($0.utf8) })
        try #require(merged.conflicts.count == 2)
        let sides = [Self.first, Self.second].map {
            MergeConflict.Side(revisions: [], fields: [:], text: Array($0.utf8))
        }
        return MergeConflict(sides: sides, fields: [], hunks: merged.conflicts, text: merged.text)
    }

    private func left(_ answer: String) throws -> (emptied: [Int], sides: [[Int]], elsewhere: [String]) {
        let (conflict, answer) = (try conflict(), Array(answer.utf8))
        let elsewhere = conflict.leftOutElsewhere(of: answer).map { String(decoding: $0, as: UTF8.self) }
        return (conflict.emptied(in: answer), conflict.leftOut(of: answer).map { [$0.hunk, $0.side] }, elsewhere)
    }

    @Test func `a passage of which nothing is left is empty`() throws {
        #expect(try left("开头的话。中间的话。乙一句在这里。末尾的话。\n").emptied == [0])
        #expect(try left("开头的话。中间的话。末尾的话。\n").emptied == [0, 1])
        for answer in [Self.base, Self.first, Self.second] { #expect(try left(answer).emptied.isEmpty) }
        #expect(try left("开头的话。写了别的。中间的话。乙句也改写了。末尾的话。\n").emptied.isEmpty)
    }

    @Test func `a sentence of one side that nothing stands for is named, and one that was worked in is not`() throws {
        #expect(try left(Self.first).sides == [[0, 1]])
        #expect(try left(Self.second).sides == [[0, 0]])
        #expect(try left("开头的话。春天种下的树苗活了。图书室周末也开门。中间的话。乙一二句在这里。末尾的话。\n").sides.isEmpty)
        #expect(try left("开头的话。春天种下的树苗都活了，图书室周末也都开门。中间的话。乙三句在这里。末尾的话。\n").sides.isEmpty)
        #expect(try left(Self.base).sides == [[0, 0], [0, 1]])
    }

    @Test func `texts of a passage that stand one after another are told`() throws {
        func together(_ answer: String) throws -> [Int] { try conflict().keptTogether(in: Array(answer.utf8)) }
        #expect(try together("开头的话。甲句在这里。春天种下的树苗活了。图书室周末也开门。中间的话。乙一句在这里。末尾的话。\n") == [0])
        #expect(try together("开头的话。甲句在这里。春天种下的树苗活了。图书室周末也开门。中间的话。乙句在这里。乙一句在这里。乙二句在这里。末尾的话。\n") == [0, 1])
        #expect(try together("开头的话。春天种下的树苗活了。\n图书室周末也开门。中间的话。乙一句在这里。末尾的话。\n") == [0])
        for answer in [Self.base, Self.first, Self.second, "开头的话。写了别的。中间的话。末尾的话。\n"] {
            #expect(try together(answer).isEmpty)
        }
    }

    @Test func `what went with a passage around it is named, too`() throws {
        #expect(try left("开头的话。末尾的话。\n").elsewhere == ["中间的话。"])
        #expect(try left("开头的话。春天种下的树苗活了。乙一句在这里。末尾的话。\n").elsewhere == ["中间的话。"])
        for answer in [Self.first, Self.second, Self.base] { #expect(try left(answer).elsewhere.isEmpty) }
    }
}
