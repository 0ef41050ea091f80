/// The linear-space search for a shortest edit script: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations",
/// Algorithmica 1 (1986), section 4b, with a bound on counted steps.
///
/// Invariants: 1. `changes` ascends, and neighbours that touch are one. 2. Every box handed to `compare` is inside the
/// two sequences. 3. A box that cannot be split within the bound is recorded as changed whole: coarse, never wrong.
struct MyersSearch {
    private(set) var changes: [DiffRange] = []
    private(set) var steps = 0
    private(set) var isComplete = true

    private let a: UnsafeBufferPointer<UInt32>
    private let b: UnsafeBufferPointer<UInt32>
    private let maxSteps: Int

    init(_ a: UnsafeBufferPointer<UInt32>, _ b: UnsafeBufferPointer<UInt32>, maxSteps: Int) {
        self.a = a
        self.b = b
        self.maxSteps = maxSteps
    }

    mutating func run() {
        // Rounds up to distance d cost over d² steps, so the bound limits the distance too, and with it the memory. This
        // is a power of two above its square root.
        let bits = Int.bitWidth - max(maxSteps, 0).leadingZeroBitCount
        let largestDistance = min((a.count + b.count + 1) / 2, 1 << ((bits + 1) / 2))
        let width = 2 * largestDistance + 5
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * width) { buffer in
            guard let start = buffer.baseAddress else { return }
            let frontiers = Frontiers(forward: start + width / 2, backward: start + width + width / 2)
            compare(Box(a: 0..<a.count, b: 0..<b.count), frontiers, largestDistance: largestDistance)
        }
    }

    private struct Box {
        var a: Range<Int>
        var b: Range<Int>
    }

    /// Furthest `x` reached on each diagonal `k = x - y`, forwards from the start of a box and backwards from its end;
    /// both pointers stand in the middle of their memory, so `k` may be negative.
    private struct Frontiers {
        let forward: UnsafeMutablePointer<Int>
        let backward: UnsafeMutablePointer<Int>
    }

    /// An equal run inside a box, possibly empty, that a shortest path passes through.
    private struct Snake {
        let start: (x: Int, y: Int)
        let end: (x: Int, y: Int)
    }

    // Recursion is as deep as the logarithm of the distance: each half of a split has half of it.
    private mutating func compare(_ box: Box, _ frontiers: Frontiers, largestDistance: Int) {
        let box = trimmed(box)
        guard !box.a.isEmpty, !box.b.isEmpty else { return record(box) }
        guard let snake = middleSnake(box, frontiers, largestDistance: largestDistance) else {
            isComplete = false
            return record(box)
        }
        let (aStart, bStart) = (box.a.lowerBound, box.b.lowerBound)
        let before = Box(a: aStart..<aStart + snake.start.x, b: bStart..<bStart + snake.start.y)
        let after = Box(a: aStart + snake.end.x..<box.a.upperBound, b: bStart + snake.end.y..<box.b.upperBound)
        compare(before, frontiers, largestDistance: largestDistance)
        compare(after, frontiers, largestDistance: largestDistance)
    }

    private func trimmed(_ box: Box) -> Box {
        var (aLower, aUpper) = (box.a.lowerBound, box.a.upperBound)
        var (bLower, bUpper) = (box.b.lowerBound, box.b.upperBound)
        while aLower < aUpper, bLower < bUpper, a[aLower] == b[bLower] {
            aLower += 1
            bLower += 1
        }
        while aLower < aUpper, bLower < bUpper, a[aUpper - 1] == b[bUpper - 1] {
            aUpper -= 1
            bUpper -= 1
        }
        return Box(a: aLower..<aUpper, b: bLower..<bUpper)
    }

    private mutating func record(_ box: Box) {
        guard !box.a.isEmpty || !box.b.isEmpty else { return }
        if let last = changes.last, last.aRange.upperBound == box.a.lowerBound,
            last.bRange.upperBound == box.b.lowerBound
        {
            changes[changes.count - 1].aRange = last.aRange.lowerBound..<box.a.upperBound
            changes[changes.count - 1].bRange = last.bRange.lowerBound..<box.b.upperBound
        } else {
            changes.append(DiffRange(aRange: box.a, bRange: box.b))
        }
    }

    private mutating func middleSnake(_ box: Box, _ frontiers: Frontiers, largestDistance: Int) -> Snake? {
        let delta = box.a.count - box.b.count
        let rounds = min(largestDistance, (box.a.count + box.b.count + 1) / 2)
        frontiers.forward[1] = 0
        frontiers.backward[1] = 0
        for distance in 0...rounds {
            steps += 2 * (distance + 1)
            guard steps <= maxSteps else { return nil }
            prepare(frontiers.forward, distance)
            prepare(frontiers.backward, distance)
            if let snake = advanceForward(box, frontiers, distance, delta) { return snake }
            if let snake = advanceBackward(box, frontiers, distance, delta) { return snake }
        }
        return nil
    }

    private func prepare(_ frontier: UnsafeMutablePointer<Int>, _ distance: Int) {
        frontier[-distance - 1] = -1
        if distance > 0 { frontier[distance + 1] = -1 }
    }

    private mutating func advanceForward(_ box: Box, _ frontiers: Frontiers, _ distance: Int, _ delta: Int) -> Snake? {
        let (n, m, front, back) = (box.a.count, box.b.count, frontiers.forward, frontiers.backward)
        let (aStart, bStart) = (box.a.lowerBound, box.b.lowerBound)
        let mayMeet = delta & 1 == 1 || delta & 1 == -1
        var k = -distance
        while k <= distance {
            var x = k == -distance || (k != distance && front[k - 1] < front[k + 1]) ? front[k + 1] : front[k - 1] + 1
            let startX = x
            while x < n, x - k < m, a[aStart + x] == b[bStart + x - k] { x += 1 }
            steps += x - startX
            front[k] = x
            let mirror = delta - k
            if mayMeet, x <= n, x - k <= m, mirror > -distance, mirror < distance {
                let reached = back[mirror]
                if reached >= 0, reached <= n, reached - mirror <= m, x + reached >= n {
                    return Snake(start: (startX, startX - k), end: (x, x - k))
                }
            }
            k += 2
        }
        return nil
    }

    private mutating func advanceBackward(_ box: Box, _ frontiers: Frontiers, _ distance: Int, _ delta: Int) -> Snake? {
        let (n, m, front, back) = (box.a.count, box.b.count, frontiers.forward, frontiers.backward)
        let (aLast, bLast) = (box.a.upperBound - 1, box.b.upperBound - 1)
        let mayMeet = delta & 1 == 0
        var k = -distance
        while k <= distance {
            var x = k == -distance || (k != distance && back[k - 1] < back[k + 1]) ? back[k + 1] : back[k - 1] + 1
            let startX = x
            while x < n, x - k < m, a[aLast - x] == b[bLast - x + k] { x += 1 }
            steps += x - startX
            back[k] = x
            let mirror = delta - k
            if mayMeet, x <= n, x - k <= m, mirror >= -distance, mirror <= distance {
                let reached = front[mirror]
                if reached >= 0, reached <= n, reached - mirror <= m, x + reached >= n {
                    return Snake(start: (n - x, m - x + k), end: (n - startX, m - startX + k))
                }
            }
            k += 2
        }
        return nil
    }
}
