/// A program that makes text of documents, installed by the system's own means.
public enum Converter: String, CaseIterable, Sendable {
    case pandoc, pdftotext, libreoffice

    /// The Debian packages that hold it and what it needs for Chinese.
    public var package: String {
        switch self {
        case .pandoc: "pandoc"
        case .pdftotext: "poppler-utils poppler-data"
        case .libreoffice: "libreoffice-writer-nogui"
        }
    }

    /// The names that the program may have.
    var programs: [String] { self == .libreoffice ? ["soffice", "libreoffice"] : [rawValue] }

    /// Arguments with which it reads the document from standard input and writes UTF-8 to standard output.
    ///
    /// pandoc writes Markdown with `#` headings, a paragraph a line, and nothing of HTML: a table too rich for Markdown is drawn
    /// as a grid, where GitHub's Markdown would drop its words or fill the text with tags. `--sandbox` (pandoc 2.15) keeps it
    /// from other files and the network. pdftotext writes in reading order, columns one after another.
    func arguments(for format: SourceFormat) -> [String] {
        switch self {
        case .pandoc:
            return [
                "--sandbox", "--standalone", "--wrap=none", "--markdown-headings=atx", "--from=\(format.rawValue)",
                "--to=markdown" + Self.omittedExtensions.map { "-" + $0 }.joined(),
                // Versions differ in how far they indent lists, but not with this. Code is fenced, which it would spoil otherwise.
            ] + (format == .html ? ["--tab-stop=2"] : [])
        case .pdftotext:
            return ["-q", "-enc", "UTF-8", "-eol", "unix", "-", "-"]
        case .libreoffice:
            // It reads and writes files only.
            return []
        }
    }

    /// How to ask it for its version.
    var versionArgument: String { self == .pdftotext ? "-v" : "--version" }

    /// What pandoc's Markdown has over that of others: kept out, so that the text is plain to read and to search.
    private static let omittedExtensions = [
        "raw_html", "native_divs", "native_spans", "fenced_divs", "bracketed_spans", "header_attributes",
        "link_attributes",
        "smart", "simple_tables", "multiline_tables", "raw_attribute", "raw_tex", "tex_math_dollars", "citations",
        "example_lists", "fancy_lists", "definition_lists", "line_blocks", "fenced_code_attributes",
        "inline_code_attributes",
        "implicit_figures", "superscript", "subscript",
    ]
}
