/// Text of a file, decoded.
public struct DecodedText: Sendable, Equatable {
    /// Valid UTF-8 without a byte order mark.
    public var bytes: [UInt8]
    /// What the file was in.
    public var encoding: TextEncoding
    /// Whether the file began with a byte order mark; it is not part of `bytes`.
    public var hadByteOrderMark: Bool

    public init(bytes: [UInt8], encoding: TextEncoding, hadByteOrderMark: Bool) {
        self.bytes = bytes
        self.encoding = encoding
        self.hadByteOrderMark = hadByteOrderMark
    }
}

/// Why some bytes are not text that can be imported.
public struct TextDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// Not text at all; the value names the format where it is known ("a PNG image").
        case binary(String)
        /// Not valid in the encoding that was given or that a byte order mark claims.
        case invalid(TextEncoding)
        /// Found to be in this encoding, but a few bytes are not valid in it.
        case damaged(TextEncoding)
        /// In an encoding that is not read, which the value names.
        case foreign(String)
        /// No encoding makes plausible text of it.
        case undetermined
        /// This system's iconv has no table for the encoding.
        case unsupported(TextEncoding)
    }

    public var reason: Reason
    /// Where decoding breaks, in bytes from the start of the file, where that is known.
    public var offset: Int?
    /// An encoding that would have been taken if none had been named, for the person to try.
    public var bestGuess: TextEncoding?

    public var description: String {
        let place = offset.map { " at byte \($0)" } ?? ""
        return switch reason {
        case .binary(let kind): "not text but \(kind)\(place)"
        case .invalid(let encoding): "not valid \(encoding.rawValue)\(place)"
        case .damaged(let encoding): "looks like \(encoding.rawValue) but is damaged\(place)"
        case .foreign(let name): "it is in \(name), which is not read"
        case .undetermined: "cannot tell the encoding: not valid UTF-8\(place)"
        case .unsupported(let encoding): "this system cannot decode \(encoding.rawValue)"
        }
    }

    /// Of what holds NUL, which no text does.
    package static func binary(at offset: Int?) -> TextDecodingError {
        TextDecodingError(reason: .binary("binary data"), offset: offset, bestGuess: nil)
    }
}

/// Turns the bytes of a file into UTF-8, strictly: it fails rather than put a replacement character anywhere.
public enum TextDecoder {
    /// Decodes `data`, as `encoding` if given, else as what it is found to be.
    ///
    /// Found in this order: a byte order mark; strict UTF-8 without NUL (returned as it is, not copied); else the encoding
    /// whose strict decoding has the largest share of frequent characters, less a penalty for private-use, control and
    /// unassigned ones.
    /// - Throws: `TextDecodingError` with the offset at which decoding breaks and the best guess.
    public static func decode(_ data: [UInt8], as encoding: TextEncoding? = nil) throws(TextDecodingError)
        -> DecodedText
    {
        let decoded = if let encoding { try decode(data, given: encoding) } else { try find(data) }
        if decoded.bytes.contains(0) { throw .binary(at: firstNUL(in: data, decoded.encoding)) }
        return decoded
    }

    /// Where a character is NUL, in bytes.
    private static func firstNUL(in data: [UInt8], _ encoding: TextEncoding) -> Int? {
        guard encoding.isUTF16 else { return data.firstIndex(of: 0) }
        return stride(from: 0, to: data.count - 1, by: 2).first { data[$0] == 0 && data[$0 + 1] == 0 }
    }

    /// Decodes as `encoding`; a byte order mark of UTF-16 says in which order, as U+FFFE is no character.
    private static func decode(_ data: [UInt8], given encoding: TextEncoding) throws(TextDecodingError) -> DecodedText {
        guard encoding.isUTF16 else { return try decode(data, strictlyAs: encoding) }
        if let name = ForeignEncoding.marked(data) {
            throw TextDecodingError(reason: .foreign(name), offset: nil, bestGuess: nil)
        }
        let marked = byteOrderMark(of: data)
        return try decode(data, strictlyAs: marked?.isUTF16 == true ? marked! : encoding)
    }

