import History
import Prose

extension Fields {
    /// The fields that an essay, or all essays out of a file, have by what the text says of itself; without a title.
    /// - Parameters:
    ///   - tags: further ones.
    ///   - author: where the text names none.
    public init(_ metadata: FrontMatter?, isMarkdown: Bool, tags: [ExactString], author: ExactString? = nil) {
        self = [:]
        if isMarkdown { self[string: FieldKey.mediaType] = SourceFormat.markdown.mediaType }
        if let metadata {
            self[string: FieldKey.author] = metadata.author
            self[string: FieldKey.date] = metadata.date
            self[string: FieldKey.language] = metadata.language
        }
        if self[FieldKey.author] == nil { self[string: FieldKey.author] = author?.string }
        self.tags = tags + (metadata?.tags ?? []).map { ExactString($0) }
    }
}
