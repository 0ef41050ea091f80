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

    init(_ phrase: Phrase, in segments: [Segment]) throws {
        for segment in segments {
            let places = try PhraseMatcher(segment: segment).places(of: phrase)
            units.append(places.isEmpty ? [] : count(places, in: segment))
        }
    }

    /// Units with a match.
    var count: Int { units.reduce(0) { $0 + $1.count } }

    private mutating func count(_ places: [UInt32], in segment: Segment) -> [Unit] {
        var result: [Unit] = []
        var unit = 0, document = 0
        let starts = segment.units, documents = segment.documents
        places.withUnsafeBufferPointer { places in
            var index = 0
            while index < places.count {
                unit = Self.last(in: starts.count, notAfter: places[index], from: unit) { starts[$0] }
                let end = unit + 1 < starts.count ? starts[unit + 1] : .max
                let first = index
                repeat { index += 1 } while index < places.count && places[index] < end
                let known = result.isEmpty ? nil : document
                document = Self.last(in: documents.count, notAfter: UInt32(unit), from: document) { documents[$0].firstUnit }
                let isTitle = documents[document].firstUnit == UInt32(unit)
                if document != known { self.documents.insert(Int64(documents[document].id)) }
                if isTitle { titled.insert(Int64(documents[document].id)) }
                result.append(Unit(unit: UInt32(unit), count: UInt32(index - first), isTitle: isTitle))
            }
        }
        return result
    }

    /// The last index whose value is not above another, at `start` or after it: by steps that double, then halve.
    @inline(__always)
    private static func last(in count: Int, notAfter value: UInt32, from start: Int, _ at: (Int) -> UInt32) -> Int {
        var low = start, step = 1
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
