import History
import Prose

/// Which files of one round of import changed places, told by their bytes before anything is written.
///
/// A path says what a file is only where its bytes do not: files exchange names, are numbered anew, and old copies move on
/// by one name. So the old bytes of each file that changed are looked for among the other files of the round. Where they are
/// found, the file was renamed, and what stands at its old path is another file, unless it still is the same essay (a copy
/// was made, and the original worked on). Where files were changed and exchanged, likeness tells (`RoundLikeness`).
struct ImportRound: Sendable {
    /// A source as a file that was imported before held it.
    struct Origin: Sendable {
        /// The path that it was imported from last.
        let path: ExactString
        let source: Int64
        let form: Int64?
        /// The hash of the original bytes; `nil` if these are not the same any more.
        let bytes: TextHash?
    }

    /// For files at other paths than before: what they are.
    private(set) var origins: [ExactString: Origin] = [:]
    /// The paths whose files are not what they were before.
    private(set) var left: Set<ExactString> = []
    /// Those that were changed and still are what they were, though a copy of what they held stands elsewhere.
    private(set) var staying: Set<ExactString> = []

    /// Files that are gone from where new ones are.
    private(set) var gone = GoneFiles()

    /// Nothing is known to have moved.
    init() {}

    /// - Parameters:
    ///   - inputs: the files that will be read.
    ///   - known: what was imported before from their paths.
    init(_ inputs: [ImportInput], known: [ExactString: KnownFile], options: ImportOptions, reader: ArchiveReader) throws
    {
        // Of very many new files none can be told to be one of before; a table of them all would be large.
        guard !options.asNew, !known.isEmpty || inputs.count <= GoneFiles.mostAdded else { return }
        var files = RoundFiles(inputs, known: known)
        defer { if let gone = try? GoneFiles(beside: files.added, taken: left, reader: reader) { self.gone = gone } }
        guard try files.readOriginals(reader, until: options.isStopped) else { return }
        for (file, place) in files.moves() {
            if try !files.isRenamed(file, to: place, reader), try RoundLikeness.isNewerForm(file, reader) {
                staying.insert(file.path)
            } else {
                move(file, to: place, bytes: file.original)
            }
        }
        let open = files.changed.filter { !$0.isUnchanged && !left.contains($0.path) && !staying.contains($0.path) }
        guard !open.isEmpty else { return }
        let likeness = try RoundLikeness(
            open: open, others: files.changed.filter { left.contains($0.path) || staying.contains($0.path) }, reader)
        let unplaced = files.changed.filter {
            !$0.isUnchanged && !staying.contains($0.path) && !files.isClaimed($0.path)
        }
        let added = left.isEmpty ? [] : files.added.filter { !files.isClaimed($0.canonicalPath) }
        for (file, place) in likeness.moves(unplaced, added: added) { move(file, to: place, bytes: nil) }
    }

    private mutating func move(_ file: RoundFiles.Changed, to place: ExactString, bytes: TextHash?) {
        origins[place] = Origin(path: file.path, source: file.known.source, form: file.known.form, bytes: bytes)
        left.insert(file.path)
    }
}

/// The files of a round, and where the bytes of those that changed are now.
struct RoundFiles {
    /// A file that was imported before and looks changed.
    struct Changed {
        let file: FoundFile
        let known: KnownFile
        /// The hash of what was imported last.
        var original: TextHash?
        /// Whether it holds that now.
        var isUnchanged = false

        var path: ExactString { file.canonicalPath }
    }

    private(set) var changed: [Changed] = []
    /// Files at paths from which nothing was imported yet.
    let added: [FoundFile]
    private let known: [ExactString: KnownFile]
    private let files: [ExactString: FoundFile]
    /// The files with the bytes that some changed file had, by the hash of these.
    private var holders: [TextHash: [FoundFile]] = [:]
    private var claimed: Set<ExactString> = []

    init(_ inputs: [ImportInput], known: [ExactString: KnownFile]) {
        self.known = known
        let files = inputs.compactMap { input -> FoundFile? in
            if case .file(let file) = input { file } else { nil }
        }
        self.files = Dictionary(files.map { ($0.canonicalPath, $0) }) { first, _ in first }
        changed = files.compactMap { file in known[file.canonicalPath].map { Changed(file: file, known: $0) } }
        added = files.filter { known[$0.canonicalPath] == nil }
    }

    /// Finds what changed files held, and which files hold it now. Only files of a fitting size are read.
    /// - Returns: whether there are changed files.
    mutating func readOriginals(_ reader: ArchiveReader, until isStopped: () -> Bool) throws -> Bool {
        guard !changed.isEmpty else { return false }
        var sizes: Set<Int64> = []
        for index in changed.indices {
            guard let (hash, size) = try reader.original(row: changed[index].known.form ?? changed[index].known.source)
            else { continue }
            changed[index].original = hash
            sizes.insert(Int64(size))
        }
        let wanted = Set(changed.compactMap(\.original))
        for file in changed.map(\.file) + added where sizes.contains(file.size) && !isStopped() {
            guard let bytes = try? file.read() else { continue }
            let hash = TextHash(hashing: bytes)
            if wanted.contains(hash) { holders[hash, default: []].append(file) }
        }
        for index in changed.indices {
            guard let original = changed[index].original else { continue }
            changed[index].isUnchanged =
                holders[original]?.contains { $0.canonicalPath == changed[index].path } ?? false
        }
        return true
    }

    /// The changed files whose old bytes are at another path now, with that path. A file with them that had them before is a
    /// copy that stayed.
    mutating func moves() -> [(file: Changed, place: ExactString)] {
        let staying = Set(changed.filter(\.isUnchanged).map(\.path))
        var moves: [(file: Changed, place: ExactString)] = []
        for file in changed where !file.isUnchanged {
            let places = (file.original.flatMap { holders[$0] } ?? []).filter {
                !staying.contains($0.canonicalPath) && !claimed.contains($0.canonicalPath)
            }
            guard let place = places.first(where: { Self.isSameFile($0, file.known) }) ?? places.first else { continue }
            claimed.insert(place.canonicalPath)
            moves.append((file, place.canonicalPath))
        }
        return moves
    }

    /// Whether the bytes at a path are those that some changed file had.
    func isClaimed(_ path: ExactString) -> Bool { claimed.contains(path) }

    /// Whether a file went to a place for certain: it is the same to the file system, or what was at that place before is another essay.
    func isRenamed(_ file: Changed, to place: ExactString, _ reader: ArchiveReader) throws -> Bool {
        if let there = files[place], Self.isSameFile(there, file.known) { return true }
        guard let before = known[place] else { return false }
        let essays = try Set(reader.source(row: file.known.source, form: file.known.form).cuts.map(\.essay))
        return try essays.isDisjoint(with: reader.source(row: before.source, form: before.form).cuts.map(\.essay))
    }

    static func isSameFile(_ file: FoundFile, _ known: KnownFile) -> Bool {
        file.entry == nil && file.stamp.device == known.stamp.device && file.stamp.inode == known.stamp.inode
    }
}
