"""The planted bugs: what each breaks, where, and how. `old` stands exactly once in its file."""

MUTATIONS = [
    # No word is lost.
    {
        "name": "waiting entries are forgotten",
        "file": "Sources/Archive/Store/ArchiveWriter+Pending.swift",
        "old": "        guard try look().bytes + size <= environment.maximumWaiting else { return false }\n",
        "new": "        if size >= 0 { return true }\n",
    },
    {
        "name": "what a log loses at a fork is not logged again",
        "file": "Sources/Archive/Store/ArchiveWriter+Apply.swift",
        "old": "            unlogged[entry.row] = (entry.id, entry.recorded)\n            try markStale(entry.row)\n",
        "new": "",
    },
    {
        "name": "entries beyond the end of a forked log are dropped",
        "file": "Sources/Archive/Store/ArchiveWriter+Apply.swift",
        "old": "?? .max else {\n            return try takeBesideItsLog(entry, &applied)",
        "new": "?? .max else {\n            return true",
    },
    {
        "name": "an entry is never taken in out of turn",
        "file": "Sources/Archive/Store/ArchiveWriter+Pending.swift",
        "old": "        if needs.count == 32 { try want(needs) }\n    }\n\n    private func set(",
        "new": "    }\n\n    private func set(",
    },
    {
        "name": "an entry is not woken by what it waits for",
        "file": "Sources/Archive/Store/ArchiveWriter+Apply.swift",
        "old": "                known.add(try texts.insert(text), hash)\n                return try wake(hash.blob)\n",
        "new": "                known.add(try texts.insert(text), hash)\n                return\n",
    },
    {
        "name": "segments go along before all of the remote's vector is known",
        "file": "Sources/Sync/Exchange/HubExchange.swift",
        "old": "        guard let known, isComplete, !more, asking.isEmpty else { return true }\n        if try isBehind(known) { return true }\n",
        "new": "        guard let known, !more || !isComplete, asking.isEmpty else { return true }\n",
    },
    {
        "name": "a remote that promises without end is listened to without end",
        "file": "Sources/Sync/Exchange/Progress.swift",
        "old": "    var mayGoOn: Bool { idle <= Self.spare && rounds - Self.spare <= promised ?? 0 }",
        "new": "    var mayGoOn: Bool { true }",
    },
    {
        "name": "a head is written before its segment",
        "file": "Sources/Sync/Exchange/ObjectExchange+Push.swift",
        "old": "                try remote.put(segments.map { ($0.header.name.path, $0.bytes) })\n",
        "new": "                for segment in segments { try remote.put(segment.header.name.headPath, []) }\n                try remote.put(segments.map { ($0.header.name.path, $0.bytes) })\n",
    },
    {
        "name": "a torn segment counts as there",
        "file": "Sources/Sync/Exchange/ObjectExchange+Pull.swift",
        "old": "                } else if heads[replica] != nil, !later.contains(replica), !crowded.contains(replica) {",
        "new": "                } else if false {",
    },
    {
        "name": "a remote is believed to hold whatever was sent to it",
        "file": "Sources/Sync/Exchange/ObjectExchange+Push.swift",
        "old": "                try remote.put(segments.map { ($0.header.name.path, $0.bytes) })\n",
        "new": "                try? remote.put(segments.map { ($0.header.name.path, $0.bytes) })\n",
    },
    {
        "name": "the losing form of a fork is dropped",
        "file": "Sources/Archive/Store/ArchiveWriter+Apply.swift",
        "old": "                try fork(LogEnd(replica: replica, last: position.sequence), &applied)\n                return try takeBesideItsLog(entry, &applied)",
        "new": "                try fork(LogEnd(replica: replica, last: position.sequence), &applied)\n                return true",
    },
    {
        "name": "a remote that went back is obeyed",
        "file": "Sources/Sync/Exchange/HubExchange.swift",
        "old": "            try forgetHub()\n            run.note(",
        "new": "            throw RemoteError.seenUnknown\n            run.note(",
    },
    # Nothing is taken twice, and one ID is used by one file.
    {
        "name": "a copied file goes on under the old replica ID, and forks are not noticed",
        "file": "Sources/Archive/Store/ArchiveWriter+Apply.swift",
        "old": "        if position.sequence > end.sequence { return false }\n        if position != end {",
        "new": "        if position.sequence > end.sequence { return false }\n        if position != end { return true }\n        if position != end {",
    },
    {
        "name": "a held entry is logged again",
        "file": "Sources/Archive/Store/ArchiveWriter+Apply.swift",
        "old": "        for (row, entry) in unlogged.sorted(by: { $0.key < $1.key }) where try !logs.isLogged(row) {",
        "new": "        for (row, entry) in unlogged.sorted(by: { $0.key < $1.key }) {",
    },
    {
        "name": "the state file is ignored",
        "file": "Sources/Archive/Store/ArchiveWriter.swift",
        "old": "        if try ReplicaState.agrees(",
        "new": "        if try true || ReplicaState.agrees(",
    },
    {
        "name": "an import is signed with the time",
        "file": "Sources/Archive/Import/Sources/SourceImport.swift",
        "old": "        var root = Revision(kind: .essay, fields: piece.fields, text: piece.text.hash)",
        "new": "        var root = Revision(kind: .essay, written: writer.now, fields: piece.fields, text: piece.text.hash)",
    },
    # The same revisions show the same archive, in whatever order they came.
    {
        "name": "heads stand in the order of their arrival",
        "file": "Sources/History/Log/History.swift",
        "old": "        heads = nodes.keys.filter { !replaced.contains($0) }.sorted()",
        "new": "        heads = nodes.keys.filter { !replaced.contains($0) }.sorted { nodes[$0]!.dots.count < nodes[$1]!.dots.count }",
    },
    {
        "name": "an entry that comes again leaves its item's row as it was",
        "file": "Sources/Archive/Store/ArchiveWriter+Apply.swift",
        "old": "            // It may now be known to have been logged earlier than we thought.\n            try markStale(row)\n",
        "new": "",
    },
    {
        "name": "a child that arrives does not replace its parents as a head",
        "file": "Sources/Archive/Store/Derived/HistoryStore.swift",
        "old": "for (parent, parentID) in zip(parents, revision.parents) {",
        "new": "for (parent, parentID) in zip(parents, revision.parents) where parents.count > 1 {",
    },
    # No clock decides.
    {
        "name": "entries from the future are not taken",
        "file": "Sources/Archive/Store/ArchiveWriter+Apply.swift",
        "old": "        guard try revision.parents.allSatisfy(",
        "new": "        if let written = revision.written, written > environment.clock() { return false }\n        guard try revision.parents.allSatisfy(",
    },
    # Deletions and merges.
    {
        "name": "a deletion wins over a concurrent change",
        "file": "Sources/History/Merging/ItemState.swift",
        "old": "        isDeleted = alive.isEmpty\n",
        "new": "        isDeleted = alive.count < history.heads.count\n",
    },
    {
        "name": "of an essay in conflict the shown side alone is deleted",
        "file": "Sources/Archive/Edit/Editing.swift",
        "old": "        for heads in state.isConflict ? state.heads.map({ [$0] }) : [state.heads] {\n",
        "new": "        for heads in [state.shownHeads] {\n",
    },
    {
        "name": "a new version of a deletion is a deletion",
        "file": "Sources/Archive/Edit/Editing.swift",
        "old": "        if basis.isTombstone, draft.text != nil || draft.fields != basis.fields { draft.isTombstone = false }\n",
        "new": "",
    },
    {
        "name": "of two heads the second is taken for a clean merge",
        "file": "Sources/History/Merging/RevisionMerge.swift",
        "old": "            if !changed.contains(nil), changed.count <= 1 {",
        "new": "            if !changed.contains(nil), changed.count <= 2 {",
    },
    {
        "name": "a moved sentence is taken for a changed one",
        "file": "Sources/History/Merging/Text/SentencePairs.swift",
        "old": "        if kept.a.contains(i) || kept.b.contains(j), !a[aWords[i]].elementsEqual(b[bWords[j]]) { return 0 }\n",
        "new": "",
    },
    # Crashes.
    {
        "name": "what a remote holds is recorded before what it sent is applied",
        "file": "Sources/Sync/Exchange/HubExchange+Answer.swift",
        "old": "        let applied = try run.archive.write { writer in\n            let applied = try exchange.apply(usable, writer)\n            if !usable.isEmpty { try writer.logLackingTexts() }\n            try exchange.save(writer, digest: response.digest)\n            return applied\n        }",
        "new": "        try run.archive.write { writer in\n            for segment in usable { exchange.received[segment.header.replica] = segment.header.last }\n            try exchange.save(writer, digest: response.digest)\n        }\n        let applied = try run.archive.write { writer in\n            let applied = try exchange.apply(usable, writer)\n            if !usable.isEmpty { try writer.logLackingTexts() }\n            return applied\n        }",
    },
]
