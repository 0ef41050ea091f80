import Foundation
import Interchange

/// JSON Schemas of what the commands print: their keys and types are those of the types in Interchange, as these decode themselves,
/// and their descriptions are the comments in its sources.
package enum Schemas {
    /// - Parameter sources: the folder of the sources of Interchange.
    /// - Returns: the text of each file in docs/schema, by its path there.
    /// - Throws: `DocComments.Missing` if a type or property is described by no comment.
    package static func all(sources: URL) throws -> [String: String] {
        let comments = try DocComments(folder: sources)
        return try Dictionary(grouping: CommandOutput.all + [.error], by: \.schema).mapValues {
            try CommandSchema.text(of: $0, comments)
        }
    }
}
