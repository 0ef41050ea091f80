import Testing

@testable import Prose

@Suite struct CharacterOverlapTests {
    @Test(arguments: [
        "A naïve man", "Ω", "Москва", "…", "• ① ㈠ ℃", "½ m²", "ｶﾞ", "⼀", "𠀀", "😀", "ﬁ", "a\u{301}", "\u{200B}", "", "論語",
    ])
    func `a count can be calculated with, whatever a title holds`(title: String) {
        for name in ["zzz", "", title, "論"] {
            let overlap = CharacterOverlap(name)
            let occurrences = overlap.occurrences(in: title)
            #expect(occurrences >= 0 && occurrences <= max(overlap.count, title.unicodeScalars.count))
        }
    }

    @Test func `titles that hold all characters of a name are not passed over`() {
        for (name, title) in [("naïve", "A naïve man"), ("cafe", "cafe\u{301}"), ("论语", "論語"), ("ABC", "ａｂｃ")] {
            let overlap = CharacterOverlap(name)
            #expect(overlap.occurrences(in: title) >= overlap.count)
        }
        #expect(CharacterOverlap("山水").occurrences(in: "风花") == 0)
    }
}
