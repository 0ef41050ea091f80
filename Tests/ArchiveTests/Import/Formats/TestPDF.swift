/// Small PDF files (ISO 32000-1) whose text has no font but says what its characters are.
enum TestPDF {
    struct Page {
        fileprivate var lines: [(x: Int, y: Int, text: String)] = []
        private var y = 780

        mutating func line(_ text: String, x: Int = 84) {
            lines.append((x, y, text))
            y -= 20
        }

        /// At the foot.
        mutating func number(_ text: String) { lines.append((290, 40, text)) }
    }

    /// Lines of so many characters.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        let characters = Array(text)
        return stride(from: 0, to: characters.count, by: width).map {
            String(characters[$0..<min($0 + width, characters.count)])
        }
    }

    static func file(_ pages: [Page]) throws -> [UInt8] {
        let characters = Set(pages.flatMap(\.lines).flatMap { $0.text.utf16 }).sorted()
        let codes = Dictionary(uniqueKeysWithValues: characters.enumerated().map { ($1, $0 + 1) })
        let map = characters.map { "<\(hex(codes[$0]!))> <\(hex(Int($0)))>" }.joined(separator: "\n")
        let unicode = """
            /CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def
            1 begincodespacerange <0000> <FFFF> endcodespacerange
            \(characters.count) beginbfchar\n\(map)\nendbfchar endcmap end end
            """
        var objects = [
            "<</Type/Catalog/Pages 2 0 R>>", "",
            "<</Type/Font/Subtype/Type0/BaseFont/T/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>",
            "<</Type/Font/Subtype/CIDFontType0/BaseFont/T/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 5 0 R/DW 1000>>",
            "<</Type/FontDescriptor/FontName/T/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
            stream(unicode),
        ]
        var kids: [Int] = []
        for page in pages {
            let text = page.lines.map {
                "1 0 0 1 \($0.x) \($0.y) Tm <\($0.text.utf16.map { hex(codes[$0]!) }.joined())> Tj"
            }.joined(separator: "\n")
            objects.append(stream("BT /F 12 Tf\n\(text)\nET"))
            objects.append(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents \(objects.count) 0 R>>"
            )
            kids.append(objects.count)
        }
        objects[1] = "<</Type/Pages/Count \(kids.count)/Kids[\(kids.map { "\($0) 0 R" }.joined(separator: " "))]>>"
        return Array(assembled(objects).utf8)
    }

    private static func assembled(_ objects: [String]) -> String {
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { file += String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n" }
        return file + "trailer<</Size \(objects.count + 1)/Root 1 0 R>>\nstartxref\n\(table)\n%%EOF"
    }

    private static func stream(_ content: String) -> String {
        "<</Length \(content.utf8.count)>>stream\n\(content)\nendstream"
    }

    private static func hex(_ value: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
