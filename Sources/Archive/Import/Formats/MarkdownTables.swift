/// Tables of Markdown without the blanks and rules that make their columns equally wide: versions of pandoc draw these differently.
enum MarkdownTables {
    /// Writes the rows of pipe tables with one blank around each cell.
    static func plain(_ markdown: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(markdown.count)
        var place = 0
        while place < markdown.count {
            let end = markdown[place...].firstIndex(of: UInt8(ascii: "\n")) ?? markdown.count
            let line = markdown[place..<end]
            if line.first == bar, line.last == bar, line.count > 1 { result += row(line) } else { result += line }
            if end < markdown.count { result.append(UInt8(ascii: "\n")) }
            place = end + 1
        }
        return result
    }

    private static let bar = UInt8(ascii: "|")

    private static func row(_ line: ArraySlice<UInt8>) -> [UInt8] {
        // A bar at the end that is text makes it no row.
        guard let cells = cells(line) else { return Array(line) }
        let isRule = cells.allSatisfy { cell in !cell.isEmpty && cell.allSatisfy { $0 == 0x2D || $0 == 0x3A } }
        var row: [UInt8] = [bar]
        for cell in cells {
            row += isRule ? Array("---".utf8) : [0x20] + cell + (cell.isEmpty ? [] : [0x20])
            row.append(bar)
        }
        return row
    }

    /// What is between the bars, without blanks around.
    private static func cells(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        var cells: [ArraySlice<UInt8>] = []
        var start = line.startIndex + 1
        var place = start
        while place < line.endIndex {
            if line[place] == UInt8(ascii: "\\") {
                place += 2
                continue
            }
            if line[place] == bar {
                var cell = line[start..<place]
                while cell.first == 0x20 { cell.removeFirst() }
                while cell.last == 0x20 { cell.removeLast() }
                cells.append(cell)
                start = place + 1
            }
            place += 1
        }
        return start == line.endIndex ? cells : nil
    }
}
