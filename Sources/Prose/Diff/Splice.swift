/// One change to a base text: at byte `offset` of the base, `removed` bytes give way to `inserted`.
public struct Splice: Sendable, Hashable {
    /// Byte of the base text, on a code point boundary.
    public var offset: Int
    /// Bytes of the base text that go.
    public var removed: Int
    /// UTF-8 that comes in their place.
    public var inserted: [UInt8]

    public init(offset: Int, removed: Int, inserted: [UInt8]) {
        self.offset = offset
        self.removed = removed
        self.inserted = inserted
    }
}

/// Why splices could not be read or applied.
public struct SpliceError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The bytes are not the wire form.
        case malformed
        /// A splice reaches outside the base text, cuts a code point, or comes before the end of the one before it.
        case misplaced
    }

    public let code: Code
    /// For `malformed` the byte of the wire form, for `misplaced` the index of the splice.
    public let position: Int
    public let reason: String

    public var description: String {
        switch code {
        case .malformed:
            "splices: byte \(position): \(reason); fetch the entry again, or repair its text from another replica"
        case .misplaced:
            "splice \(position): \(reason); it was made against another base text: check the base's hash"
        }
    }
}

/// The only delta of the archive: storage, wire and history share it.
public enum Splices {
    /// Applies splices that ascend and do not overlap.
    ///
    /// - Throws: `SpliceError` of code `misplaced` if they do not fit `base`; nothing else is checked, so compare the
    ///   result with its hash.
    public static func apply(_ splices: [Splice], to base: [UInt8]) throws(SpliceError) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        for (index, splice) in splices.enumerated() {
            func misplaced(_ reason: String) -> SpliceError {
                SpliceError(code: .misplaced, position: index, reason: reason)
            }
            guard splice.offset >= position else { throw misplaced("it starts before the one before it ends") }
            // Both are within the base before they are added, so the sum cannot overflow.
            guard splice.offset <= base.count, splice.removed >= 0, splice.removed <= base.count - splice.offset else {
                throw misplaced("it reaches outside the \(base.count) bytes of the base")
            }
            let end = splice.offset + splice.removed
            guard isBoundary(splice.offset, base), isBoundary(end, base) else {
                throw misplaced("it cuts a code point in two")
            }
            result.append(contentsOf: base[position..<splice.offset])
            result.append(contentsOf: splice.inserted)
            position = end
        }
        result.append(contentsOf: base[position...])
        return result
    }

    /// Splices that turn `base` into `new`: ascending, at least `worthwhileGap` bytes apart, on code point boundaries.
    ///
    /// Sentences are compared first and code points inside those that differ; work is bounded by counted steps, past
    /// which a change is taken whole.
    public static func between(_ base: [UInt8], _ new: [UInt8]) -> [Splice] {
        let middle = changedMiddle(base, new)
        if middle.baseRange.isEmpty, middle.newRange.isEmpty { return [] }
        var changes = [middle]
        if !middle.baseRange.isEmpty, !middle.newRange.isEmpty {
            let baseMiddle = Array(base[middle.baseRange])
            let newMiddle = Array(new[middle.newRange])
            var steps = Diff.characterSteps
            changes = Diff.bySentence(baseMiddle, newMiddle).flatMap {
                Diff.refined($0, baseMiddle, newMiddle, steps: &steps, cleaning: false)
            }
            for index in changes.indices { changes[index] = changes[index].shifted(middle) }
        }
        return coalesced(changes).map {
            Splice(offset: $0.baseRange.lowerBound, removed: $0.baseRange.count, inserted: Array(new[$0.newRange]))
        }
    }

    /// Another splice costs about this many bytes of brackets and digits; a shorter gap is cheaper sent again.
    static let worthwhileGap = 12

    private static func coalesced(_ changes: [TextChange]) -> [TextChange] {
        var result: [TextChange] = []
        for change in changes {
            if let last = result.last, change.baseRange.lowerBound - last.baseRange.upperBound < worthwhileGap {
                result[result.count - 1].baseRange = last.baseRange.lowerBound..<change.baseRange.upperBound
                result[result.count - 1].newRange = last.newRange.lowerBound..<change.newRange.upperBound
            } else {
                result.append(change)
            }
        }
        return result
    }

    /// What is left without the common start and end, on code point boundaries.
    private static func changedMiddle(_ base: [UInt8], _ new: [UInt8]) -> TextChange {
        base.withUnsafeBufferPointer { base in
            new.withUnsafeBufferPointer { new in
                let shorter = min(base.count, new.count)
                var start = 0
                while start < shorter, base[start] == new[start] { start += 1 }
                while start > 0, !(isBoundary(start, base) && isBoundary(start, new)) { start -= 1 }
                var tail = 0
                while tail < shorter - start, base[base.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
                while tail > 0, !isBoundary(base.count - tail, base) { tail -= 1 }
                return TextChange(baseRange: start..<base.count - tail, newRange: start..<new.count - tail)
            }
        }
    }

    private static func isBoundary<Text: RandomAccessCollection<UInt8>>(_ offset: Int, _ text: Text) -> Bool
    where Text.Index == Int {
        offset >= text.count || text[offset] & 0xC0 != 0x80
    }
}

extension TextChange {
    /// Counted from the start of the whole texts instead of from the start of `part`.
    fileprivate func shifted(_ part: TextChange) -> TextChange {
        TextChange(
            baseRange: baseRange.lowerBound + part.baseRange.lowerBound..<baseRange.upperBound
                + part.baseRange.lowerBound,
            newRange: newRange.lowerBound + part.newRange.lowerBound..<newRange.upperBound + part.newRange.lowerBound)
    }
}
