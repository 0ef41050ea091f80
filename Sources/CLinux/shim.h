// What Swift's view of glibc lacks.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

/// renameat2(2) relative to the working directory. Flags: 0, or one of the two below.
static inline int linux_rename(const char *from, const char *to, unsigned int flags) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

/// Fails with EEXIST if something has the new name.
static const unsigned int linux_rename_noreplace = RENAME_NOREPLACE;
/// Gives each of two files the name of the other.
static const unsigned int linux_rename_exchange = RENAME_EXCHANGE;
