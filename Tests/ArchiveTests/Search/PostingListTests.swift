import TestSupport
import Testing

@testable import Archive

@Suite struct PostingListTests {
    private func pack(_ places: [UInt32]) throws -> PostingList {
        var bytes: [UInt8] = []
        places.withUnsafeBufferPointer { PostingCodec.append($0, to: &bytes) }
        return try PostingList(count: places.count, bytes: bytes + [UInt8](repeating: 0xFF, count: PostingList.padding))
    }

    /// Ascending places of any density, with far outliers now and then.
    private func places(_ count: Int, _ random: inout SeededGenerator) -> [UInt32] {
        var place: UInt32 = UInt32.random(in: 0..<3, using: &random)
        let spread = UInt32(1) << UInt32.random(in: 0..<14, using: &random)
        return (0..<count).map { _ in
            defer {
                place +=
                    1 + UInt32.random(in: 0..<spread, using: &random)
                    + (Int.random(in: 0..<100, using: &random) == 0 ? 1 << 18 : 0)
            }
            return place
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 5]) func comesOutAsItWentIn(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for count in [1, 2, 127, 128, 129, 255, 256, 257, 1000, 5000] {
            for _ in 0..<10 {
                let places = places(count, &random)
                #expect(try pack(places).all() == places, "seed \(seed)")
            }
        }
        #expect(try pack([0, .max - 1]).all() == [0, .max - 1])
        #expect(try pack(Array(0..<300)).all() == Array(0..<300))
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 6]) func filteringKeepsWhatIsHere(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let list = places(Int.random(in: 1...2000, using: &random), &random)
            let offset = UInt32.random(in: 0..<4, using: &random)
            var starts = Set(
                list.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }.filter { $0 >= offset }.map {
                    $0 - offset
                })
            starts.formUnion(places(Int.random(in: 1...500, using: &random), &random))
            let ordered = starts.sorted()
            let members = Set(list)
            var kept = ordered
            try pack(list).filter(&kept, offset: offset)
            #expect(kept == ordered.filter { members.contains($0 + offset) }, "seed \(seed)")
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 8]) func damageIsRefusedOrHarmless(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            var bytes: [UInt8] = []
            let places = places(Int.random(in: 1...600, using: &random), &random)
            places.withUnsafeBufferPointer { PostingCodec.append($0, to: &bytes) }
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            guard
                let list = try? PostingList(
                    count: places.count, bytes: bytes + [UInt8](repeating: 0, count: PostingList.padding))
            else { continue }
            var starts = places
            list.filter(&starts, offset: 0)
            #expect(list.all().count == places.count, "seed \(seed)")
        }
    }
}
