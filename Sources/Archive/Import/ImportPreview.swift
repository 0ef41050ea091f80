extension Importer {
    /// What an import would do to each piece of the inputs, with the reason for each cut and how sure it is. All of it is done
    /// in one transaction that is taken back, so that it is true to the last word and the archive stays as it was. Files that
    /// were imported before and are unchanged are read again too.
    public func preview(_ inputs: [ImportInput], progress: (Int, Int64) -> Void) throws -> ImportReport {
        var report = ImportReport()
        var done = (count: 0, bytes: Int64(0))
        try archive.rehearse { writer in
            let reader = writer.unrefreshedReader
            let known = try reader.importedFiles(inputs.compactMap(\.canonicalPath))
            let changed = inputs.filter { input in
                guard case .file(let file) = input else { return false }
                return known[file.canonicalPath]?.stamp != file.stamp
            }
            let round = try ImportRound(changed, known: known, options: options, reader: reader)
            for batch in Self.batches(inputs) where !options.isStopped() {
                report.add(try Self.enter(Self.prepare(batch, options) { _ in nil }, options, in: round, writer))
                done.count += batch.count
                done.bytes += batch.reduce(0) { $0 + $1.size }
                progress(done.count, done.bytes)
            }
            report.addUnread(inputs.count - report.files)
        }
        return report
    }
}
