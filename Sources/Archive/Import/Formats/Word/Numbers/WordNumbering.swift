/// The lists of a Word document: what their numbers look like (ISO/IEC 29500-1, 17.9).
struct WordNumbering {
    struct Level {
        var start = 1
        var format = WordNumberFormat(name: "decimal")
        /// With `%1` for the number of the first level, and so on.
        var text = ""
        /// What stands between the number and the text: `tab`, `space` or `nothing`.
        var suffix = "tab"
        /// Whether the numbers of all levels are shown in decimal.
        var isLegal = false
        /// The number of the level, counted from 1, after which this one begins anew; 0 for none, `nil` for any higher one.
        var restart: Int?
        /// The paragraph style that belongs to the level.
        var style: String?
    }

    struct List {
        /// The definition that it shares with others, and counts together with.
        let definition: String
        let levels: [Int: Level]
        /// Numbers that it begins with anew.
        let starts: [Int: Int]
    }

    private struct Definition {
        var levels: [Int: Level] = [:]
        var link: String?
    }

    private var definitions: [String: Definition] = [:]
    private var named: [String: String] = [:]
    private var lists: [String: (definition: String, levels: [Int: Level], starts: [Int: Int])] = [:]

    init() {}

    init(_ source: some MarkupSource) throws {
        while let event = try source.next() {
            guard case .start(let tag) = event else { continue }
            switch tag.name {
            case "w:abstractNum": add(definition: try source.element(tag))
            case "w:num": add(list: try source.element(tag))
            default: break
            }
        }
    }

    private mutating func add(definition element: MarkupElement) {
        guard let id = element["w:abstractNumId"] else { return }
        var definition = Definition(link: element.first("w:numStyleLink")?["w:val"])
        for level in element.elements where level.name == "w:lvl" {
            if let number = Self.number(level["w:ilvl"]) { definition.levels[number] = Level(level) }
        }
        definitions[id] = definition
        if let name = element.first("w:styleLink")?["w:val"] { named[name] = id }
    }

    private mutating func add(list element: MarkupElement) {
        guard let id = element["w:numId"], let definition = element.first("w:abstractNumId")?["w:val"] else { return }
        var levels: [Int: Level] = [:]
        var starts: [Int: Int] = [:]
        for override in element.elements where override.name == "w:lvlOverride" {
            guard let number = Self.number(override["w:ilvl"]) else { continue }
            if let level = override.first("w:lvl") { levels[number] = Level(level) }
            starts[number] = Self.number(override.first("w:startOverride")?["w:val"])
        }
        lists[id] = (definition, levels, starts)
    }

    fileprivate static func number(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) }
    }

    /// - Parameter styles: of the document, which may define lists.
    func list(_ id: String, _ styles: WordStyles) -> List? {
        guard let list = lists[id] else { return nil }
        var key = list.definition
        if let link = definitions[key]?.link {
            key = named[link] ?? styles.numbering(of: link).list.flatMap { lists[$0]?.definition } ?? key
        }
        guard let definition = definitions[key] else { return nil }
        return List(
            definition: key, levels: definition.levels.merging(list.levels) { $1 }, starts: list.starts)
    }
}

extension WordNumbering.Level {
    /// - Parameter element: `w:lvl`.
    fileprivate init(_ element: MarkupElement) {
        start = WordNumbering.number(element.first("w:start")?["w:val"]) ?? 0
        if let format = element.all("w:numFmt").first, let name = format["w:val"] {
            let custom = format["w:format"]?.split(separator: ",").first.map(String.init)
            self.format = WordNumberFormat(name: name, custom: custom)
        }
        text = element.first("w:lvlText")?["w:val"] ?? ""
        suffix = element.first("w:suff")?["w:val"] ?? "tab"
        isLegal = element.first("w:isLgl").map { !["0", "false", "off"].contains($0["w:val"] ?? "1") } ?? false
        restart = WordNumbering.number(element.first("w:lvlRestart")?["w:val"])
        style = element.first("w:pStyle")?["w:val"]
    }
}
