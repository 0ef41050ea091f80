/// What SQLite finds wrong with its own structures, once for each kind and place.
enum StructureProblems {
    /// - Parameter messages: those of `PRAGMA integrity_check`, one for each row or cell.
    /// - Returns: the first of each kind, and how many there are, in their order.
    static func kinds(_ messages: [String]) -> [(first: String, count: Int)] {
        var (found, places) = ([(first: String, count: Int)](), [String: Int]())
        for message in messages {
            let kind = kind(message)
            if let place = places[kind] {
                found[place].count += 1
            } else {
                places[kind] = found.count
                found.append((message, 1))
            }
        }
        return found
    }

    /// The message without the numbers of rows, cells and pages; that of a tree, which is a table or an index, stays.
    private static func kind(_ message: String) -> String {
        var previous = ""
        return message.split(separator: " ").map { word in
            let core = word.trimmingPrefix("(").filter { $0 != ":" && $0 != "," && $0 != ")" }
            defer { previous = word.lowercased() }
            return Int64(core) != nil && previous != "tree" ? "#" : String(word)
        }.joined(separator: " ")
    }
}
