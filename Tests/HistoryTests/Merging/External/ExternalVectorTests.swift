import Testing

@testable import History

/// The tables by which other projects test version vectors, as facts: who is before whom.
@Suite struct ExternalVectorTests {
    private func vector(_ counters: [UInt8: Int64]) -> RevisionVector {
        RevisionVector(
            Dictionary(
                uniqueKeysWithValues: counters.map {
                    (ReplicaID(bytes: [UInt8](repeating: $0.key, count: 16))!, $0.value)
                }))
    }

    private func expect(_ a: [UInt8: Int64], _ order: RevisionVector.Order, _ b: [UInt8: Int64]) {
        let mirrored: [RevisionVector.Order: RevisionVector.Order] = [
            .equal: .equal, .before: .after, .after: .before, .concurrent: .concurrent,
        ]
        #expect(vector(a).compare(vector(b)) == order, "\(a) \(b)")
        #expect(vector(b).compare(vector(a)) == mirrored[order], "\(b) \(a)")
    }

    /// Syncthing, `lib/protocol/vector_test.go`, TestCompare; its largest counter is 2^64 − 1, ours 2^63 − 1.
    @Test func `vectors compare as in Syncthing`() {
        expect([:], .equal, [:])
        expect([:], .equal, [42: 0])
        expect([42: 0], .equal, [77: 0])
        expect([42: 33], .equal, [42: 33])
        expect([42: 33, 77: 24], .equal, [42: 33, 77: 24])
        expect([42: 1], .after, [:])
        expect([0: 1], .after, [0: 0])
        expect([255: .max], .after, [255: 0])
        expect([0: .max], .after, [0: .max - 1])
        expect([255: .max], .after, [255: .max - 1])
        expect([42: 2], .after, [42: 1])
        expect([22: 22, 42: 2], .after, [22: 22, 42: 1])
        expect([42: 2, 77: 3], .after, [42: 1, 77: 3])
        expect([22: 22, 42: 2, 77: 3], .after, [22: 22, 42: 1, 77: 3])
        expect([22: 23, 42: 2, 77: 4], .after, [22: 22, 42: 1, 77: 3])
        // What Syncthing calls concurrent and then orders by a counter stays concurrent here: no order is made up.
        expect([42: 2], .concurrent, [43: 1])
        expect([22: 23, 42: 1], .concurrent, [22: 22, 42: 2])
        expect([22: 21, 42: 2], .concurrent, [22: 22, 42: 1])
        expect([22: 21, 42: 2, 43: 1], .concurrent, [20: 1, 22: 22, 42: 1])
    }

    /// Syncthing, the same file, TestMerge.
    @Test func `vectors join as in Syncthing`() {
        let cases: [([UInt8: Int64], [UInt8: Int64], [UInt8: Int64])] = [
            ([:], [:], [:]),
            ([22: 1, 42: 1], [22: 1, 42: 1], [22: 1, 42: 1]),
            ([:], [22: 1, 42: 1], [22: 1, 42: 1]),
            ([22: 1], [42: 1], [22: 1, 42: 1]),
            ([22: 1], [22: 1, 42: 1], [22: 1, 42: 1]),
            ([22: 1, 42: 1], [22: 1, 23: 2, 42: 1], [22: 1, 23: 2, 42: 1]),
            ([42: 1], [22: 1], [22: 1, 42: 1]),
            ([22: 1, 42: 2], [22: 2, 42: 1], [22: 2, 42: 2]),
            (
                [10: 1, 20: 2, 30: 1], [5: 1, 10: 2, 15: 1, 20: 1, 25: 1, 35: 1],
                [5: 1, 10: 2, 15: 1, 20: 2, 25: 1, 30: 1, 35: 1]
            ),
        ]
        for (a, b, joined) in cases {
            #expect(vector(a).join(vector(b)) == vector(joined))
            #expect(vector(b).join(vector(a)) == vector(joined))
        }
    }

    /// Couchbase Lite Core, `LiteCore/tests/VersionVectorTest.cc`, "VersionVector comparison" and "VersionVector conflicts".
    @Test func `vectors compare as in Couchbase Lite`() {
        let (me, alice, carol, dave, zegpold, other): (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 1, 3, 4, 5, 6)
        expect([carol: 1], .before, [dave: 1, carol: 2])
        expect([carol: 2], .before, [dave: 1, carol: 2])
        expect([carol: 2], .after, [carol: 1])
        expect([dave: 1, carol: 2], .concurrent, [zegpold: 4, carol: 1])
        expect([zegpold: 4, carol: 1], .after, [carol: 1])
        expect([zegpold: 4, carol: 1], .concurrent, [carol: 2])
        let version: [UInt8: Int64] = [me: 6, alice: 2, dave: 1, carol: 2]
        expect(version, .after, [me: 5, alice: 2, dave: 1, carol: 2])
        expect(version, .after, [alice: 2, dave: 1, carol: 2])
        expect(version, .after, [carol: 1])
        expect(version, .after, [:])
        expect(version, .before, [dave: 2, me: 6, alice: 2, carol: 2])
        expect(version, .before, [dave: 2, other: 1, me: 6, alice: 2, carol: 9])
        expect(version, .concurrent, [alice: 4, dave: 1, carol: 2])
    }
}
