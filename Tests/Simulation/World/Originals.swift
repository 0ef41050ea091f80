import Archive
import Foundation

/// Files to import, in several forms each: what they say changes, and their names do not.
public final class Originals {
    private let folder: String
    private let names = ["短文.txt", "笔记.md", "汇编.txt"]
    private static let forms = 4

    /// Writes the files into a folder that is removed with this object.
    public init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/archivectl-originals-\(UUID().uuidString)"
        for form in 0..<Self.forms {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(form)", withIntermediateDirectories: true)
            for (index, name) in names.enumerated() {
                try Data(Self.text(index, form: form).utf8).write(to: URL(fileURLWithPath: "\(folder)/\(form)/\(name)"))
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// One of the files, which stands at the same path on every machine, in one of its forms.
    func pick(_ dice: Dice) -> ImportInput {
        let form = dice.roll(Self.forms)
        let name = names[dice.roll(names.count)]
        let path = "\(folder)/\(form)/\(name)"
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64) ?? 0
        let stamp = FileStamp(device: 1, inode: Int64(form), size: size, modified: Int64(form))
        return .file(FoundFile(path: path, canonicalPath: "/home/\(name)", stamp: stamp))
    }

    private static func text(_ index: Int, form: Int) -> String {
        let first = (0..<4).map { "第\($0)句话说的是第\($0 == form ? 9 : 0)种情况。" }.joined()
        let second = (0..<3).map { "另一段的第\($0)句话。" }.joined() + (form > 1 ? "后来加了一句。" : "")
        switch index {
        case 0: return first + "\n\n" + second + "\n"
        case 1: return "---\ntitle: 笔记\ntags: [甲, \(form % 2 == 0 ? "乙" : "丙")]\n---\n# 笔记\n\n\(first)\n\n\(second)\n"
        default: return "范文一\n关于学习的报告\n\(first)\n范文二\n关于工作的报告\n\(second)\n"
        }
    }
}
