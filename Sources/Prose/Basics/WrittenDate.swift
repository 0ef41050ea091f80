/// A date as people write it into a field: `2024`, `2024-03`, `2024-03-15`, `2024/3/15`, `2024.3`, `2024年3月15日`, and any of
/// these with more behind it (a time).
public enum WrittenDate {
    /// The first moment of it, in milliseconds since 1970, UTC; `nil` if it is no date.
    public static func milliseconds(_ text: String) -> Int64? {
        var numbers: [Int] = [], digits = 0
        scan: for scalar in text.unicodeScalars {
            switch scalar {
            case "0"..."9":
                if digits == 0 { numbers.append(0) }
                digits += 1
                guard digits <= 4 else { return nil }
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(scalar.value - 0x30)
                continue
            case "-", "/", ".", "年", "月", "日":
                if digits == 0 || numbers.count == 3 { break scan }
                digits = 0
            default: break scan
            }
        }
        guard let year = numbers.first, year >= 1000 else { return nil }
        let month = numbers.count > 1 ? numbers[1] : 1, day = numbers.count > 2 ? numbers[2] : 1
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return Timestamp("\(year)-\(padded(month))-\(padded(day))T00:00:00.000Z")?.milliseconds
    }

    /// The same of a text that is nothing but a year, a month or a day; `nil` if it is more.
    public static func firstMoment(of text: String) -> Int64? {
        let isWhole = text.wholeMatch(of: /\d{4}年?|\d{4}[-\/.年]\d{1,2}月?|\d{4}[-\/.年]\d{1,2}[-\/.月]\d{1,2}日?/) != nil
        return isWhole ? milliseconds(text) : nil
    }
}
