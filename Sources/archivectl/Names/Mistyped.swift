import Archive
import ArgumentParser
import History

/// What somebody may have meant who mistyped a word of the command line.
enum Mistyped {
    /// The error for a command line that could not be parsed because it names a command that there is not; `nil` if that is not why.
    static func command(in arguments: [String]) -> CommandError? {
        var command: any ParsableCommand.Type = Archivectl.self
        var path = "archivectl"
        var rest = arguments[...]
        if rest.first == "help" { rest = rest.dropFirst() }
        while let word = rest.first, !word.hasPrefix("-") {
            let subcommands = command.configuration.subcommands
            if subcommands.isEmpty { return nil }
            guard
                let next = subcommands.first(where: {
                    $0._commandName == word || $0.configuration.aliases.contains(word)
                })
            else {
                return unknown(
                    word, path, subcommands.map { $0._commandName },
                    takesOthers: command.configuration.defaultSubcommand != nil)
            }
            command = next
            path += " " + word
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func unknown(_ word: String, _ path: String, _ commands: [String], takesOthers: Bool)
        -> CommandError?
    {
        let near = others[word].flatMap { $0.first(where: commands.contains) } ?? nearest(word, in: commands)
        // Where a command may be left out the word may be anything.
        if takesOthers, near == nil { return nil }
        return CommandError(
            .usage, "there is no command `\(path) \(word)`",
            advice: near.map { "Did you mean `\(path) \($0)`?" } ?? "`\(path) --help` lists them")
    }

    /// What shells and other programs call what some of our commands do.
    private static let others = [
        "ls": ["list"], "dir": ["list"], "cat": ["show"], "view": ["show"], "read": ["show"], "open": ["show"],
        "print": ["show"],
        "rm": ["delete", "remove"], "del": ["delete"], "remove": ["delete"], "add": ["import"],
        "create": ["new", "init"], "write": ["new"],
        "find": ["search"], "grep": ["search"], "history": ["log"], "versions": ["log"], "compare": ["diff"],
        "outline": ["sections"],
        "toc": ["sections"], "pull": ["sync"], "push": ["sync"], "fetch": ["sync"], "check": ["verify"],
        "fsck": ["verify"],
        "save": ["backup"], "export": ["export-source", "backup"], "note": ["annotate"], "comment": ["annotate"],
        "highlight": ["annotate"],
        "restore-version": ["revert"], "undo": ["revert"], "server": ["hub"], "serve": ["hub"], "merge": ["resolve"],
        "rename": ["set"],
    ]

    /// The word that is nearest to another; `nil` if none is near.
    static func nearest(_ word: String, in words: [String]) -> String? {
        let letters = Array(word.lowercased().unicodeScalars)
        // Of a short word one letter may be wrong, of a longer one two; a beginning of two letters or more is as good.
        let near = words.compactMap { candidate -> (distance: Int, word: String)? in
            // Who wants something undone never means to do it.
            if word.lowercased() == "un" + candidate { return nil }
            if letters.count > 1, candidate.hasPrefix(word.lowercased()) { return (0, candidate) }
            return distance(letters, Array(candidate.unicodeScalars), limit: letters.count < 5 ? 1 : 2).map {
                ($0, candidate)
            }
        }
        return near.min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
    }

    /// What ArgumentParser says of an unknown option, without its suggestion where that is far from what was typed.
    static func withoutFarOption(_ sentence: String) -> String {
        guard let match = sentence.firstMatch(of: /^(unknown option '--([^']+)')\. Did you mean '--([^']+)'\?/),
            nearest(String(match.2), in: [String(match.3)]) == nil
        else { return sentence }
        return String(match.1) + sentence[match.range.upperBound...]
    }

    /// How many letters are to be put in, taken out, replaced, or exchanged with the next, to make one text of another (optimal
    /// string alignment); `nil` if more than `limit`.
    static func distance<Letter: Equatable>(_ left: [Letter], _ right: [Letter], limit: Int) -> Int? {
        guard abs(left.count - right.count) <= limit else { return nil }
        var (before, last) = ([Int](), Array(0...right.count))
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, before[j - 1] + 1)
                }
                row.append(cost)
            }
            if row.min()! > limit { return nil }
            (before, last) = (last, row)
        }
        return last[right.count] <= limit ? last[right.count] : nil
    }
}
