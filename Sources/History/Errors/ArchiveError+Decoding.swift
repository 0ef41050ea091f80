import Prose

extension ArchiveError {
    /// The error for a file whose bytes are not text that can be read.
    public init(_ error: TextDecodingError) {
        let remedy: Remedy =
            switch error.reason {
            case .binary: .convertToText
            case .foreign, .unsupported: .convertToUTF8
            case .damaged: .repairBytes
            case .invalid: error.bestGuess.map { .nameEncoding($0) } ?? .repairBytes
            case .undetermined: .nameEncoding(error.bestGuess)
            }
        self.init(.badInput, error.description, remedy: remedy)
    }
}
