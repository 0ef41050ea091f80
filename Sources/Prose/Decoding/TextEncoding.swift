/// An encoding that an imported file may be in. The raw value is the IANA name (RFC 2978), in lower case.
public enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case gb18030
    case big5HKSCS = "big5-hkscs"
    case shiftJIS = "shift_jis"
    case eucJP = "euc-jp"
    case eucKR = "euc-kr"
    case windows1252 = "windows-1252"

    /// The encoding a person means by `name`: case, hyphens, underscores, blanks and dots do not matter, and a subset or
    /// vendor name means the encoding that contains it ("gbk", "GB2312" → GB18030; "utf16" → little-endian, as Windows
    /// writes it, unless a byte order mark says otherwise). Nil for a name that means none of them.
    public init?(name: String) {
        let key = String(decoding: name.lowercased().utf8.filter { !"-_ .".utf8.contains($0) }, as: UTF8.self)
        guard let encoding = Self.aliases[key] else { return nil }
        self = encoding
    }

    private static let aliases: [String: TextEncoding] = [
        "utf8": .utf8, "unicode": .utf16LittleEndian, "ascii": .utf8, "usascii": .utf8, "utf8bom": .utf8,
        "utf8sig": .utf8,
        "utf16": .utf16LittleEndian, "utf16le": .utf16LittleEndian, "ucs2": .utf16LittleEndian,
        "utf16be": .utf16BigEndian,
        "gb18030": .gb18030, "gbk": .gb18030, "gb2312": .gb18030, "cp936": .gb18030, "936": .gb18030, "gb": .gb18030,
        "euccn": .gb18030, "windows936": .gb18030, "ms936": .gb18030,
        "big5": .big5HKSCS, "big5hkscs": .big5HKSCS, "cp950": .big5HKSCS, "950": .big5HKSCS, "windows950": .big5HKSCS,
        "hkscs": .big5HKSCS,
        "shiftjis": .shiftJIS, "sjis": .shiftJIS, "cp932": .shiftJIS, "932": .shiftJIS, "windows31j": .shiftJIS,
        "ms932": .shiftJIS, "mskanji": .shiftJIS,
        "eucjp": .eucJP, "ujis": .eucJP, "eucjpms": .eucJP,
        "euckr": .eucKR, "cp949": .eucKR, "949": .eucKR, "uhc": .eucKR, "ksc5601": .eucKR, "windows949": .eucKR,
        "windows1252": .windows1252, "cp1252": .windows1252, "1252": .windows1252, "latin1": .windows1252,
        "iso88591": .windows1252, "ansi": .windows1252,
    ]

    /// The name glibc's iconv knows. The Windows supersets stand in for Shift_JIS, EUC-JP and EUC-KR, since files in the wild use
    /// them and the plain tables would turn `\` into a yen sign.
    var iconvName: String {
        switch self {
        case .utf8: "UTF-8"
        case .utf16LittleEndian: "UTF-16LE"
        case .utf16BigEndian: "UTF-16BE"
        case .gb18030: "GB18030"
        case .big5HKSCS: "BIG5-HKSCS"
        case .shiftJIS: "CP932"
        case .eucJP: "EUC-JP-MS"
        case .eucKR: "UHC"
        case .windows1252: "CP1252"
        }
    }

    var isUTF16: Bool { self == .utf16LittleEndian || self == .utf16BigEndian }

    /// The byte order mark (Unicode 16.0, §23.8) that files in this encoding may begin with.
    var byteOrderMark: [UInt8] {
        switch self {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .utf16LittleEndian: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        case .gb18030: [0x84, 0x31, 0x95, 0x33]
        default: []
        }
    }
}
