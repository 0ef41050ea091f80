import Archive

/// A new replica of all that could be read of a damaged file, and what could not.
package typealias SalvagedArchive = Joined<RestoredArchive, SalvageLosses>

/// What a salvage could not read.
package struct SalvageLosses: Codable, Sendable {
    /// How many log entries could not be read, or rest on such.
    package let entriesMissing: Int
    /// Whether the last changes may be missing as well, of which nothing is left that could tell.
    package let mayMissMore: Bool
    /// How many texts can be read whose log entries are lost.
    package let looseTexts: Int
    /// The folder in which these texts are files; `null` if there are none.
    package let looseTextsFolder: String?
    /// The versions whose text could not be read.
    package let textsMissing: [Subject]

    package init(_ report: SalvageReport) {
        entriesMissing = report.entriesMissing
        mayMissMore = report.mayMissMore
        looseTexts = report.looseTexts
        looseTextsFolder = report.looseTextsFolder
        textsMissing = report.textsMissing.map(Subject.init)
    }
}
