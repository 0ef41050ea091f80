import Prose

/// A text as atoms, none of which is in two sentences.
struct AtomText {
    let text: [UInt8]
    /// In bytes.
    let atoms: [Range<Int>]
    /// In atoms; none is empty.
    let sentences: [Range<Int>]
    /// Where sentences begin, in atoms; the end of the text, too, if its last sentence is closed.
    private let starts: [Int]

    init(_ text: [UInt8]) {
        self.text = text
        var (atoms, sentences): ([Range<Int>], [Range<Int>]) = ([], [])
        for sentence in Sentences.ranges(in: text) {
            let first = atoms.count
            atoms += MergeAtoms.ranges(in: Array(text[sentence])).map {
                $0.lowerBound + sentence.lowerBound..<$0.upperBound + sentence.lowerBound
            }
            sentences.append(first..<atoms.count)
        }
        (self.atoms, self.sentences) = (atoms, sentences)
        starts = sentences.map(\.lowerBound) + (WholeSentences.closedCount(text) == nil ? [] : [atoms.count])
    }

    /// The atoms of a run of bytes that is whole sentences, and these, counted from its first atom.
    func part(_ bytes: Range<Int>) -> (atoms: Range<Int>, sentences: [Range<Int>]) {
        let first = sentences.partitioningIndex { atoms[$0.lowerBound].lowerBound >= bytes.lowerBound }
        let end = sentences.partitioningIndex { atoms[$0.lowerBound].lowerBound >= bytes.upperBound }
        let start = first < sentences.count ? sentences[first].lowerBound : atoms.count
        guard first < end else { return (start..<start, []) }
        return (
            start..<sentences[end - 1].upperBound,
            sentences[first..<end].map { $0.lowerBound - start..<$0.upperBound - start }
        )
    }

    /// The words of a part's sentences, counted from its first atom.
    func words(_ part: (atoms: Range<Int>, sentences: [Range<Int>])) -> [Range<Int>] {
        part.sentences.map { sentence in
            let end = wordBytes(sentence, from: part.atoms.lowerBound).upperBound
            var upper = sentence.upperBound
            while upper > sentence.lowerBound, atoms[part.atoms.lowerBound + upper - 1].upperBound > end { upper -= 1 }
            return sentence.lowerBound..<upper
        }
    }

    /// Which sentences of a part are among some, by their words.
    func places(_ part: (atoms: Range<Int>, sentences: [Range<Int>]), of some: Set<[UInt8]>) -> Set<Int> {
        guard !some.isEmpty else { return [] }
        return Set(
            part.sentences.indices.filter {
                some.contains(Array(text[wordBytes(part.sentences[$0], from: part.atoms.lowerBound)]))
            })
    }

    /// Whether enough stands between the edits of two sides: the end of a sentence or of its number, or what is enough of any text.
    func keepsApart(_ left: Range<Int>, _ right: Range<Int>, _ inserted: [[UInt8]]) -> Bool {
        let next = starts.partitioningIndex { $0 >= left.upperBound }
        if next < starts.count, starts[next] <= right.lowerBound { return true }
        func bytes(_ range: Range<Int>) -> [UInt8] { Array(text[Diff.byteRange(range, of: atoms, end: text.count)]) }
        let between = bytes(left.upperBound..<right.lowerBound)
        let (start, end) = (starts[..<next].last ?? 0, next < starts.count ? starts[next] : atoms.count)
        if MergeAtoms.isNumbering(bytes(start..<left.upperBound), before: bytes(left.upperBound..<end)),
            !between.isEmpty
        {
            return true
        }
        return MergeAtoms.keepApart(between, [bytes(left), bytes(right)] + inserted)
    }

    private func wordBytes(_ sentence: Range<Int>, from first: Int) -> Range<Int> {
        let bytes = atoms[first + sentence.lowerBound].lowerBound..<atoms[first + sentence.upperBound - 1].upperBound
        return Sentences.words(bytes, in: text)
    }
}
