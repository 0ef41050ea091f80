import Foundation
import Simulation

/// Schedules by the thousand.
enum Runner {
    /// Swift's sets and dictionaries are laid out anew in every process unless this is set; a schedule must replay exactly.
    static let hashing = "SWIFT_DETERMINISTIC_HASHING"

    /// One line on the standard output at once: several processes write to it.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    /// One schedule in this process, each step printed.
    static func trace(seed: UInt64) -> Int32 {
        guard ProcessInfo.processInfo.environment[hashing] != nil else { return again() }
        do {
            try Schedule(seed: seed, files: Files(), originals: Originals(), trace: { say($0) }).run()
            say("passed")
            return 0
        } catch {
            say("seed \(seed): \(error)")
            return 1
        }
    }

    private static func again() -> Int32 {
        setenv(hashing, "1", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
        return 71
    }

    /// Every `stride`th schedule from `first` on.
    /// - Parameter mark: the file to keep the seed in hand and the counts in.
    static func work(first: UInt64, count: UInt64, stride: UInt64, mark: String) -> Int32 {
        guard let originals = try? Originals(), var mark = Mark(path: mark) else { return 74 }
        let files = Files()
        for index in 0..<count {
            mark.seed = first + index * stride
            mark.write()
            do {
                let schedule = try Schedule(seed: mark.seed, files: files, originals: originals)
                defer { mark.note(schedule.lived) }
                try schedule.run()
            } catch {
                say("seed \(mark.seed): \(error)")
                mark.failures += 1
            }
        }
        mark.write()
        return 0
    }

    /// Schedules in several processes; prints how many lived through what, and the totals.
    static func run(count: UInt64, first: UInt64, jobs: UInt64) throws -> Int32 {
        let begin = ContinuousClock.now
        let workers = try (0..<jobs).map { try Worker(first: first + $0, end: first + count, stride: jobs) }
        let failed = try workers.reduce(0) { try $0 + $1.finish() }
        for kind in Kind.allCases { say("\(workers.reduce(0) { $0 + $1.lived[kind, default: 0] })\t\(kind.rawValue)") }
        let seconds = Int((ContinuousClock.now - begin) / .seconds(1))
        say(
            "\(count - failed) schedules passed, \(failed) failed (seeds \(first) to \(first + count - 1), \(seconds) s)"
        )
        return failed == 0 ? 0 : 1
    }
}