    private static func find(_ data: [UInt8]) throws(TextDecodingError) -> DecodedText {
        if data.isEmpty { return DecodedText(bytes: [], encoding: .utf8, hadByteOrderMark: false) }
        if let name = ForeignEncoding.marked(data) {
            throw TextDecodingError(reason: .foreign(name), offset: nil, bestGuess: nil)
        }
        if let marked = byteOrderMark(of: data) { return try decode(data, strictlyAs: marked) }
        let broken = UTF8Validation.firstInvalidByte(in: data)
        let hasNUL = data.contains(0)
        if let kind = BinaryFormat.name(of: data) {
            throw TextDecodingError(reason: .binary(kind), offset: nil, bestGuess: nil)
        }
        if broken == nil, !hasNUL {
            if let name = ForeignEncoding.escaped(data) {
                throw TextDecodingError(reason: .foreign(name), offset: nil, bestGuess: nil)
            }
            return DecodedText(bytes: data, encoding: .utf8, hadByteOrderMark: false)
        }
        return try detect(data, invalidUTF8At: broken, hasNUL: hasNUL)
    }

    private static func byteOrderMark(of data: [UInt8]) -> TextEncoding? {
        TextEncoding.allCases.first { !$0.byteOrderMark.isEmpty && data.starts(with: $0.byteOrderMark) }
    }

    private static func decode(_ data: [UInt8], strictlyAs encoding: TextEncoding) throws(TextDecodingError)
        -> DecodedText
    {
        let mark = encoding.byteOrderMark
        let hadMark = !mark.isEmpty && data.starts(with: mark)
        let skipped = hadMark ? mark.count : 0
        do {
            let body = hadMark ? Array(data[skipped...]) : data
            let bytes = try Transcoder.utf8(from: body, encoding: encoding)
            return DecodedText(bytes: bytes, encoding: encoding, hadByteOrderMark: hadMark)
        } catch {
            var error = error
            error.offset = error.offset.map { $0 + skipped }
            if case .invalid = error.reason, !hadMark { error.bestGuess = guess(data) }
            if error.bestGuess == encoding { error.bestGuess = nil }
            throw error
        }
    }

    private static func guess(_ data: [UInt8]) -> TextEncoding? {
        let broken = UTF8Validation.firstInvalidByte(in: data)
        if !data.contains(0), broken == nil || UTF8Validation.looksLikeDamagedUTF8(data, brokenAt: broken) {
            return .utf8
        }
        return Plausibility.choice(Plausibility.ranking(of: data))?.encoding
    }

    private static func detect(
        _ data: [UInt8], invalidUTF8At broken: Int?, hasNUL: Bool
    ) throws(TextDecodingError) -> DecodedText {
        let ranking = Plausibility.ranking(of: data)
        let looksDamaged = UTF8Validation.looksLikeDamagedUTF8(data, brokenAt: broken)
        if let choice = Plausibility.choice(ranking), choice.brokenAt == nil || !looksDamaged {
            return try decode(data, as: choice)
        }
        if hasNUL || BinaryFormat.looksBinary(data) {
            throw .binary(at: data.firstIndex(of: 0))
        }
        if looksDamaged { throw TextDecodingError(reason: .invalid(.utf8), offset: broken, bestGuess: nil) }
        throw TextDecodingError(reason: .undetermined, offset: broken, bestGuess: nil)
    }

    /// The ranking saw only a sample; the whole must be valid too.
    private static func decode(_ data: [UInt8], as choice: Plausibility.Candidate) throws(TextDecodingError)
        -> DecodedText
    {
        if let offset = choice.brokenAt {
            throw TextDecodingError(reason: .damaged(choice.encoding), offset: offset, bestGuess: nil)
        }
        do {
            let bytes = try Transcoder.utf8(from: data, encoding: choice.encoding)
            return DecodedText(bytes: bytes, encoding: choice.encoding, hadByteOrderMark: false)
        } catch {
            throw TextDecodingError(reason: .damaged(choice.encoding), offset: error.offset, bestGuess: nil)
        }
    }
}
