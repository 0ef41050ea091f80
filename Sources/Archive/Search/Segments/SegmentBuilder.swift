import Prose

/// Gathers the tokens of documents, one after another, and packs them into a segment.
///
/// Every token has a place: the number of tokens before it. `stream` holds, place by place, which token stands there; packing
/// sorts the places by token, which takes two passes and memory of a fixed size.
struct SegmentBuilder {
    /// Bounds the memory: 8 bytes a place.
    static let capacity = 4 << 20

    /// What stands at a place: 0 nothing (the end of a part), else the index of a token in `tokens`.
    private var stream: [UInt32] = []
    /// How often each token stands in `stream`; that of index 0 is not counted.
    private var counts: [UInt32] = [0]
    private var tokens: [Token] = [.single(0)]
    private var singles = [UInt32](repeating: 0, count: 0x10000)
    private var singlesBeyond: [UInt32: UInt32] = [:]
    private var words = WordTable()
    private(set) var documents: [IndexSegment.Document] = []
    /// Where each unit begins, ascending.
    private var units: [UInt32] = []

    private enum Token {
        case single(UInt32)
        /// A number in `words`.
        case word(Int)
    }

    var isEmpty: Bool { documents.isEmpty }
    /// Places taken.
    var size: Int { stream.count }

    // MARK: Entering

    /// Begins a document. What is entered next is its title.
    mutating func begin(_ document: Int64) {
        documents.append(IndexSegment.Document(id: UInt32(document), firstUnit: UInt32(units.count)))
        beginUnit()
    }

    /// Begins a further unit.
    mutating func beginUnit() { units.append(UInt32(stream.count)) }

    /// Leaves a place empty, over which no phrase goes.
    mutating func part() { stream.append(0) }

    /// Enters a text. At each of `cuts`, bytes of the text, ascending, a unit begins.
    mutating func enter(_ text: [UInt8], cuts: [Int] = []) {
        var next = 0
        text.withUnsafeBufferPointer { buffer in
            CJKTokenizer.tokenize(buffer) { token, isWord, bytes in
                while next < cuts.count && cuts[next] <= bytes.lowerBound {
                    beginUnit()
                    next += 1
                }
                let number = isWord ? number(word: token) : number(single: Self.scalar(token))
                stream.append(number)
                counts[Int(number)] += 1
                return true
            }
        }
    }

    /// Enters a document of another segment as it is.
    mutating func enter(
        _ document: IndexSegment.Document, of contents: SegmentContents, units starts: [UInt32], numbers: [UInt32],
        end: UInt32
    ) {
        let shift = UInt32(stream.count) &- starts[0]
        documents.append(IndexSegment.Document(id: document.id, firstUnit: UInt32(units.count)))
        for start in starts { units.append(start &+ shift) }
        for place in starts[0]..<end {
            let number = numbers[Int(contents.stream[Int(place)])]
            stream.append(number)
            counts[Int(number)] += 1
        }
    }

    /// The numbers here of another segment's tokens.
    mutating func numbers(of contents: SegmentContents) -> [UInt32] {
        [0]
            + contents.keys.map { key in
                guard key >= IndexSegment.firstWord else { return number(single: key) }
                return contents.words[key - IndexSegment.firstWord].withUnsafeBufferPointer { number(word: $0) }
            }
    }

    /// Whether a run of places in another segment holds exactly what was entered here.
    func holds(_ contents: SegmentContents, _ places: Range<UInt32>) -> Bool {
        guard places.count == stream.count else { return false }
        return zip(stream, places).allSatisfy { number, place in
            let other = contents.stream[Int(place)]
            guard number != 0, other != 0 else { return number == other }
            let key = contents.keys[Int(other) - 1]
            switch tokens[Int(number)] {
            case .single(let scalar): return key == scalar
            case .word(let index):
                return key >= IndexSegment.firstWord
                    && contents.words[key - IndexSegment.firstWord].elementsEqual(words[index])
            }
        }
    }

