import Foundation
import History
import Prose

/// Imports originals into an archive: reads and cuts them on one thread while another writes what was read before.
///
/// An import is a branch of its own in an essay's history. Its revisions hold no author, time or nonce, so that two
/// machines that import the same file make the same revisions; the parent of one is the essay's last imported revision.
public final class Importer {
    let archive: Archive
    let options: ImportOptions

    /// A batch is written in one transaction: so many bytes of originals, or so many files.
    private static let batchBytes: Int64 = 8 << 20
    private static let batchFiles = 1000
    /// Up to so many bytes of originals there is time to compress well.
    private static let thoroughBytes: Int64 = 16 << 20

    public init(_ archive: Archive, options: ImportOptions) {
        self.archive = archive
        self.options = options
    }

    /// Imports the inputs in their order. One that fails is reported and leaves nothing behind; the others go in.
    /// - Parameters:
    ///   - listing: how many essays the report lists at most; those of files that were not read again only if all are listed,
    ///     since finding them takes longer.
    ///   - written: called after each transaction, on a thread of its own, while the next is being made.
    ///   - progress: called with the number of inputs that are done and their bytes.
    public func run(
        _ inputs: [ImportInput], listing: Int = .max, written: @escaping @Sendable () throws -> Void,
        progress: (Int, Int64) -> Void
    ) throws -> ImportReport {
        var report = ImportReport(maximumItems: listing)
        let (unchanged, fresh, changed, round) = try archive.read { reader in
            let files = try UnchangedFiles(
                inputs, options: options, areListed: listing == .max, report: &report, reader: reader)
            let round = try ImportRound(files.others, known: files.known, options: options, reader: reader)
            return (files.count, files.others, Set(files.known.keys), round)
        }
        var bytes = inputs.reduce(0) { $0 + $1.size } - fresh.reduce(0) { $0 + $1.size }
        progress(unchanged, bytes)

        let compression = TextCompression(
            dictionary: try archive.textDictionary { Self.samples(fresh) },
            effort: fresh.reduce(0) { $0 + $1.size } > Self.thoroughBytes ? .quick : .thorough)
        let prepare: @Sendable ([ImportInput]) -> [Prepared] = { [options] batch in
            // A file that was imported before most likely changed in a few places.
            Self.prepare(batch, options) { $0.canonicalPath.map(changed.contains) == true ? nil : compression }
        }
        var batches = Self.batches(fresh)[...]
        var done = unchanged
        var next = batches.popFirst().map { batch in Background { prepare(batch) } }
        var afterwork: Background<Void>?
        while let current = try next?.value() {
            next = options.isStopped() ? nil : batches.popFirst().map { batch in Background { prepare(batch) } }
            do {
                try report.add(write(current, in: round))
            } catch let error as ArchiveError where report.imported > 0 {
                throw ArchiveError(
                    error.code, "after \(counted(report.imported, "file")) were imported: \(error.message)",
                    subject: error.subject,
                    remedy: .continueImport(after: error.remedy))
            }
            try afterwork?.value()
            afterwork = Background(written)
            done += current.count
            bytes += current.reduce(0) { $0 + $1.input.size }
            progress(done, bytes)
        }
        try afterwork?.value()
        report.addUnread(inputs.count - done)
        return report
    }

    /// Some of the files' contents, from all over the list, for a dictionary.
    private static func samples(_ inputs: [ImportInput]) -> [[UInt8]] {
        let files = inputs.compactMap { input -> FoundFile? in
            if case .file(let file) = input, file.size <= 1 << 20, file.isText { file } else { nil }
        }
        guard files.count >= TextDictionary.leastSamples else { return [] }
        return stride(from: 0, to: files.count, by: max(1, files.count / TextDictionary.mostSamples)).compactMap {
            try? files[$0].read()
        }
    }

    // MARK: Stages

    struct Prepared: Sendable {
        let input: ImportInput
        let result: Result<PreparedSource, UnreadableSource>
    }

    static func batches(_ inputs: [ImportInput]) -> [[ImportInput]] {
        var batches: [[ImportInput]] = []
        var bytes: Int64 = .max
        for input in inputs {
            let size = input.weight
            if bytes.addingReportingOverflow(size).partialValue > batchBytes || bytes == .max
                || batches[batches.count - 1].count >= batchFiles
            {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(input)
            bytes += size
        }
        return batches
    }

    static func prepare(
        _ inputs: [ImportInput], _ options: ImportOptions, compression: (ImportInput) -> TextCompression?
    ) -> [Prepared] {
        var prepared: [Prepared] = []
        for input in inputs {
            let result = Result {
                try PreparedSource(input, split: options.split ?? .auto, options: options, compression(input))
            }.mapError(UnreadableSource.init)
            // One that failed may have failed because its converter was ended.
            if options.isStopped(), case .failure = result { break }
            prepared.append(Prepared(input: input, result: result))
            if options.isStopped() { break }
        }
        return prepared
    }

    private func write(_ batch: [Prepared], in round: ImportRound) throws -> ImportReport {
        try archive.write { try Self.enter(batch, options, in: round, $0) }
    }

    static func enter(_ batch: [Prepared], _ options: ImportOptions, in round: ImportRound, _ writer: ArchiveWriter)
        throws -> ImportReport
    {
        var report = ImportReport()
        for prepared in batch {
            let name = prepared.input.source
            do {
                report.add(
                    try SourceImport(prepared.result.get(), options: options, in: round, writer: writer).run(),
                    named: name)
            } catch let error as UnreadableSource {
                report.add(ImportFailure(source: name, error.reason))
            }
        }
        try report.note(conflicting: writer.reader.essaysInConflict())
        return report
    }
}
