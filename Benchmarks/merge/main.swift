import Foundation
import History
import Prose

struct Sample {
    let name: String
    let text: [Unicode.Scalar]
    /// The sentences that occur once.
    let sentences: [Range<Int>]

    init(name: String, bytes: [UInt8]) {
        self.name = name
        text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var position = 0
        var places: [[UInt8]: [Range<Int>]] = [:]
        for range in Sentences.ranges(in: bytes) {
            let length = String(decoding: bytes[range], as: UTF8.self).unicodeScalars.count
            places[Array(bytes[range]), default: []].append(position..<position + length)
            position += length
        }
        sentences = places.values.filter { $0.count == 1 }.map { $0[0] }.sorted { $0.lowerBound < $1.lowerBound }
    }
}

extension Sample {
    /// The paragraphs, with their line ends.
    var lines: [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        for (index, scalar) in text.enumerated() where scalar == "\n" {
            lines.append(start..<index + 1)
            start = index + 1
        }
        return start < text.count ? lines + [start..<text.count] : lines
    }
}

struct Tally {
    var pairs = 0, conflicts = 0, due = 0, wrong = 0, apart = 0, apartConflicts = 0, gitConflicts = 0,
        diff3Conflicts = 0
    var examples: [String] = []
}

let arguments = CommandLine.arguments
let folder = URL(fileURLWithPath: arguments[1])
let rounds = arguments.count > 2 ? Int(arguments[2])! : 20
let comparesTools = !arguments.contains("--alone")
let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("merge-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)

let proses = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    .sorted { $0.path < $1.path }
    .compactMap { file -> Sample? in
        guard let data = try? Data(contentsOf: file), String(validating: data, as: UTF8.self) != nil else { return nil }
        let prose = Sample(name: file.lastPathComponent, bytes: [UInt8](data))
        return prose.sentences.count >= 20 ? prose : nil
    }
/// Sentences to put into a text: those of all others, as one of its own would be a move.
func stock(except name: String) -> [[Unicode.Scalar]] {
    let own = proses.filter { $0.name == name }.flatMap { prose in prose.sentences.map { Array(prose.text[$0]) } }
    return proses.filter { $0.name != name }
        .flatMap { prose in prose.sentences.filter { $0.count >= 8 }.map { Array(prose.text[$0]) } }
        .filter { sentence in !own.contains(sentence) }
}

let stocks = Dictionary(uniqueKeysWithValues: proses.map { ($0.name, stock(except: $0.name)) })

func run(_ tool: [String]) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = tool
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try! process.run()
    process.waitUntilExit()
    return process.terminationStatus
}

func toolsConflict(_ base: [UInt8], _ left: [UInt8], _ right: [UInt8]) -> (git: Bool, diff3: Bool) {
    let files = ["base", "left", "right"].map { scratch.appendingPathComponent($0) }
    for (file, text) in zip(files, [base, left, right]) { try! Data(text).write(to: file) }
    let (b, l, r) = (files[0].path, files[1].path, files[2].path)
    return (run(["git", "merge-file", "-p", l, b, r]) != 0, run(["diff3", "-m", l, b, r]) != 0)
}

@MainActor func measure(_ kinds: [RandomEdits.Kind], edits count: Int, seed: UInt64) -> Tally {
    var tally = Tally()
    var random = RandomEdits(seed: seed)
    for prose in proses {
        random.stock = stocks[prose.name]!
        for round in 0..<rounds {
            let left = random.side(prose.text, prose.sentences, count: count, kinds: kinds)
            let right = random.side(prose.text, prose.sentences, count: count, kinds: kinds)
            let base = prose.text.utf8
            let sides = [left, right].map { RandomEdits.apply($0, to: prose.text).utf8 }
            let merged = TextMerge.merge(base: base, sides: sides)
            let isApart = !left.contains { edit in right.contains { $0.touches(edit) } }
            tally.pairs += 1
            if isApart { tally.apart += 1 }
            let expected = RandomEdits.union(left, right, of: prose.text)?.utf8
            if expected == nil { tally.due += 1 }
            if merged.isClean {
                if merged.text != expected {
                    tally.wrong += 1
                    if tally.examples.count < 3 {
                        tally.examples.append(explain(prose, round, left, right, merged.text, expected))
                    }
                }
            } else {
                tally.conflicts += 1
                if isApart { tally.apartConflicts += 1 }
            }
            if comparesTools {
                let tools = toolsConflict(base, sides[0], sides[1])
                if tools.git { tally.gitConflicts += 1 }
                if tools.diff3 { tally.diff3Conflicts += 1 }
            }
        }
    }
    return tally
}

func explain(
    _ prose: Sample, _ round: Int, _ left: [RandomEdits.Edit], _ right: [RandomEdits.Edit], _ text: [UInt8],
    _ expected: [UInt8]?
) -> String {
    func show(_ edit: RandomEdits.Edit) -> String {
        let around = max(0, edit.range.lowerBound - 12)..<min(prose.text.count, edit.range.upperBound + 12)
        func string(_ range: Range<Int>) -> String {
            String(decoding: Array(prose.text[range]).utf8, as: UTF8.self).debugDescription
        }
        return
            "\(edit.range) \(string(around.lowerBound..<edit.range.lowerBound)) [\(string(edit.range)) -> \(String(decoding: edit.new.utf8, as: UTF8.self).debugDescription)] \(string(edit.range.upperBound..<around.upperBound))"
    }
    var lines = ["\(prose.name), round \(round):"]
    lines += left.map { "  left  " + show($0) } + right.map { "  right " + show($0) }
    if let expected {
        for change in Diff.byCharacter(expected, text) {
            let place = max(0, change.baseRange.lowerBound - 30)..<min(expected.count, change.baseRange.upperBound + 30)
            lines.append(
                "  expected …\(String(decoding: expected[place], as: UTF8.self).debugDescription)… got \(String(decoding: text[change.newRange], as: UTF8.self).debugDescription)"
            )
        }
    } else {
        lines.append("  expected a conflict")
    }
    return lines.joined(separator: "\n")
}

