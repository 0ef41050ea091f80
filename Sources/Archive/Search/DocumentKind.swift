/// What a document of the index is.
enum DocumentKind: Int {
    case essay = 0
    /// A side of an essay's conflict that is not the one shown.
    case side = 1
    case annotation = 2
}
