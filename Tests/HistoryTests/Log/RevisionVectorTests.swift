import TestSupport
import Testing

@testable import History

@Suite struct RevisionVectorTests {
    private static let replicas = (0..<4).map { ReplicaID(bytes: [UInt8](repeating: UInt8($0), count: 16))! }

    private func random(_ generator: inout some RandomNumberGenerator) -> RevisionVector {
        RevisionVector(
            Dictionary(uniqueKeysWithValues: Self.replicas.map { ($0, Int64.random(in: 0...3, using: &generator)) }))
    }

    @Test func aMissingReplicaIsTheSameAsZero() {
        #expect(RevisionVector([Self.replicas[0]: 0]).compare(RevisionVector()) == .equal)
        #expect(RevisionVector([Self.replicas[0]: 0]) == RevisionVector())
    }

    @Test func theFourOutcomes() {
        let (a, b) = (Self.replicas[0], Self.replicas[1])
        #expect(RevisionVector([a: 1]).compare(RevisionVector([a: 1])) == .equal)
        #expect(RevisionVector([a: 1]).compare(RevisionVector([a: 1, b: 1])) == .before)
        #expect(RevisionVector([a: 2]).compare(RevisionVector([a: 1])) == .after)
        #expect(RevisionVector([a: 2]).compare(RevisionVector([a: 1, b: 1])) == .concurrent)
    }

    @Test(arguments: [1, 2, 3]) func theLawsOfComparisonAndJoin(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let (x, y, z) = (random(&generator), random(&generator), random(&generator))
            let mirrored: [RevisionVector.Order: RevisionVector.Order] = [
                .equal: .equal, .before: .after, .after: .before, .concurrent: .concurrent,
            ]
            #expect(y.compare(x) == mirrored[x.compare(y)], "seed \(seed)")
            #expect((x.compare(y) == .equal) == (x == y))
            #expect(x.join(y) == y.join(x))
            #expect(x.join(y).join(z) == x.join(y.join(z)))
            #expect(x.join(x) == x)
            #expect([.before, .equal].contains(x.compare(x.join(y))))
            // Transitivity, where it applies.
            if x.compare(y) == .before, y.compare(z) == .before { #expect(x.compare(z) == .before) }
        }
    }
}
