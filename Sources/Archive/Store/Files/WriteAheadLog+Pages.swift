extension WriteAheadLog {
    /// The frames of the log as it is now, in their order, up to the last that ends a transaction. What a log of before left behind
    /// them is not among them.
    private var committed: ArraySlice<Int> {
        let salts = logSalts
        let frames = (0..<frameCount).filter { self.salts(frame($0) + 8) == salts }
        return frames.prefix { $0 <= frames.last(where: isCommit) ?? -1 }
    }

    /// Where the last form of each page stands that is in the log, by the page's number.
    func lastForms() -> [UInt32: Int] {
        committed.reduce(into: [:]) { forms, index in
            let number = Self.number(bytes, at: frame(index))
            // The file can only have so many pages that are in neither.
            if number > 0, number <= 1 << 28 { forms[UInt32(number)] = frame(index) + Self.frameHeaderSize }
        }
    }

    /// The page whose form begins there.
    func page(at place: Int) -> [UInt8] { Array(bytes[place..<place + pageSize]) }

    /// The link that a frame's page holds, if it is the page of the table `local`.
    func link(_ index: Int) -> LogLink? {
        let place = frame(index) + Self.frameHeaderSize
        guard bytes[place] == TreePage.Kind.indexLeaf.rawValue, let page = TreePage(page(at: place)) else { return nil }
        return page.cells.lazy.compactMap { LogLink(row: Array(page.bytes[$0.content])) }.first
    }
}
