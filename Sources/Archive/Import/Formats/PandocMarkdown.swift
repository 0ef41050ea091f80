/// Pandoc's Markdown as people would write it: without the blanks and rules that make a table's columns equally wide, which each version draws
/// in its own way, and without escapes of characters that mean nothing where they stand.
enum PandocMarkdown {
    static func plain(_ markdown: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(markdown.count)
        var place = 0
        var isFenced = false
        while place < markdown.count {
            let end = markdown[place...].firstIndex(of: UInt8(ascii: "\n")) ?? markdown.count
            let line = markdown[place..<end]
            let isFence = line.starts(with: "```".utf8)
            if isFence { isFenced.toggle() }
            let isRow = line.first == bar && line.last == bar && line.count > 1
            // Pandoc parts two lists with it.
            if line.elementsEqual("&nbsp;".utf8), !isFenced {
                place = end + 1
                if result.last == newline, place < markdown.count, markdown[place] == newline { place += 1 }
                continue
            }
            if isFenced || isFence || line.starts(with: "    ".utf8) {
                result += line
            } else {
                result += unescaped(isRow ? row(line)[...] : line)
            }
            if end < markdown.count { result.append(UInt8(ascii: "\n")) }
            place = end + 1
        }
        return result
    }

    private static let newline = UInt8(ascii: "\n")
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

    // MARK: Escapes

    private static func unescaped(_ line: ArraySlice<UInt8>) -> [UInt8] {
        guard line.contains(backslash) else { return Array(line) }
        var result: [UInt8] = []
        var place = line.startIndex
        while place < line.endIndex {
            if line[place] == tick {
                let end = codeEnd(line, place)
                result += line[place..<end]
                place = end
            } else if line[place] == backslash, place + 1 < line.endIndex {
                if !isNeedless(line, place) { result.append(backslash) }
                result.append(line[place + 1])
                place += 2
            } else {
                result.append(line[place])
                place += 1
            }
        }
        return result
    }

    private static let backslash = UInt8(ascii: "\\")
    private static let tick = UInt8(ascii: "`")

    /// Where the code ends that begins with backticks at a place; these alone if it does not end in the line.
    private static func codeEnd(_ line: ArraySlice<UInt8>, _ start: Int) -> Int {
        let open = line[start...].prefix { $0 == tick }
        var place = open.endIndex
        while let next = line[place...].firstIndex(of: tick) {
            let run = line[next...].prefix { $0 == tick }
            if run.count == open.count { return run.endIndex }
            place = run.endIndex
        }
        return open.endIndex
    }

    /// Whether what a backslash stands before means nothing there anyway.
    private static func isNeedless(_ line: ArraySlice<UInt8>, _ place: Int) -> Bool {
        let before = place > line.startIndex ? line[place - 1] : nil
        let after = place + 2 < line.endIndex ? line[place + 2] : nil
        switch line[place + 1] {
        case UInt8(ascii: "["): return after != UInt8(ascii: "^")
        case UInt8(ascii: "]"): return after.map { !"([:".utf8.contains($0) } ?? true
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "$"), UInt8(ascii: "@"): return true
        case UInt8(ascii: "^"): return before != UInt8(ascii: "[")
        case UInt8(ascii: "~"): return before != UInt8(ascii: "~") && after != UInt8(ascii: "~") && after != backslash
        case UInt8(ascii: "_"): return before.map(isLetter) == true && after.map(isLetter) == true
        case UInt8(ascii: "."): return before.map { (0x30...0x39).contains($0) } == true
        case UInt8(ascii: "#"), UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"):
            return line[..<place].contains { isLetter($0) }
        default: return false
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
}
