import Foundation
import Synchronization

/// Work that runs on a thread of its own until its value is asked for.
final class Background<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let finished = DispatchSemaphore(value: 0)

    init(_ work: @escaping @Sendable () throws -> Value) {
        Thread.detachNewThread { [self] in
            let outcome = Result { try work() }
            result.withLock { $0 = outcome }
            finished.signal()
        }
    }

    /// Waits for the work to end.
    /// - Throws: what the work threw.
    func value() throws -> Value {
        finished.wait()
        finished.signal()
        return try result.withLock { $0! }.get()
    }
}
