import Testing

@testable import History
@testable import Prose

@Suite struct FieldMergeTests {
    @Test func `a scalar that one side changed takes that value`() {
        #expect(FieldMerge.mergeScalar(base: "旧" as ExactString?, sides: ["旧", "新", "旧"]) == .clean("新"))
        #expect(FieldMerge.mergeScalar(base: 1, sides: [1, 1]) == .clean(1))
        #expect(FieldMerge.mergeScalar(base: 1, sides: [2, 2, 1]) == .clean(2))
        #expect(FieldMerge.mergeScalar(base: 1, sides: [nil, 1]) == .clean(nil))
        #expect(FieldMerge.mergeScalar(base: Int?.none, sides: [nil, 3]) == .clean(3))
    }

    @Test func `a scalar that sides changed differently is a conflict`() {
        #expect(FieldMerge.mergeScalar(base: 1, sides: [2, 1, 3]) == .conflict([2, 1, 3]))
        #expect(FieldMerge.mergeScalar(base: 1, sides: [nil, 3]) == .conflict([nil, 3]))
        #expect(FieldMerge.mergeScalar(base: Int?.none, sides: [2, 3]) == .conflict([2, 3]))
    }

    @Test func `sets take every addition and every removal`() {
        #expect(FieldMerge.mergeSet(base: [1, 2, 3], sides: [[1, 2, 3, 4], [1, 3], [1, 2, 3, 5]]) == [1, 3, 4, 5])
        #expect(FieldMerge.mergeSet(base: [1], sides: [Set<Int>]()) == [1])
        #expect(FieldMerge.mergeSet(base: [1], sides: [[], [1]]) == [])
    }
}
