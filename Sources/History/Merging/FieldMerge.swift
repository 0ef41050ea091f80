/// The merge of one field.
public enum FieldMergeResult<Value: Hashable> {
    /// The merged value, or nothing if the field is to be absent.
    case clean(Value?)
    /// What each side has, in the order in which the sides were given: at least two of them differ from the base and from
    /// each other.
    case conflict([Value?])
}

extension FieldMergeResult: Equatable, Hashable {}
extension FieldMergeResult: Sendable where Value: Sendable {}

/// Three-way merges of fields, for any number of sides. Text must come as `ExactString` or bytes: `String` holds different
/// bytes equal.
public enum FieldMerge {
    /// The value that the sides which changed it agree on; absent counts as a value.
    /// - Parameter isBaseSettled: whether the base's value is one that somebody chose. If it only stands for a conflict
    ///   among the base's own parents, a side that has it chose it like any other value.
    public static func mergeScalar<Value: Hashable>(
        base: Value?, sides: [Value?], isBaseSettled: Bool = true
    ) -> FieldMergeResult<Value> {
        let changed = isBaseSettled ? sides.filter { $0 != base } : sides
        guard let first = changed.first else { return .clean(base) }
        return changed.allSatisfy { $0 == first } ? .clean(first) : .conflict(sides)
    }

    /// Element by element, so never a conflict: what any side added is in, what any side removed is out.
    /// Sort before writing it down: a `Set` has no order that two machines share.
    public static func mergeSet<Element: Hashable>(base: Set<Element>, sides: [Set<Element>]) -> Set<Element> {
        var result = base
        for side in sides { result.subtract(base.subtracting(side)) }
        for side in sides { result.formUnion(side.subtracting(base)) }
        return result
    }
}
