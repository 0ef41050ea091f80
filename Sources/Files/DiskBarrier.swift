import CLinux

/// Waiting for the disk once, for all that it has to do.
package enum DiskBarrier {
    /// Returns once the disk that an open file is on has everything that was written to it, by whomever, names included. Since
    /// Linux 5.8 errors of writing are told.
    /// - Returns: 0, or −1 with `errno`, as system calls do.
    package static func wait(for descriptor: Int32) -> Int32 { linux_syncfs(descriptor) }

    /// Whether waiting for the whole disk waits for all of it: a file system that a process serves is told of single files only.
    package static func isReliable(on path: String) -> Bool { linux_is_fuse(path) == 0 }
}
