import Foundation

/// What libFuzzer calls. `FUZZ_TARGET` names the one of `FuzzTargets.all` to try.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}

private let target: @Sendable ([UInt8]) -> Void = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = FuzzTargets.all[name] else {
        fatalError("FUZZ_TARGET is to be one of \(FuzzTargets.all.keys.sorted().joined(separator: ", "))")
    }
    return target
}()

/// A property that does not hold ends the process, which libFuzzer then reports with the input.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError(what()) }
}
