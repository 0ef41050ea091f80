import Archive
import GRDB

/// What happens to files, machines and remotes.
extension Schedule {
    func mishap(_ replica: Replica) throws {
        switch dice.weighted(habits.mishaps) {
        case 0: try keepBackup(of: replica)
        case 1: try copy(replica)
        case 2: try copyBackupOver(replica)
        case 3: try restoreBackup()
        case 4: try rollBackMachine()
        case 5: try loseReplica(replica)
        case 6: try setBackRemote(isEmpty: true)
        case 7: try setBackRemote(isEmpty: false)
        case 8: try fork(replica)
        case 9: try move(replica)
        default: say("nothing happens")
        }
    }

    private func keepBackup(of replica: Replica) throws {
        guard backups.count < 3 else { return }
        backups.append(try backup(of: replica))
        live(.backup)
        say("a backup \(backups.count - 1) of \(replica.name)")
    }

    private func backup(of replica: Replica) throws -> Backup {
        Backup(
            file: try files.take(copyOf: replica.file), place: replica.place, machine: replica.machine,
            states: replica.machine.states)
    }

    /// The file is copied to another place on the same machine, or to another machine; both are used from now on.
    private func copy(_ replica: Replica) throws {
        guard replicas.count < 6 else { return }
        let file = try files.take(copyOf: replica.file)
        let copy = try add(on: dice.chance(50) ? replica.machine : machine(), file: file, id: nil)
        live(.copy)
        say("\(copy.name) is a copy of the file of \(replica.name)")
    }

    /// The file goes to another machine, as on a stick, where its path is the same: mostly one that had it before.
    private func move(_ replica: Replica) throws {
        let known = machines.filter { machine in
            machine !== replica.machine && machine.states.values.contains { $0.place == replica.place }
        }
        let target = dice.chance(75) ? dice.pick(known) ?? machine() : machine()
        live(.move)
        say("the file of \(replica.name) moves from the machine \(replica.machine.number) to \(target.number)")
        let moved = try Replica(replica.name, on: target, place: replica.place, file: replica.file, id: nil, dice: dice)
        moved.noted = replica.noted
        replicas[replicas.firstIndex { $0 === replica }!] = moved
    }

    /// `cp backup.db archive.db`: the machine's states know better.
    private func copyBackupOver(_ replica: Replica) throws {
        guard let backup = dice.pick(backups) else { return }
        live(.overwrite)
        say("a backup of \(backup.place) is copied over \(replica.name)")
        try replace(replica, with: backup.file)
    }

    /// `archivectl restore`: a new replica, beside the others.
    private func restoreBackup() throws {
        guard let backup = dice.pick(backups), replicas.count < 6 else { return }
        let file = try files.take(copyOf: backup.file)
        let restored = try add(on: dice.chance(50) ? backup.machine : machine(), file: file, id: nil)
        try restored.archive.startNewReplicaID()
        try note(restored, isNew: false)
        live(.restoration)
        say("\(restored.name) is restored from a backup of \(backup.place)")
    }

    /// The image of a whole machine is put back: what lies outside the archive goes back too, and nothing here can tell.
    private func rollBackMachine() throws {
        guard let backup = dice.pick(backups), let replica = replicas.first(where: { $0.place == backup.place }) else {
            return
        }
        try rollBack(replica, to: backup)
    }

    private func rollBack(_ replica: Replica, to backup: Backup) throws {
        live(.rollback)
        say("the machine of \(replica.name) is rolled back")
        try replace(replica, with: backup.file)
        replica.machine.states = backup.states
        (mayFork, isRolledBack) = (true, true)
    }

    /// What a replica writes goes to one remote; its machine is rolled back, and what it writes then goes to the others. Two forms
    /// of one log are about, and perhaps nobody is left who wrote them.
    private func fork(_ replica: Replica) throws {
        live(.fork)
        let numbers = dice.shuffled(try remotes(of: replica))
        let image = try backup(of: replica)
        defer { files.give(image.file) }
        for _ in 0...dice.roll(3) { try change(replica) }
        try sync(replica, numbers[0])
        try rollBack(replica, to: image)
        for _ in 0...dice.roll(3) { try change(replica) }
        for number in numbers.dropFirst() where dice.chance(80) { try sync(replica, number) }
        if dice.chance(40) { try loseReplica(replica) }
    }

    private func loseReplica(_ replica: Replica) throws {
        guard replicas.count > 2 else { return }
        live(.loss)
        say("\(replica.name) is lost")
        let gone = try holdings(replica.database)
        replicas.removeAll { $0 === replica }
        files.give(replica.file)
        ledger.destroy(gone, left: try holdings())
    }

    private func replace(_ replica: Replica, with file: MemoryFile) throws {
        let gone = try holdings(replica.database)
        try file.database.copy(to: replica.database)
        replica.noted = 0
        replica.openEditor = nil
        ledger.destroy(gone, left: try holdings())
        try note(replica, isNew: false)
    }

    private func setBackRemote(isEmpty: Bool) throws {
        let number = dice.roll(remotes.count)
        let gone = try revisions(in: remotes[number].stored)
        let what = remotes[number].goBack(dice, isEmpty: isEmpty)
        live(isEmpty ? .emptied : .setBack)
        say("the remote \(number) \(what)")
        ledger.destroy(gone, left: try holdings())
    }
}
