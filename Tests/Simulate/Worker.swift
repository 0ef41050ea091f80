import Foundation
import Simulation

/// The seed in hand and the counts so far, kept in a file for whoever finds the process dead.
struct Mark {
    var seed: UInt64 = 0
    var failures: UInt64 = 0
    /// How many schedules lived through each kind, in the order of `Kind.allCases`.
    private(set) var lived = [UInt64](repeating: 0, count: Kind.allCases.count)
    private let file: Int32

    init?(path: String) {
        file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return nil }
    }

    mutating func note(_ kinds: Set<Kind>) {
        for (index, kind) in Kind.allCases.enumerated() where kinds.contains(kind) { lived[index] += 1 }
    }

    mutating func reset(seed: UInt64) { (self.seed, failures, lived) = (seed, 0, lived.map { _ in 0 }) }

    func write() {
        let values = [seed, failures] + lived
        _ = values.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }

    mutating func read() {
        var values = [seed, failures] + lived
        _ = values.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        (seed, failures, lived) = (values[0], values[1], Array(values[2...]))
    }
}

/// A process that lives through every `stride`th schedule.
final class Worker {
    private let end: UInt64
    private let stride: UInt64
    private let path: String
    private var mark: Mark
    private var process: Process
    private var failures: UInt64 = 0
    /// How many schedules lived through each kind.
    private(set) var lived: [Kind: UInt64] = [:]

    init(first: UInt64, end: UInt64, stride: UInt64) throws {
        self.end = end
        self.stride = stride
        path = FileManager.default.temporaryDirectory.path + "/simulate-\(UUID().uuidString)"
        try Data().write(to: URL(fileURLWithPath: path))
        guard let mark = Mark(path: path) else { throw CocoaError(.fileWriteUnknown) }
        self.mark = mark
        process = Process()
        try start(at: first)
    }

    private func start(at first: UInt64) throws {
        let count = first < end ? (end - first + stride - 1) / stride : 0
        mark.reset(seed: first)
        mark.write()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--worker", "\(first)", "\(count)", "\(stride)", path]
        process.environment = ProcessInfo.processInfo.environment.merging([Runner.hashing: "1"]) { $1 }
        try process.run()
    }

    /// Waits for the end; a process that died goes on after the schedule that killed it.
    /// - Returns: how many schedules failed.
    func finish() throws -> UInt64 {
        defer { unlink(path) }
        while true {
            process.waitUntilExit()
            mark.read()
            failures += mark.failures
            for (kind, count) in zip(Kind.allCases, mark.lived) { lived[kind, default: 0] += count }
            if process.terminationReason == .exit, process.terminationStatus == 0 { return failures }
            Runner.say("seed \(mark.seed): the process died (status \(process.terminationStatus))")
            failures += 1
            try start(at: mark.seed + stride)
        }
    }
}
