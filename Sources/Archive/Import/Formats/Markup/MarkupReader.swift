import CXML
import History

/// Reads XML piece by piece, or HTML after it was parsed, through libxml2.
///
/// A hostile document costs no more than its size: entities are not expanded, nothing else is opened, elements nest 256 deep at most
/// (libxml2's own limit), and a document that declares a type of its own is refused where the format has none.
final class MarkupReader: MarkupSource {
    private static let library: shim_xml? = {
        var library = shim_xml()
        return shim_xml_load(&library) != 0 ? library : nil
    }()

    // xmlreader.h, parser.h and HTMLparser.h. Names as there: recover, no errors and warnings printed, no network, no CDATA nodes,
    // compact.
    private static let xmlOptions: Int32 = 1 << 5 | 1 << 6 | 1 << 11 | 1 << 14 | 1 << 16
    private static let htmlOptions: Int32 = 1 << 0 | 1 << 5 | 1 << 6 | 1 << 11 | 1 << 16
    private enum NodeType {
        static let element: Int32 = 1
        static let text: Int32 = 3
        static let cdata: Int32 = 4
        static let doctype: Int32 = 10
        static let significantSpace: Int32 = 14
        static let space: Int32 = 13
        static let end: Int32 = 15
    }

    private let xml: shim_xml
    private let reader: UnsafeMutableRawPointer
    private let document: UnsafeMutableRawPointer?
    private let bytes: UnsafeMutableBufferPointer<CChar>
    private let names: MarkupNames
    private let refusesTypes: Bool
    /// The end of an element that is empty is an event of its own, which libxml2 does not give.
    private var pendingEnd: String?

    /// - Parameter refusesTypes: whether the format has no document types, so that one only ever serves to exhaust memory.
    /// - Throws: `ArchiveError` if libxml2 is not installed.
    init(xml document: [UInt8], names: MarkupNames = MarkupNames([:]), refusesTypes: Bool = true) throws {
        (xml, bytes) = (try Self.loaded(), Self.copy(document))
        self.names = names
        self.refusesTypes = refusesTypes
        self.document = nil
        guard let reader = xml.reader_for_memory(bytes.baseAddress, Int32(bytes.count), nil, nil, Self.xmlOptions)
        else {
            bytes.deallocate()
            throw Self.notMarkup
        }
        self.reader = reader
    }

    /// - Parameter page: in UTF-8.
    init(html page: [UInt8]) throws {
        (xml, bytes) = (try Self.loaded(), Self.copy(page))
        names = MarkupNames([:])
        refusesTypes = false
        let document = xml.html_read_memory(
            bytes.baseAddress, Int32(bytes.count), nil, "UTF-8", Self.htmlOptions)
        guard let document, let reader = xml.reader_walker(document) else {
            if let document { xml.free_doc(document) }
            bytes.deallocate()
            throw Self.notMarkup
        }
        self.document = document
        self.reader = reader
    }

    deinit {
        xml.free_reader(reader)
        if let document { xml.free_doc(document) }
        bytes.deallocate()
    }

    /// The next piece; `nil` at the end.
    /// - Throws: `ArchiveError` if it is not well-formed, or declares a document type in XML.
    func next() throws -> MarkupEvent? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name: name)
        }
        while true {
            switch xml.read(reader) {
            case 0: return nil
            case 1: if let event = try event() { return event }
            default: throw Self.notMarkup
            }
        }
    }

    private func event() throws -> MarkupEvent? {
        switch xml.node_type(reader) {
        case NodeType.element:
            let isEmpty = xml.is_empty(reader) == 1
            let tag = MarkupTag(name: name(), attributes: attributes())
            if isEmpty { pendingEnd = tag.name }
            return .start(tag)
        case NodeType.end: return .end(name: name())
        case NodeType.text, NodeType.cdata, NodeType.space, NodeType.significantSpace:
            return xml.value(reader).map { .text(String(cString: $0)) }
        case NodeType.doctype where refusesTypes:
            throw ArchiveError(
                .badInput, "it declares entities of its own, as one made to exhaust memory; it is not read")
        default: return nil
        }
    }

    private func attributes() -> [MarkupAttribute] {
        var attributes: [MarkupAttribute] = []
        while xml.move_to_next_attribute(reader) == 1 {
            let value = xml.value(reader).map { String(cString: $0) } ?? ""
            attributes.append(MarkupAttribute(name: name(), value: value))
        }
        _ = xml.move_to_element(reader)
        return attributes
    }

    private func name() -> String {
        guard let full = xml.name(reader) else { return "" }
        return names.name(full, local: xml.local_name(reader), namespace: xml.namespace_uri(reader))
    }

    private static var notMarkup: ArchiveError {
        ArchiveError(.badInput, "what it is made of is no well-formed XML", remedy: .getAgain)
    }

    private static func loaded() throws -> shim_xml {
        guard let library else {
            throw ArchiveError(
                .badInput, "reading it needs libxml2, which is not installed", remedy: .install(package: "libxml2"))
        }
        return library
    }

    private static func copy(_ bytes: [UInt8]) -> UnsafeMutableBufferPointer<CChar> {
        let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: max(bytes.count, 1))
        _ = copy.initialize(from: bytes.lazy.map { CChar(bitPattern: $0) })
        return UnsafeMutableBufferPointer(rebasing: copy[..<bytes.count])
    }
}

struct MarkupAttribute {
    let name: String
    var value: String
}

/// The beginning of an element.
struct MarkupTag {
    var name: String
    var attributes: [MarkupAttribute] = []

    subscript(_ attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }
}

/// Names of elements and attributes with the prefixes that a format usually has, whatever a document calls its namespaces.
final class MarkupNames {
    private struct Key: Hashable {
        let local: UnsafePointer<UInt8>?
        let namespace: UnsafePointer<UInt8>?
    }

    private let prefixes: [String: String]
    /// libxml2 keeps one copy of each name as long as its reader lives: of one reader, pointers tell names apart.
    private var known: [Key: String] = [:]

    /// - Parameter prefixes: for namespaces; other names stay as they are.
    init(_ prefixes: [String: String]) { self.prefixes = prefixes }

    fileprivate func name(
        _ full: UnsafePointer<UInt8>, local: UnsafePointer<UInt8>?, namespace: UnsafePointer<UInt8>?
    ) -> String {
        let key = Key(local: namespace == nil ? full : local, namespace: namespace)
        if let name = known[key] { return name }
        let prefix = namespace.flatMap { prefixes[String(cString: $0)] }
        let name =
            prefix.map { prefix in "\(prefix):" + (local.map { String(cString: $0) } ?? "") } ?? String(cString: full)
        known[key] = name
        return name
    }
}