    /// The code point of a token that is no word.
    static func scalar(_ token: UnsafeBufferPointer<UInt8>) -> UInt32 {
        switch token.count {
        case 1: UInt32(token[0])
        case 2: UInt32(token[0] & 0x1F) << 6 | UInt32(token[1] & 0x3F)
        case 3: UInt32(token[0] & 0x0F) << 12 | UInt32(token[1] & 0x3F) << 6 | UInt32(token[2] & 0x3F)
        default:
            UInt32(token[0] & 0x07) << 18 | UInt32(token[1] & 0x3F) << 12 | UInt32(token[2] & 0x3F) << 6
                | UInt32(token[3] & 0x3F)
        }
    }

    private mutating func number(single scalar: UInt32) -> UInt32 {
        let known = scalar < 0x10000 ? singles[Int(scalar)] : singlesBeyond[scalar] ?? 0
        if known != 0 { return known }
        let number = add(.single(scalar))
        if scalar < 0x10000 { singles[Int(scalar)] = number } else { singlesBeyond[scalar] = number }
        return number
    }

    private mutating func number(word: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let (index, isNew) = words.index(of: word)
        if isNew { words.numbers.append(add(.word(index))) }
        return words.numbers[index]
    }

    private mutating func add(_ token: Token) -> UInt32 {
        tokens.append(token)
        counts.append(0)
        return UInt32(tokens.count - 1)
    }

    // MARK: Packing

    /// The segment of what was entered. The builder is used no more.
    consuming func pack() -> PackedSegment {
        let (list, keys) = keys()
        var writer = SegmentWriter()
        let (places, starts) = sortedPlaces()
        places.withUnsafeBufferPointer { places in
            for number in keys.indices.dropFirst().sorted(by: { keys[$0] < keys[$1] }) where counts[number] > 0 {
                let start = Int(starts[number])
                writer.append(keys[number], UnsafeBufferPointer(rebasing: places[start..<start + Int(counts[number])]))
            }
        }
        return PackedSegment(size: stream.count, documents: documents, units: units, wordList: list, writer: writer)
    }

    /// The list of the words, and each token's key.
    private func keys() -> (list: WordList, keys: [UInt32]) {
        var list: [UInt8] = [0x0A]
        list.reserveCapacity(words.bytes.count + words.numbers.count + 1)
        let keys = tokens.map { token -> UInt32 in
            switch token {
            case .single(let scalar): return scalar
            case .word(let index):
                defer {
                    list += words[index]
                    list.append(0x0A)
                }
                return IndexSegment.firstWord + UInt32(list.count)
            }
        }
        return (WordList(bytes: list), keys)
    }

    /// All places sorted by token, and where each token's begin: a counting sort.
    private func sortedPlaces() -> (places: [UInt32], starts: [UInt32]) {
        var starts: [UInt32] = []
        starts.reserveCapacity(counts.count)
        var total: UInt32 = 0
        for (number, count) in counts.enumerated() {
            starts.append(total)
            if number > 0 { total += count }
        }
        var next = starts
        let places = [UInt32](unsafeUninitializedCapacity: Int(total)) { buffer, initialized in
            for (place, number) in stream.enumerated() where number != 0 {
                buffer[Int(next[Int(number)])] = UInt32(place)
                next[Int(number)] += 1
            }
            initialized = Int(total)
        }
        return (places, starts)
    }
}

/// The different words met so far: a hash table with open addressing over one run of bytes.
private struct WordTable {
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// The builder's number of each.
    var numbers: [UInt32] = []
    /// Index + 1 by hash; a power of two long, at most half full.
    private var slots = [UInt32](repeating: 0, count: 1024)

    subscript(index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

    mutating func index(of word: UnsafeBufferPointer<UInt8>) -> (index: Int, isNew: Bool) {
        var slot = Self.hash(word) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if self[index].elementsEqual(word) { return (index, false) }
            slot = (slot + 1) & (slots.count - 1)
        }
        bytes.append(contentsOf: word)
        ends.append(bytes.count)
        slots[slot] = UInt32(ends.count)
        if ends.count * 2 > slots.count { grow() }
        return (ends.count - 1, true)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for index in ends.indices {
            var slot = self[index].withUnsafeBufferPointer(Self.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(index + 1)
        }
    }

    /// FNV-1a (Fowler, Noll, Vo).
    private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
