import Testing
import TestSupport

@testable import Prose

@Suite struct AlignmentTests {
    /// All longest common subsequences, as lists of matched pairs.
    private func alignments(_ a: [UInt32], _ b: [UInt32]) -> [[[Int]]] {
        func all(_ i: Int, _ j: Int) -> [[[Int]]] {
            guard i < a.count, j < b.count else { return [[]] }
            var found = all(i + 1, j) + all(i, j + 1)
            if a[i] == b[j] { found += all(i + 1, j + 1).map { [[i, j]] + $0 } }
            let longest = found.map(\.count).max()!
            return Array(Set(found.filter { $0.count == longest }))
        }
        return all(0, 0)
    }

    @Test(arguments: [UInt64(111), 112, 113]) func `what all alignments match stayed, all else changed`(seed: UInt64)
        throws
    {
        var random = SeededProse(seed: seed)
        for _ in 0..<150 {
            let alphabet = 1 + random.next(below: 5)
            let a = (0..<random.next(below: 7)).map { _ in UInt32(random.next(below: alphabet)) }
            let b = (0..<random.next(below: 7)).map { _ in UInt32(random.next(below: alphabet)) }
            let all = alignments(a, b)
            let certain = all.dropFirst().reduce(Set(all[0])) { $0.intersection($1) }
            var cells = 1000
            let changes = try #require(Diff.changesInAllAlignments(a, b, maxCells: &cells))
            var matches: Set<[Int]> = []
            Diff.forEachMatch(changes, aCount: a.count) { matches.insert([$0, $1]) }
            #expect(matches == certain, "seed \(seed) \(a) \(b)")
        }
    }

    @Test func `the table is bounded, and what is spent counts`() {
        var cells = 20
        #expect(Diff.changesInAllAlignments([1, 1, 2, 2], [2, 2, 1, 1], maxCells: &cells) == nil && cells == 20)
        #expect(Diff.changesInAllAlignments([1, 1, 2], [2, 1, 1], maxCells: &cells) != nil && cells == 4)
    }

    @Test func `a sentence that may have gone from several places is doubtful, an empty line is not`() {
        func changes(_ interchangeable: Set<UInt32>) -> [DiffRange] {
            Diff.certainScript(
                [1, 0, 2, 0, 3], [1, 0, 3], tokenCount: 4, interchangeable: interchangeable, maxSteps: 1000
            ).changes
        }
        #expect(changes([]) == [DiffRange(aRange: 1..<4, bRange: 1..<2)])
        #expect(changes([0]) == [DiffRange(aRange: 2..<4, bRange: 2..<2)])
    }
}
