/// How often what happens in a schedule. Each has its own: where much of one thing comes together and nothing of another, there
/// are states that an even mixture hardly ever comes to (A. Groce and others, "Swarm Testing", 2012).
struct Habits {
    /// A change, a synchronization, a jump of a clock, a late delivery, a mishap.
    let steps: [Int]
    /// In the order of `Schedule.mishap`.
    let mishaps: [Int]

    init(_ dice: Dice) {
        func often(_ weight: Int, _ factors: [Int]) -> Int { weight * dice.pick(factors)! }
        steps = [60, often(24, [1, 1, 2]), 3, 4, often(9, [1, 1, 3])]
        // The last, that nothing happens, always can.
        mishaps = [30, 14, 10, 10, 8, 8, 6, 6, 6, 10].map { often($0, [0, 1, 1, 2, 6]) } + [6]
    }
}
