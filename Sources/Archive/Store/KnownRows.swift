import History

/// What was read lately and will most likely be asked for again, within one transaction: entries name each other, and an essay's
/// versions lie in the same few packs.
final class KnownRows {
    /// Rows of entries.
    private(set) var entries: [EntryID: Int64] = [:]
    /// Numbers of texts.
    private(set) var texts: [TextHash: Int64] = [:]
    let packs = OpenedPacks()
    let read = ReadTexts()
    /// What was found damaged or missing, and passed over.
    var damage: Set<Damage> = []
    /// The numbers of texts that were damaged or missing, and are sound now.
    var repaired: Set<Int64> = []
    let chains = KnownChains()
    let revisionsByText = RevisionsByText()
    /// What this transaction has changed of the totals and not written yet.
    let totals = TotalsChange()
    /// Annotations' places that had to be computed.
    var anchors: [AnchorStore.Record] = []
    /// Fields that stand in entries, by row.
    private(set) var fields: [Int64: [UInt8]] = [:]

    private static let most = 1 << 14

    /// Forgets what texts and entries are named, and what was read by these names.
    func forgetNames() {
        (entries, texts, fields) = ([:], [:], [:])
        packs.forget()
        read.forget()
        chains.forget()
    }

    func add(_ row: Int64, _ id: EntryID) {
        if entries.count >= Self.most { entries.removeAll(keepingCapacity: true) }
        entries[id] = row
    }

    func add(fields bytes: [UInt8], _ row: Int64) {
        if fields.count >= Self.most / 8 { fields.removeAll(keepingCapacity: true) }
        fields[row] = bytes
    }

    func add(_ row: Int64, _ hash: TextHash) {
        if texts.count >= Self.most { texts.removeAll(keepingCapacity: true) }
        texts[hash] = row
    }
}
