/// Where a phrase stands, counted by units: all that finding and ranking need.
struct PhraseHits {
    /// How often it stands in a unit of a segment.
    struct Unit {
        let unit: UInt32
        let count: UInt32
        let isTitle: Bool
    }

    /// Documents that have it in the title or elsewhere.
    private(set) var documents = DocumentSet()
    /// Those that have it in the title.
    private(set) var titled = DocumentSet()
    /// For each segment, ascending.
    private(set) var units: [[Unit]] = []

    init(_ phrase: Phrase, in segments: [IndexSegment]) throws {
        for segment in segments {
            var found: UnitCounter?
            try PhraseMatcher(segment: segment).forEachRun(of: phrase) { places in
                guard !places.isEmpty else { return }
                if found == nil { found = UnitCounter(try segment.tables()) }
                found!.add(places)
            }
            found?.finish()
            units.append(found?.units ?? [])
            for index in found?.documents ?? [] { documents.insert(Int64(found!.allDocuments[index].id)) }
            for index in found?.titled ?? [] { titled.insert(Int64(found!.allDocuments[index].id)) }
        }
    }

    /// Units with a match.
    var count: Int { units.reduce(0) { $0 + $1.count } }
}

/// Counts ascending places by units.
private struct UnitCounter {
    private let starts: [UInt32]
    let allDocuments: [IndexSegment.Document]
    private var unit = 0
    /// Where the unit ends.
    private var end: UInt32 = 0
    private var count: UInt32 = 0
    private var document = 0

    private(set) var units: [PhraseHits.Unit] = []
    /// Indices into the segment's documents, ascending, of those that have a place, and of those that have one in the title.
    private(set) var documents: [Int] = []
    private(set) var titled: [Int] = []

    init(_ tables: IndexSegment.Tables) {
        starts = tables.units
        allDocuments = tables.documents
    }

    mutating func add(_ places: UnsafeBufferPointer<UInt32>) {
        var index = 0
        while index < places.count {
            if places[index] >= end { move(to: places[index]) }
            let first = index
            let end = end
            repeat { index += 1 } while index < places.count && places[index] < end
            count += UInt32(index - first)
        }
    }

    mutating func finish() {
        guard count > 0 else { return }
        document = Self.last(in: allDocuments.count, notAfter: UInt32(unit), from: document) {
            allDocuments[$0].firstUnit
        }
        let isTitle = allDocuments[document].firstUnit == UInt32(unit)
        if documents.last != document { documents.append(document) }
        if isTitle { titled.append(document) }
        units.append(PhraseHits.Unit(unit: UInt32(unit), count: count, isTitle: isTitle))
        count = 0
    }

    private mutating func move(to place: UInt32) {
        finish()
        unit = Self.last(in: starts.count, notAfter: place, from: unit) { starts[$0] }
        end = unit + 1 < starts.count ? starts[unit + 1] : .max
    }

    /// The last index whose value is not above another, at `start` or after it: by steps that double, then halve.
    @inline(__always)
    private static func last(in count: Int, notAfter value: UInt32, from start: Int, _ at: (Int) -> UInt32) -> Int {
        var low = start
        var step = 1
        while low + step < count, at(low + step) <= value {
            low += step
            step *= 2
        }
        var high = min(low + step, count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if at(middle) <= value { low = middle } else { high = middle }
        }
        return low
    }
}
