/// A number and what it counts: `1 essay`, `3 essays`, `1 copy`, `2 copies`.
/// - Parameters:
///   - noun: of one.
///   - plural: of several, if it is not the noun and an s.
public func counted(_ count: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
