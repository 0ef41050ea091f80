import Archive
import History
import Prose

@testable import Sync

/// One for each decoder of bytes that come from elsewhere: from the network, from files, from the keyboard.
enum FuzzTargets {
    static let all: [String: @Sendable ([UInt8]) -> Void] = [
        "canonical": canonical, "revision": revision, "splices": splices, "entries": entries, "segment": segment,
        "message": message, "query": query, "decoder": decoder, "splitter": splitter, "frontmatter": frontMatter,
        "tokenizer": tokenizer, "merge": merge, "anchor": anchor, "diff": diff, "zip": zip,
        "html": html, "rtf": rtf, "pdf": pdf, "postings": postings,
    ]

    // MARK: Bytes from other replicas

    /// What is read is written as the same bytes.
    private static func canonical(_ input: [UInt8]) {
        guard let value = try? CanonicalValue(canonical: input) else { return }
        require(value.bytes == input, "canonical JSON is written in another form than it was read in")
    }

    private static func revision(_ input: [UInt8]) {
        guard let revision = try? Revision(canonicalBytes: input) else { return }
        let again = try? Revision(canonicalBytes: revision.canonicalBytes)
        require(again == revision, "a revision does not survive being written and read")
    }

    /// The first byte says where the input is cut into a base and splices.
    private static func splices(_ input: [UInt8]) {
        let (base, coded) = halves(input)
        if let splices = try? Splices.decode(coded) {
            require(Splices.encode(splices) == coded, "splices are written in another form than they were read in")
            _ = try? Splices.apply(splices, to: utf8(base))
        }
    }

    private static func entries(_ input: [UInt8]) {
        for count in 1...2 {
            let payload = Zstd.compress(input)
            let header = SegmentHeader(
                archive: ArchiveID(bytes: [UInt8](repeating: 1, count: 16))!,
                replica: ReplicaID(bytes: [UInt8](repeating: 2, count: 16))!,
                first: 1, last: Int64(count), previous: .empty, chain: .empty, payload: payload)
            _ = try? ZstdCodec().decode(LogSegment(header: header, payload: payload))
        }
    }

    private static func segment(_ input: [UInt8]) {
        let end = input.firstIndex(of: 0x0A) ?? input.count
        guard let header = try? SegmentHeader(line: input[..<end]) else { return }
        require(header.encode() == input[..<end] + [0x0A], "a header is written in another form than it was read in")
        _ = try? ZstdCodec().decode(LogSegment(header: header, payload: Array(input[end...].dropFirst())))
    }

    /// However the bytes arrive, the same parts come out.
    private static func message(_ input: [UInt8]) {
        let whole = parts(of: input, piece: input.count)
        require(
            whole == parts(of: input, piece: 1 + Int(input.first ?? 0) % 7), "a message reads differently in pieces")
        guard let line = whole.first else { return }
        if let request = try? SyncRequest(line: line) {
            require(
                (try? SyncRequest(line: request.encode())) == request,
                "a request does not survive being written and read")
        }
        if let response = try? SyncResponse(line: line) {
            require(
                (try? SyncResponse(line: response.encode())) == response,
                "a response does not survive being written and read")
        }
    }

    private static func parts(of input: [UInt8], piece: Int) -> [[UInt8]] {
        var parser = SyncMessageParser()
        var parts: [[UInt8]] = []
        do {
            for start in stride(from: 0, to: input.count, by: max(1, piece)) {
                input[start..<min(input.count, start + piece)].withUnsafeBytes { parser.append($0) }
                while let part = try parser.next() {
                    switch part {
                    case .line(let line): parts.append(line)
                    case .segment(let segment): parts.append(segment.bytes)
                    }
                }
            }
            try parser.finish()
        } catch {
            parts.append([])
        }
        return parts
    }

    // MARK: What people bring

    private static func query(_ input: [UInt8]) { _ = try? QueryParser.parse(String(decoding: input, as: UTF8.self)) }

    /// Whatever is decoded is UTF-8.
    private static func decoder(_ input: [UInt8]) {
        guard let decoded = try? TextDecoder.decode(input) else { return }
        require(isUTF8(decoded.bytes), "a decoded text is not UTF-8")
    }

