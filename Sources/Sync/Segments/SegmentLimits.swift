/// What a segment may be. Writers keep to it, and readers and hubs refuse what goes beyond, whoever sends it.
public enum SegmentLimits {
    /// The header line, its line feed included, in bytes.
    public static let line = 4096
    /// The payload as it is stored and sent, in bytes.
    public static let payload = 16 << 20
    /// The payload unpacked, in bytes; also how far back its compression may refer.
    public static let content = 64 << 20
    /// Entries.
    public static let entries = 1 << 16
    /// The line before an entry, its line feed included, in bytes.
    public static let entryLine = 4096
    /// An entry and its text as they stand in the unpacked payload, in bytes. The longest text (15 MiB) and the longest revision
    /// (512 KiB) fit, and what is as long fits a payload even if it does not compress.
    public static let entry = 15 << 20 | 768 << 10
}
