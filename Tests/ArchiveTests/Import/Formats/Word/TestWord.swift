import Testing
import TestSupport

@testable import Archive
@testable import History

/// Word documents written part by part, as Word and WPS do.
struct TestWord {
    /// What is in `w:body`.
    var body = ""
    var numbering: String?
    var styles: String?
    var comments: String?
    var threads: String?
    var footnotes: String?
    /// What stands before the first element of the main part.
    var prolog = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"
    var namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    /// A paragraph of one run.
    static func paragraph(_ text: String, style: String? = nil, list: Int? = nil, level: Int? = nil) -> String {
        let numbered =
            (level.map { "<w:ilvl w:val=\"\($0)\"/>" } ?? "") + (list.map { "<w:numId w:val=\"\($0)\"/>" } ?? "")
        let properties =
            (style.map { "<w:pStyle w:val=\"\($0)\"/>" } ?? "")
            + (numbered.isEmpty ? "" : "<w:numPr>\(numbered)</w:numPr>")
        return "<w:p><w:pPr>\(properties)</w:pPr>\(run(text))</w:p>"
    }

    static func run(_ text: String) -> String { "<w:r><w:t xml:space=\"preserve\">\(text)</w:t></w:r>" }

    /// A level of a list.
    static func level(_ number: Int, _ format: String, _ text: String, start: Int = 1, _ more: String = "") -> String {
        "<w:lvl w:ilvl=\"\(number)\"><w:start w:val=\"\(start)\"/><w:numFmt w:val=\"\(format)\"/>\(more)<w:lvlText w:val=\"\(text)\"/></w:lvl>"
    }

    static func comment(_ id: Int, _ author: String, _ text: String, date: String = "2031-04-05T09:30:00Z") -> String {
        """
        <w:comment w:id="\(id)" w:author="\(author)" w:date="\(date)"><w:p w14:paraId="0000000\(id)"><w:r>\
        <w:annotationRef/></w:r>\(run(text))</w:p></w:comment>
        """
    }

    private static let main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    private func part(_ name: String, _ content: String) -> String {
        """
        \(prolog)<w:\(name) xmlns:w="\(namespace)" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" \
        xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" \
        xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" \
        xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">\(content)</w:\(name)>
        """
    }

    var bytes: [UInt8] {
        var parts = [("document", part("document", "<w:body>\(body)<w:sectPr/></w:body>"))]
        if let numbering { parts.append(("numbering", part("numbering", numbering))) }
        if let styles { parts.append(("styles", part("styles", styles))) }
        if let comments { parts.append(("comments", part("comments", comments))) }
        if let footnotes { parts.append(("footnotes", part("footnotes", footnotes))) }
        if let threads {
            parts.append(
                (
                    "commentsExtended",
                    part("comments", threads).replacing("<w:comments", with: "<w15:commentsEx").replacing(
                        "</w:comments", with: "</w15:commentsEx")
                ))
        }
        var zip = TestZip()
        let types = parts.map { "<Override PartName=\"/word/\($0.0).xml\" ContentType=\"\(Self.main).\($0.0)+xml\"/>" }
        zip.add(
            "[Content_Types].xml",
            """
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
            \(types.joined().replacing(".document+xml", with: ".document.main+xml"))</Types>
            """)
        let relation = { (name: String, target: String, type: String) in
            "<Relationship Id=\"\(name)\" Target=\"\(target)\" Type=\"\(type)\"/>"
        }
        let frame = { (content: String) in
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\(content)</Relationships>"
        }
        zip.add("_rels/.rels", frame(relation("main", "word/document.xml", "\(Self.office)/officeDocument")))
        let related = parts.dropFirst().map { relation($0.0, "\($0.0).xml", "\(Self.office)/\($0.0)") }
        zip.add("word/_rels/document.xml.rels", frame(related.joined()))
        for (name, content) in parts { zip.add("word/\(name).xml", content) }
        return zip.bytes
    }

    /// The text that comes of it.
    func text(_ tracked: TrackedChanges = .accept) throws -> String {
        var options = ImportOptions()
        options.tracked = tracked
        return String(decoding: try DocumentText(of: bytes, name: "a.docx", options: options).bytes, as: UTF8.self)
    }
}
