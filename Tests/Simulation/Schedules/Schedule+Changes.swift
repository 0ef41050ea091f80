import Archive
import History
import Prose

/// What people do with an archive.
extension Schedule {
    func change(_ replica: Replica) throws {
        actor = replica.name
        let isDone = try replica.process(fuse: fuse(6, steps: 3)) { try act(replica.archive, replica) }
        if !isDone {
            say("\(actor) crashes")
            live(.crash)
            // A process that died before it wrote the state leaves a file that is ahead of it.
            mayFork = true
        }
        try note(replica, isNew: true)
    }

    /// Has another process work on the same file while this one talks to a remote.
    /// - Returns: the error that it ended with, once it has happened.
    func workMeanwhile(_ replica: Replica) -> () -> (any Error)? {
        var (left, failure): (Int, (any Error)?) = (1 + dice.roll(3), nil)
        network.meanwhile = { [unowned self] in
            guard left > 0, failure == nil, dice.chance(40) else { return }
            left -= 1
            do {
                // What the synchronization brought by now is not this process's.
                try note(replica, isNew: false)
                actor = "\(replica.name), another process,"
                try act(replica.archive, replica)
                try note(replica, isNew: true)
                live(.together)
            } catch {
                failure = error
            }
        }
        return { failure }
    }

    private var author: Author { Author("作者\(dice.roll(3))") }

    private func act(_ archive: Archive, _ replica: Replica) throws {
        let essays = try items(archive, .essay)
        guard let essay = dice.pick(essays), !dice.chance(12) else { return try found(archive, replica) }
        switch dice.weighted([30, 8, 8, 6, 10, 8, 4, 10, 5, 5, 6]) {
        case 0: try edit(archive, replica, essay)
        case 1: try tag(archive, essay)
        case 2: try setField(archive, essay)
        case 3: try delete(archive, essay)
        case 4: try annotate(archive, essay)
        case 5: try changeAnnotation(archive, essay)
        case 6: try revert(archive, essay)
        case 7: try resolve(archive)
        case 8: try openEditor(archive, replica, essay)
        case 9: try undelete(archive)
        default: try importOriginal(archive)
        }
    }

    /// In the order of their IDs, so that the choice depends on nothing else.
    private func items(_ archive: Archive, _ kind: ItemKind) throws -> [ItemID] {
        var filter = ItemFilter()
        filter.kind = kind
        filter.includesDeleted = true
        return try archive.read { try $0.items(filter).map(\.id) }.sorted()
    }

    private func found(_ archive: Archive, _ replica: Replica) throws {
        if dice.chance(50) { return try importOriginal(archive) }
        let number = dice.roll(3)
        let text = (0..<5).map { "第\(number)篇的第\($0)句话。" }.joined()
        say("\(actor) writes an essay")
        _ = try archive.write {
            try $0.create([FieldKey.title: .text("新\(number)")], text: Array(text.utf8), author: author)
        }
    }

    private func importOriginal(_ archive: Archive) throws {
        var options = ImportOptions()
        options.undelete = dice.chance(10)
        options.asNew = dice.chance(5)
        let input = originals.pick(dice)
        let report = try Importer(archive, options: options).run([input], written: {}, progress: { _, _ in })
        guard report.failures.isEmpty else { throw Violation("an import failed: \(report.failures)") }
        live(.importing)
        say("\(actor) imports: \(report.items.map { "\($0.title) \($0.status)" })")
    }

    private func edit(_ archive: Archive, _ replica: Replica, _ essay: ItemID) throws {
        // An editor that was opened some time ago, or on an old version, or now.
        var item = essay
        var heads: [RevisionID]?
        if let open = replica.openEditor, dice.chance(50) {
            (item, heads) = (open.item, open.heads)
            replica.openEditor = nil
            // The file was set back meanwhile: the editor's work would be refused.
            guard try archive.read({ reader in try heads!.allSatisfy { try reader.revision($0) != nil } }) else {
                return
            }
        } else if dice.chance(15) {
            heads = try archive.read { try dice.pick($0.history(essay).order).map { [$0] } }
        }
        let old = try archive.read { reader in
            let now = try reader.state(item)
            return try reader.text(of: heads.map { try reader.state(now, at: $0) } ?? now)
        }
        let text = edited(old)
        let id = try archive.write { try $0.revise(item, heads: heads, author: author) { $0.text = text } }
        say("\(actor) edits \(short(item)): \(id.map(short) ?? "nothing")")
        if let id, try archive.read({ try $0.revision(id)!.isTombstone }) { throw Violation("an edit deletes") }
    }

    private func edited(_ old: [UInt8]) -> [UInt8] {
        var sentences = Sentences.ranges(in: old).map { Array(old[$0]) }
        for _ in 0...dice.roll(2) {
            let place = sentences.isEmpty ? 0 : dice.roll(sentences.count)
            let new = sentence(dice.roll(40))
            switch dice.roll(6) {
            case 0 where !sentences.isEmpty: sentences[place] = new
            case 1 where sentences.count > 1: sentences.remove(at: place)
            case 2 where sentences.count > 1: sentences.swapAt(place, dice.roll(sentences.count))
            case 3 where !sentences.isEmpty, 4 where !sentences.isEmpty: sentences[place] = touched(sentences[place])
            default: sentences.insert(new, at: place)
            }
        }
        return sentences.flatMap { $0 }
    }