    /// The cuts of a text are the text, and so are its sections.
    private static func splitter(_ input: [UInt8]) {
        let isMarkdown = (input.first ?? 0) & 1 == 1
        let text = utf8(input.dropFirst())
        let mode: SplitMode = (input.first ?? 0) & 2 == 2 ? .markers : .auto
        guard let cuts = try? CompilationSplitter.cuts(in: text, mode: mode, isMarkdown: isMarkdown, fallbackTitle: "题")
        else { return }
        require(covers(cuts.map(\.range), text.count), "the cuts of a text are not the text")
        for cut in cuts { require(isUTF8(Array(text[cut.range])), "a text is cut inside a character") }
        let spans = SectionParser.bodyRanges(in: text, isMarkdown: isMarkdown).map(\.range)
        require(text.isEmpty || covers(spans, text.count), "the sections of a text are not the text")
        require(covers(Sentences.ranges(in: text), text.count), "the sentences of a text are not the text")
    }

    private static func frontMatter(_ input: [UInt8]) { _ = FrontMatter.parse(utf8(input)) }

    /// Tokens stand in order, apart, within the text.
    private static func tokenizer(_ input: [UInt8]) {
        var last = 0
        input.withUnsafeBufferPointer { buffer in
            CJKTokenizer.tokenize(buffer) { _, _, range in
                require(
                    range.lowerBound >= last && range.upperBound <= input.count, "a token stands outside of its text")
                last = range.upperBound
                return true
            }
        }
        let (text, term) = halves(input)
        let phrases = Phrase(String(decoding: term, as: UTF8.self)).map { [$0] } ?? []
        let snippet = Snippet.make(text: utf8(text), phrases: phrases)
        let length = snippet.text.unicodeScalars.count
        require(snippet.highlights.allSatisfy { $0.upperBound <= length }, "a highlight stands outside of its snippet")
    }

    // MARK: What is computed from texts

    /// Neither the order of the sides nor a side without changes matters, and a clean merge is UTF-8.
    private static func merge(_ input: [UInt8]) {
        let (first, rest) = halves(input)
        let (second, third) = halves(Array(rest))
        let (base, left, right) = (utf8(first), utf8(second), utf8(third))
        let merged = TextMerge.merge(base: base, sides: [left, right])
        let other = TextMerge.merge(base: base, sides: [right, left])
        require(
            merged.text == other.text && merged.isClean == other.isClean, "a merge depends on the order of its sides")
        require(isUTF8(merged.text), "a merge is not UTF-8")
        for hunk in merged.conflicts {
            require(Array(base[hunk.baseRange]) == hunk.base, "a conflict does not quote its base")
            require(Array(left[hunk.sideRanges[0]]) == hunk.sides[0], "a conflict does not quote its side")
        }
        require(
            TextMerge.merge(base: base, sides: [left, base]) == TextMergeResult(text: left, conflicts: []),
            "an unchanged side changes a merge")
    }

    private static func anchor(_ input: [UInt8]) {
        let (first, second) = halves(input)
        let (old, new) = (utf8(first), utf8(second))
        let length = CodePoints.count(old)
        guard length > 0 else { return }
        let start = Int(input.last ?? 0) % length
        let end = min(length, start + 1 + Int(input.first ?? 0) % 40)
        let range =
            CodePoints.byteOffset(ofCodePoint: start, in: old)!..<CodePoints.byteOffset(ofCodePoint: end, in: old)!
        let anchor = Anchoring.resolve(Passage(range: range), from: old, to: new)
        if let place = anchor.range {
            require(place.upperBound <= new.count && isUTF8(Array(new[place])), "an anchor stands outside of its text")
            if anchor.state == .exact || anchor.state == .moved {
                require(!place.isEmpty, "a passage was found as nothing")
            }
        } else {
            require(anchor.state == .orphan, "a passage that was found has no place")
        }
    }

    /// A text and the splices to another give the other.
    private static func diff(_ input: [UInt8]) {
        let (first, second) = halves(input)
        let (old, new) = (utf8(first), utf8(second))
        let splices = Splices.between(old, new)
        require((try? Splices.apply(splices, to: old)) == new, "splices do not give what they were made for")
        require(
            (try? Splices.decode(Splices.encode(splices))) == splices, "splices do not survive being written and read")
    }

    // MARK: Inputs

    private static func halves(_ input: [UInt8]) -> ([UInt8], [UInt8]) {
        guard let first = input.first else { return ([], []) }
        let cut = input.count * Int(first) / 256
        return (Array(input[1..<max(1, cut)]), Array(input[max(1, cut)...]))
    }

    /// The bytes as UTF-8, with what is none replaced.
    static func utf8(_ bytes: some Collection<UInt8>) -> [UInt8] { Array(String(decoding: bytes, as: UTF8.self).utf8) }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    private static func covers(_ ranges: [Range<Int>], _ length: Int) -> Bool {
        var end = 0
        for range in ranges {
            guard range.lowerBound == end else { return false }
            end = range.upperBound
        }
        return end == length
    }
}
