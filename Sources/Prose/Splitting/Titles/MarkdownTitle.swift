/// The words of a line of Markdown.
package enum MarkdownTitle {
    /// `line` without emphasis, links, pictures, notes, code marks and escapes: what a reader sees of it.
    package static func plain(_ line: String) -> String {
        var reader = Reader(scalars: Array(line.unicodeScalars))
        return reader.read()
    }

    private struct Reader {
        let scalars: [Unicode.Scalar]
        private var index = 0
        private var result: [Unicode.Scalar] = []

        init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

        mutating func read() -> String {
            while index < scalars.count { step() }
            while let last = result.last, isBlank(last) { result.removeLast() }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: result.drop { isBlank($0) })
            return String(view)
        }

        private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
            scalar == " " || scalar == "\t" || scalar == "\u{3000}"
        }

        private mutating func step() {
            let scalar = scalars[index]
            switch scalar {
            case "\\" where index + 1 < scalars.count && isPunctuation(scalars[index + 1]):
                result.append(scalars[index + 1])
                index += 2
            case "!" where peek(1) == "[" && link(at: index + 1) != nil: index = link(at: index + 1)!.end
            case "[" where peek(1) == "^": index = close("]", from: index + 1).map { $0 + 1 } ?? skipOne(scalar)
            case "[":
                guard let link = link(at: index) else { return take(scalar) }
                result += Array(
                    MarkdownTitle.plain(String(String.UnicodeScalarView(scalars[link.text]))).unicodeScalars)
                index = link.end
            case "^":
                // A note's mark, raised: `^[1](#n1)^`, `^1^`.
                guard let end = close("^", from: index + 1), end - index <= 60 else { return take(scalar) }
                index = end + 1
            case "*", "`": index += 1
            case "_" where isEdge(index): index += 1
            case "~" where peek(1) == "~": index += 2
            default: take(scalar)
            }
        }

        private mutating func take(_ scalar: Unicode.Scalar) {
            result.append(scalar)
            index += 1
        }

        private mutating func skipOne(_ scalar: Unicode.Scalar) -> Int {
            result.append(scalar)
            return index + 1
        }

        private func peek(_ offset: Int) -> Unicode.Scalar? {
            index + offset < scalars.count ? scalars[index + offset] : nil
        }

        private func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
            scalar.isASCII && !scalar.properties.isAlphabetic && scalar.properties.numericType == nil
                && scalar.value > 0x20
        }

        /// Whether an underscore opens or closes emphasis rather than joins words.
        private func isEdge(_ at: Int) -> Bool {
            func isWord(_ index: Int) -> Bool {
                scalars.indices.contains(index)
                    && (scalars[index].properties.isAlphabetic || scalars[index].properties.numericType != nil)
            }
            return !isWord(at - 1) || !isWord(at + 1)
        }

        private func close(_ scalar: Unicode.Scalar, from start: Int) -> Int? {
            scalars[min(start, scalars.count)...].prefix(400).firstIndex(of: scalar)
        }

        /// `[text](target)` at `start`, the text without its brackets.
        private func link(at start: Int) -> (text: Range<Int>, end: Int)? {
            var depth = 0
            var at = start
            while at < scalars.count, at - start < 400 {
                if scalars[at] == "\\" {
                    at += 1
                } else if scalars[at] == "[" {
                    depth += 1
                } else if scalars[at] == "]" {
                    depth -= 1
                }
                if depth == 0 { break }
                at += 1
            }
            guard depth == 0, at + 1 < scalars.count, scalars[at + 1] == "(", let end = close(")", from: at + 2) else {
                return nil
            }
            return (start + 1..<at, end + 1)
        }
    }
}