    /// A sentence with one character in the place of another; it may be equal to its neighbour then.
    private func touched(_ sentence: [UInt8]) -> [UInt8] {
        var scalars = Array(String(decoding: sentence, as: UTF8.self).unicodeScalars)
        guard let place = dice.pick(Array(scalars.indices.dropLast())), scalars[place] != "\n" else { return sentence }
        scalars[place] = dice.pick(["0", "1", "2", "3", "9", "春", "秋"])!
        return Array(String(String.UnicodeScalarView(scalars)).utf8)
    }

    /// A sentence that has no character in common with others.
    private func sentence(_ number: Int) -> [UInt8] {
        let characters = (0..<4).map { Unicode.Scalar(UInt32(0x9000 + 8 * number + 2 * $0))! }
        return Array((String(String.UnicodeScalarView(characters)) + "😀。").utf8)
    }

    private func openEditor(_ archive: Archive, _ replica: Replica, _ essay: ItemID) throws {
        replica.openEditor = (essay, try archive.read { try $0.state(essay).shownHeads })
        say("\(actor) opens \(short(essay)) in an editor")
    }

    private func tag(_ archive: Archive, _ essay: ItemID) throws {
        let tag = ExactString("标签\(dice.roll(4))")
        let removes = dice.chance(40)
        say("\(actor) tags \(short(essay))")
        _ = try archive.write { writer in
            try writer.revise(essay, author: author) { draft in
                draft.fields.tags = removes ? draft.fields.tags.filter { $0 != tag } : draft.fields.tags + [tag]
            }
        }
    }

    private func setField(_ archive: Archive, _ essay: ItemID) throws {
        let key = dice.pick([FieldKey.title, FieldKey.language, "栏目"])!
        let value: String? = key == FieldKey.title || dice.chance(75) ? "值\(dice.roll(5))" : nil
        say("\(actor) sets a field of \(short(essay))")
        _ = try archive.write { try $0.revise(essay, author: author) { $0.fields[string: key] = value } }
    }

    private func delete(_ archive: Archive, _ essay: ItemID) throws {
        say("\(actor) deletes \(short(essay))")
        try archive.write { try $0.delete(essay, author: author) }
        guard try archive.read({ try $0.state(essay).isDeleted }) else { throw Violation("what was deleted is there") }
    }

    private func undelete(_ archive: Archive) throws {
        let deleted = try items(archive, .essay).filter { id in try archive.read { try $0.summary(id).isDeleted } }
        guard let essay = dice.pick(deleted) else { return }
        say("\(actor) undeletes \(short(essay))")
        let before = try texts(archive, essay)
        try archive.write { try $0.undelete(essay, author: author) }
        guard try !archive.read({ try $0.state(essay).isDeleted }) else {
            throw Violation("what was undeleted is not there")
        }
        guard try texts(archive, essay) == before else { throw Violation("what was undeleted is not what was deleted") }
    }

    /// The texts of an item's heads.
    private func texts(_ archive: Archive, _ item: ItemID) throws -> Set<TextHash?> {
        try archive.read { reader in
            let state = try reader.state(item)
            return Set(state.heads.map { state.history[$0]!.text })
        }
    }

    private func revert(_ archive: Archive, _ essay: ItemID) throws {
        guard let old = try archive.read({ try dice.pick($0.history(essay).order) }),
            try !archive.read({ try $0.state(essay).isConflict })
        else { return }
        say("\(actor) reverts \(short(essay)) to \(short(old))")
        _ = try archive.write { try $0.revert(essay, to: old, author: author) }
    }

    private func annotate(_ archive: Archive, _ essay: ItemID) throws {
        let length = try archive.read { CodePoints.count(try $0.text(of: $0.state(essay))) }
        guard length > 2 else { return }
        let start = dice.roll(length - 1)
        let end = dice.roll(start + 1..<length + 1)
        let content = AnnotationContent(body: "批注\(dice.roll(9))", tags: dice.chance(30) ? ["疑问"] : [])
        say("\(actor) annotates \(short(essay))")
        _ = try archive.write { try $0.annotate(essay, .range(start..<end), content, author: author) }
    }

    private func changeAnnotation(_ archive: Archive, _ essay: ItemID) throws {
        guard let annotation = dice.pick(try items(archive, .annotation)) else { return }
        let body = "改批注\(dice.roll(5))"
        say("\(actor) changes the annotation \(short(annotation))")
        switch dice.roll(4) {
        case 0: try archive.write { try $0.delete(annotation, author: author) }
        case 1: _ = try archive.write { try $0.reply(to: annotation, AnnotationContent(body: body), author: author) }
        default:
            _ = try archive.write {
                try $0.revise(annotation, author: author) { $0.fields[string: FieldKey.body] = body }
            }
        }
    }

    private func resolve(_ archive: Archive) throws {
        let conflicts = try items(archive, dice.chance(80) ? .essay : .annotation)
            .filter { id in try archive.read { try $0.summary(id).isConflict } }
        guard let item = dice.pick(conflicts) else { return }
        let state = try archive.read { try $0.state(item) }
        let text = try archive.read { edited(try $0.text(of: state)) }
        let sides = state.conflict!.sides.flatMap(\.revisions)
        let resolution: ArchiveWriter.Resolution =
            dice.chance(50) || state.kind == .annotation ? .take(dice.pick(sides)!) : .text(text)
        let id = try archive.write { try $0.resolve(item, by: resolution, author: author) }
        live(.resolution)
        say("\(actor) resolves \(short(item)) by \(short(id))")
    }

    private func short<Subject>(_ id: Digest<Subject>) -> String { String(id.hex.prefix(6)) }
}
