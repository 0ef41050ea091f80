import Testing
import TestSupport

@testable import Prose

@Suite struct SpliceTests {
    @Test(arguments: [UInt64(21), 22, 23]) func `splices turn one text into the other`(seed: UInt64) throws {
        var random = SeededProse(seed: seed)
        for _ in 0..<200 {
            let base = Array(random.sentences(random.next(below: 20)).joined())
            let new = random.next(below: 9) == 0 ? random.sentence() : random.edited(base, edits: random.next(below: 8))
            let splices = Splices.between(base, new)
            #expect(try Splices.apply(splices, to: base) == new, "seed \(seed)")
            #expect(try Splices.decode(Splices.encode(splices)) == splices, "seed \(seed)")
            for (left, right) in zip(splices, splices.dropFirst()) {
                #expect(left.offset + left.removed + Splices.worthwhileGap <= right.offset, "seed \(seed)")
            }
        }
    }

    @Test func `equal texts have no splices`() {
        #expect(Splices.between(Array("同一句。".utf8), Array("同一句。".utf8)).isEmpty)
        #expect(Splices.encode([]) == Array("[]".utf8))
    }

    @Test func `few edits in a long text stay small on the wire`() {
        var random = SeededProse(seed: 5)
        let sentences = random.sentences(140)
        var edited = sentences
        edited[20] = Array("改了这一句。".utf8)
        edited.insert(Array("又加了一句。".utf8), at: 70)
        edited.remove(at: 120)
        let wire = Splices.encode(Splices.between(Array(sentences.joined()), Array(edited.joined())))
        #expect(wire.count < 160)
    }

    @Test func `texts without a common code point take bounded work`() throws {
        let base = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        let new = (0..<1 << 20).map { UInt8(ascii: "b") + UInt8($0 % 7) }
        #expect(try Splices.apply(Splices.between(base, new), to: base) == new)
    }

    @Test func `the wire form escapes quotes, backslashes and controls only`() {
        let splice = Splice(offset: 3, removed: 0, inserted: Array("“a\"\\\n\u{1f}\u{7f}😀".utf8))
        #expect(Splices.encode([splice]) == Array("[[3,0,\"“a\\\"\\\\\\u000a\\u001f\u{7f}😀\"]]".utf8))
    }

    @Test(arguments: [
        "", "[", "[]]", "[] ", " []", "[[]]", "[[1,2]]", "[[1,2,\"\"]", "[[1,2,\"\"],]", "[[01,2,\"\"]]",
        "[[-1,2,\"\"]]", "[[+1,2,\"\"]]",
        "[[1.0,2,\"\"]]", "[[1e3,2,\"\"]]", "[[1, 2,\"\"]]", "[[99999999999999999999999,0,\"\"]]",
        "[[9007199254740993,0,\"\"]]",
        "[[1,2,\"\\n\"]]", "[[1,2,\"\\u000A\"]]", "[[1,2,\"\\u0041\"]]", "[[1,2,\"\\/\"]]", "[[1,2,\"\n\"]]",
        "[[1,2,\"", "[[1,2,\"\\",
        "[[1,2,\"\\u00", "[[1,2,null]]", "[[1,2,\"\",3]]", "{}", "null",
    ]) func `any other wire form is refused`(wire: String) {
        #expect(throws: SpliceError.self) { try Splices.decode(Array(wire.utf8)) }
    }

    @Test func `inserted bytes that are not UTF-8 are refused`() {
        #expect(throws: SpliceError.self) {
            try Splices.decode(Array("[[1,2,\"".utf8) + [0xED, 0xA0, 0x80] + Array("\"]]".utf8))
        }
    }

    @Test(arguments: [
        [Splice(offset: 10, removed: 0, inserted: [])],
        [Splice(offset: 0, removed: 7, inserted: [])],
        [Splice(offset: -1, removed: 0, inserted: [])],
        [Splice(offset: 3, removed: -3, inserted: [])],
        [Splice(offset: 3, removed: .max, inserted: [])],
        [Splice(offset: .max, removed: .max, inserted: [])],
        [Splice(offset: 1, removed: 2, inserted: [])],
        [Splice(offset: 0, removed: 2, inserted: [])],
        [Splice(offset: 3, removed: 3, inserted: []), Splice(offset: 0, removed: 3, inserted: [])],
        [Splice(offset: 0, removed: 6, inserted: []), Splice(offset: 3, removed: 0, inserted: [])],
    ]) func `splices that do not fit the base are refused`(splices: [Splice]) {
        #expect(throws: SpliceError.self) { try Splices.apply(splices, to: Array("春夏".utf8)) }
    }

    @Test func `random bytes never trap the reader`() {
        var random = SeededProse(seed: 99)
        let alphabet = Array("[],\"\\u00af0123456789 é".utf8)
        for _ in 0..<20_000 {
            let bytes =
                Array("[[".utf8)
                + (0..<random.next(below: 24)).map { _ in alphabet[random.next(below: alphabet.count)] }
            if let splices = try? Splices.decode(bytes) { #expect(Splices.encode(splices) == bytes) }
        }
    }
}
