import Archive
import ArgumentParser
import Foundation
import History
import Interchange
import Prose

struct Conflicts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "Show the conflicts: changes that could not be merged.",
        discussion: "All sides are kept whole. `archivectl resolve` settles a conflict, for all machines.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Flag(help: "Show the sides' revision vectors.") var vectors = false
    @Argument(help: "Only this essay or annotation.", completion: .essaysOrAnnotations) var essay: String?

    func run() throws {
        let (states, replica) = try archive.openForReading(.listing).read {
            reader -> ([(ItemState, [UInt8])], ReplicaID) in
            let states = try ids(reader).map { id in
                let state = try reader.state(id)
                return (state, try reader.text(of: state))
            }
            return (states.filter(\.0.isConflict), try reader.replicaID)
        }
        archive.usePager(json)
        if json.isOn {
            Output.json(states) { ListedConflict($0.0, $0.0.conflict!, text: $0.1) }
        } else {
            for (state, _) in states {
                ConflictPrinter(state, replica: replica).print(vectors: vectors)
                Output.advice(
                    "  settle it: archivectl resolve \(state.item.short), or with --take SIDE | --from FILE | --edit")
            }
            if states.isEmpty { Output.line("no conflicts") }
        }
    }

    private func ids(_ reader: ArchiveReader) throws -> [ItemID] {
        if let essay { return [try reader.findAny(essay)] }
        return try [ItemKind.essay, .annotation, .source].flatMap { kind in
            var filter = ItemFilter()
            filter.kind = kind
            filter.onlyConflicts = true
            return try reader.items(filter).map(\.id)
        }
    }
}

extension ArchiveReader {
    /// Finds an annotation by its ID, or an essay by any name.
    /// - Throws: `CommandError` if there is none, or the name fits one of either kind.
    func findAny(_ name: String, deleted: Bool = false) throws -> ItemID {
        let annotation: ItemID
        do {
            annotation = try find(name, kind: .annotation, deleted: deleted)
        } catch let error as ArchiveError where error.code == .notFound {
            do {
                return try essay(name, deleted: deleted)
            } catch let other where CommandError(other)?.code == .notFound {
                // An annotation that is deleted is named, and nothing else.
                throw deleted || (try? find(name, kind: .annotation, deleted: true)) == nil ? other : error as any Error
            }
        }
        guard let essay = try? find(name, deleted: deleted) else { return annotation }
        throw CommandError(
            .ambiguous, "'\(name)' fits the annotation \(annotation.short) and the essay \(essay.short)",
            advice: "Give more digits of the ID")
    }
}
