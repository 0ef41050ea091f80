import Sync

/// How many logs there may be.
struct VectorBounds: Sendable {
    /// Those that an answer tells of.
    var logs = VectorLimits.logs
    /// Those of an archive.
    var archive = VectorLimits.archive
}
