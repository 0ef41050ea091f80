// What Swift's view of glibc lacks.
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/// renameat2(2) relative to the working directory. Flags: 0, or one of the two below.
static inline int linux_rename(const char *from, const char *to, unsigned int flags) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

/// syncfs(2).
static inline int linux_syncfs(int descriptor) {
    return (int)syscall(SYS_syncfs, descriptor);
}

/// Whether a path is on a file system that a process of its own serves; also if that cannot be found out.
static inline int linux_is_fuse(const char *path) {
    struct statfs status;
    return statfs(path, &status) != 0 || status.f_type == FUSE_SUPER_MAGIC;
}

/// Fails with EEXIST if something has the new name.
static const unsigned int linux_rename_noreplace = RENAME_NOREPLACE;
/// Gives each of two files the name of the other.
static const unsigned int linux_rename_exchange = RENAME_EXCHANGE;
