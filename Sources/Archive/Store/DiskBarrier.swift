#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Waiting for the disk once, for all that it has to do.
package enum DiskBarrier {
    // syncfs(2) is declared for GNU programs only, so that Swift does not see it.
    private static let function: (@convention(c) (Int32) -> Int32)? = dlsym(nil, "syncfs").map {
        unsafeBitCast($0, to: (@convention(c) (Int32) -> Int32).self)
    }

    /// Returns once the disk that an open file is on has everything that was written to it, by whomever, names included. Since
    /// Linux 5.8 errors of writing are told.
    /// - Returns: 0, or −1 with `errno`, as system calls do.
    package static func wait(for descriptor: Int32) -> Int32 {
        guard let function else {
            sync()
            return 0
        }
        return function(descriptor)
    }
}
