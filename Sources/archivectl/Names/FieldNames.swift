import Archive
import History
import Prose

/// The names of an essay's fields on the command line.
///
/// A person may set fields of any name. One that is nearly a usual name is far more often a slip, which nobody would notice: the
/// essay would have a `titel` beside its title. So it takes `--force`.
enum FieldNames {
    private static let usual = [
        FieldKey.title, FieldKey.author, FieldKey.date, FieldKey.language, FieldKey.mediaType, FieldKey.tags,
    ].map(\.string)

    /// What people call the usual fields in Chinese.
    private static let translated = [
        "标题": "title", "標題": "title", "题目": "title", "題目": "title", "作者": "author", "日期": "date", "时间": "date",
        "時間": "date",
        "语言": "language", "語言": "language", "标签": "tags", "標籤": "tags",
    ]

    /// A change of one field: `KEY=VALUE`, or `KEY=`, which removes it.
    struct Change {
        let key: ExactString
        /// `nil` to remove the field.
        let value: String?

        /// - Throws: `CommandError` if the argument is none, or its value is not one of this field.
        init(_ argument: String) throws {
            guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
                throw CommandError(
                    .usage, "'\(argument)' is not KEY=VALUE", advice: "For example title=论水; `KEY=` removes a field")
            }
            key = ExactString(String(argument[..<equals]))
            let text = String(argument[argument.index(after: equals)...])
            value = text.isEmpty ? nil : text
            guard key != FieldKey.tags else { throw FieldNames.tagsError }
            guard key != FieldKey.title || !text.allSatisfy(\.isWhitespace) else {
                throw CommandError(
                    .usage, "an essay needs a title; nothing was changed", advice: "Give the new one: title=TITLE")
            }
            guard key != FieldKey.date || text.isEmpty || WrittenDate.milliseconds(text) != nil else {
                throw CommandError(
                    .usage, "'\(text)' is not a date; nothing was changed",
                    advice: "Give a year, a month or a day: 2026, 2026-05 or 2026-05-01; `date=` removes it")
            }
        }
    }

    private static var tagsError: CommandError {
        CommandError(
            .usage, "tags are not set as a field; nothing was changed",
            advice: "`archivectl tag ESSAY TAG…` adds tags, and --remove TAG removes one")
    }

    /// - Parameter present: the fields that the essay has.
    /// - Throws: `CommandError` if the name is a usual one misspelled. One that the essay has may be changed and removed.
    static func check(_ key: ExactString, present: Fields) throws {
        let name = key.string
        guard !usual.contains(where: { $0.utf8.elementsEqual(name.utf8) }), present[key] == nil,
            let near = translated[name] ?? Mistyped.nearest(name, in: usual)
        else { return }
        guard near != FieldKey.tags.string else { throw tagsError }
        throw CommandError(
            .usage, "there is no field '\(name)' yet; nothing was changed",
            advice: "Did you mean \(near)=? To add a field of that name: --force")
    }
}

/// The tags that a person gave.
/// - Throws: `CommandError` if one is empty.
func givenTags(_ tags: [String]) throws -> [ExactString] {
    guard !tags.contains(where: { $0.allSatisfy(\.isWhitespace) }) else {
        throw CommandError(.usage, "a tag is empty; nothing was changed")
    }
    return tags.map { ExactString($0) }
}
