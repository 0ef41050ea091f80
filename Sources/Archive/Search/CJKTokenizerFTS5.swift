import GRDB

/// `CJKTokenizer` for SQLite's FTS5: `tokenize='archivectl'` on a connection that has it (`Database.add(tokenizer:)`).
public final class ArchiveTokenizer: FTS5CustomTokenizer {
    public static let name = "archivectl"

    public init(db: Database, arguments: [String]) throws {
        guard arguments.isEmpty else {
            throw DatabaseError(
                resultCode: .SQLITE_ERROR, message: "the tokenizer “archivectl” takes no arguments; leave them out")
        }
    }

    public func tokenize(
        context: UnsafeMutableRawPointer?, tokenization: FTS5Tokenization, pText: UnsafePointer<CChar>?, nText: CInt,
        tokenCallback: @escaping FTS5TokenCallback
    ) -> CInt {
        guard let pText, nText > 0 else { return 0 }
        let size = Int(nText)
        return pText.withMemoryRebound(to: UInt8.self, capacity: size) { bytes in
            var status: CInt = 0
            CJKTokenizer.tokenize(UnsafeBufferPointer(start: bytes, count: size)) { token, range in
                guard let start = token.baseAddress else { return true }
                status = start.withMemoryRebound(to: CChar.self, capacity: token.count) {
                    tokenCallback(context, 0, $0, CInt(token.count), CInt(range.lowerBound), CInt(range.upperBound))
                }
                return status == 0
            }
            return status
        }
    }
}
