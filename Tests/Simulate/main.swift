import Foundation
import Simulation

// simulate SEEDS [FIRST [JOBS]]: lives through that many schedules in as many processes, prints those that fail, and the totals.
// simulate --trace SEED: one schedule, each step of it.
let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "--trace": exit(Runner.trace(seed: arguments.dropFirst().first.flatMap { UInt64($0) } ?? 1))
case "--worker":
    let numbers = arguments.dropFirst().compactMap { UInt64($0) }
    exit(Runner.work(first: numbers[0], count: numbers[1], stride: numbers[2], mark: arguments.last!))
default:
    let numbers = arguments.compactMap { UInt64($0) }
    guard numbers.count == arguments.count, numbers.count <= 3 else {
        FileHandle.standardError.write(Data("usage: simulate SEEDS [FIRST [JOBS]] | simulate --trace SEED\n".utf8))
        exit(64)
    }
    let count = numbers.first ?? 1000
    let first = numbers.count > 1 ? numbers[1] : 1
    let jobs = numbers.count > 2 ? numbers[2] : UInt64(ProcessInfo.processInfo.activeProcessorCount)
    exit(try Runner.run(count: count, first: first, jobs: max(1, jobs)))
}