func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "–" : String(format: "%5.1f %%", 100 * Double(part) / Double(whole))
}
func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

print("\(proses.count) texts, \(rounds) pairs each")
var wrong = 0
@MainActor func report(_ name: String, _ kinds: [RandomEdits.Kind], edits: Int) {
    let tally = measure(kinds, edits: edits, seed: 2026)
    var line =
        "\(padded(name, 34)) conflicts \(percent(tally.conflicts, of: tally.pairs)), due \(percent(tally.due, of: tally.pairs)); of edits apart \(percent(tally.apartConflicts, of: tally.apart)); wrong \(tally.wrong)"
    if comparesTools {
        line +=
            "; git merge-file \(percent(tally.gitConflicts, of: tally.pairs)), diff3 \(percent(tally.diff3Conflicts, of: tally.pairs))"
    }
    print(line)
    for example in tally.examples { print(example) }
    wrong += tally.wrong
}
report("3 edits a side, all kinds", RandomEdits.Kind.allCases, edits: 3)
report("3 whole sentences a side", [.replace, .insert, .delete], edits: 3)
report("3 replaced sentences a side", [.replace], edits: 3)
report("3 inserted sentences a side", [.insert], edits: 3)
report("3 deleted sentences a side", [.delete], edits: 3)
report("3 edits inside sentences a side", [.words], edits: 3)
report("10 edits a side, all kinds", RandomEdits.Kind.allCases, edits: 10)

// One side moves a paragraph, the other edits three places: the edits must follow it, or conflict.
@MainActor func measureMoves(seed: UInt64) {
    var tally = Tally()
    var random = RandomEdits(seed: seed)
    for prose in proses {
        random.stock = stocks[prose.name]!
        let lines = prose.lines
        let movable = lines.indices.filter { lines[$0].count >= 20 }
        guard lines.count > 4, !movable.isEmpty else { continue }
        for _ in 0..<rounds {
            let line = movable[random.next(below: movable.count)]
            var order = Array(lines.indices)
            order.remove(at: line)
            order.insert(line, at: random.next(below: lines.count))
            let edits = random.side(prose.text, prose.sentences, count: 3, kinds: [.words, .replace])
                // What makes or unmakes a paragraph, or edits a whole one, has no one place to follow to.
                .filter { edit in
                    !edit.new.contains("\n")
                        && lines.contains {
                            $0.lowerBound < edit.range.lowerBound && edit.range.upperBound < $0.upperBound
                        }
                }
            func edited(_ line: Range<Int>) -> [Unicode.Scalar] {
                let own = edits.filter {
                    line.lowerBound <= $0.range.lowerBound && $0.range.upperBound <= line.upperBound
                }
                .map {
                    RandomEdits.Edit(
                        range: $0.range.lowerBound - line.lowerBound..<$0.range.upperBound - line.lowerBound,
                        new: $0.new)
                }
                return RandomEdits.apply(own, to: Array(prose.text[line]))
            }
            let moved = order.flatMap { prose.text[lines[$0]] }.utf8
            let merged = TextMerge.merge(
                base: prose.text.utf8, sides: [moved, RandomEdits.apply(edits, to: prose.text).utf8])
            tally.pairs += 1
            if !edits.contains(where: { lines[line].contains($0.range.lowerBound) }) { tally.apart += 1 }
            if !merged.isClean {
                tally.conflicts += 1
            } else if merged.text != order.flatMap({ edited(lines[$0]) }).utf8 {
                tally.wrong += 1
            }
        }
    }
    print(
        "\(padded("a moved paragraph, 3 edits", 34)) conflicts \(percent(tally.conflicts, of: tally.pairs)); the paragraph itself edited in \(percent(tally.pairs - tally.apart, of: tally.pairs)); wrong \(tally.wrong)"
    )
    wrong += tally.wrong
}
measureMoves(seed: 2026)

// Time: an essay of 100 kB.
var long: [Unicode.Scalar] = []
var bytes = 0
for sentence in stock(except: "") where bytes < 100_000 { long += sentence; bytes += sentence.utf8.count }
let essay = Sample(name: "100 kB", bytes: long.utf8)
var random = RandomEdits(seed: 7)
random.stock = stock(except: "")
var times: [Double] = []
for _ in 0..<20 {
    let sides = (0..<2).map { _ in
        RandomEdits.apply(
            random.side(essay.text, essay.sentences, count: 30, kinds: RandomEdits.Kind.allCases), to: essay.text
        ).utf8
    }
    let base = essay.text.utf8
    let start = ContinuousClock.now
    _ = TextMerge.merge(base: base, sides: sides)
    times.append(Double((ContinuousClock.now - start) / .microseconds(1)) / 1000)
}
times.sort()
print(
    String(
        format: "%d bytes, 30 edits a side: median %.1f ms, most %.1f ms", essay.text.utf8.count, times[10], times[19]))
try? FileManager.default.removeItem(at: scratch)
exit(wrong == 0 ? 0 : 1)
