import Testing

@testable import Archive

@Suite struct ShinglesTests {
    private func similarity(_ left: String, _ right: String) -> Double {
        Shingles(Array(left.utf8)).similarity(to: Shingles(Array(right.utf8)))
    }

    @Test func equalTextsAreOneAndStrangersZero() {
        #expect(similarity("山高而水深，林密而鸟多。", "山高而水深，林密而鸟多。") == 1)
        #expect(similarity("山高而水深，林密而鸟多。", "面包要先和面，再发酵。") == 0)
        #expect(similarity("", "") == 1 && similarity("山", "") == 0)
    }

    @Test func whiteSpaceAndLineEndsDoNotCount() {
        #expect(similarity("山高\n水深，\t林密", "山 高水深，\r\n　林密") == 1)
    }

    @Test func aTextWithinALongerOneIsHalfSure() {
        let short = "山高而水深，林密而鸟多，人行其中而不知远近。"
        let long = short + (0..<100).map { "另外第\($0)句说的是\($0 * 31)。" }.joined()
        #expect(similarity(short, long) == 0.5)
        #expect(similarity(short, long) == similarity(long, short))
    }
}
