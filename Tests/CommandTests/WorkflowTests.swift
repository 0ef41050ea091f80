import Foundation
import Testing

/// What a person does with the command, from import to a verified backup.
@Suite struct WorkflowTests {
    @Test func aNewEssayIsWhatItsFrontMatterSays() throws {
        let command = try Command()
        try command.run("init")
        let text = "---\ntitle: 论山\nauthor: 张三\ndate: 2026-05-01\ntags: [山, 水]\n---\n山高而水深。\n"
        try command.write(text, to: "in.md")
        func essay(_ arguments: String..., input: String = "") throws -> [String: Any] {
            let id = try #require(command.run(["new", "--json"] + arguments, input: input).object()["id"] as? String)
            return try command.run("show", id, "--json").object()
        }
        let fields = try #require(essay("--from", "in.md", "--tag", "要")["fields"] as? [String: Any])
        #expect(
            fields["title"] as? String == "论山" && fields["author"] as? String == "张三"
                && fields["date"] as? String == "2026-05-01")
        #expect(
            Set(fields["tags"] as? [String] ?? []) == ["山", "水", "要"]
                && fields["mediaType"] as? String == "text/markdown")
        let piped = try essay("--from", "-", "--title", "别的", input: text)
        #expect(piped["text"] as? String == text && (piped["fields"] as? [String: Any])?["title"] as? String == "别的")
        #expect((piped["fields"] as? [String: Any])?["author"] as? String == "张三")
        try command.write("# 论水\n\n水深。\n", to: "heading.md")
        #expect(try (essay("--from", "heading.md")["fields"] as? [String: Any])?["title"] as? String == "论水")
        #expect(
            try (essay("--from", "-", input: "  \n\r\n　标题行\r\n正文\n")["fields"] as? [String: Any])?["title"] as? String
                == "标题行")
        for blank in ["", "\n", "  \n\t\r\n"] { try command.run("new", "--from", "-", input: blank, expecting: 65) }
        // The first line behind a block that names no title; a line of dashes that begins no block is a line like others.
        #expect(
            try (essay("--from", "-", input: "---\nauthor: 张三\n---\n\n山高\n")["fields"] as? [String: Any])?["title"]
                as? String == "山高")
        #expect(
            try (essay("--from", "-", input: "山高\n---\n水深\n")["fields"] as? [String: Any])?["title"] as? String == "山高")
    }

    @Test func aDateIsADate() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: "甲")
        for date in ["2026-13-45", "2026-02-30", "明天", "26", "20260501"] {
            let result = try command.run("set", "文", "date=\(date)", "author=某", expecting: 64)
            #expect(
                result.errors.contains("'\(date)' is not a date") && result.errors.contains("2026-05-01"),
                "\(result.errors)")
        }
        #expect(try command.run("log", "文", "--json").array().count == 1)
        for date in ["2026", "2026-05", "2026-05-01", "2026/5/1", "2026年5月1日", "2026-05-01T10:00", ""] {
            try command.run("set", "文", "date=\(date)")
        }
    }

    @Test func aDateOfFrontMatterThatIsNoneIsLeftOutAndSaid() throws {
        let command = try Command()
        try command.run("init")
        for (title, date) in [("甲", "明天"), ("乙", "2026年5月1日")] {
            let text = "---\ntitle: \(title)\ndate: \(date)\n---\n山高而水深。\n"
            let written = try command.run("new", "--from", "-", input: text).errors
            try command.write(text + title, to: "in/\(title).md")
            let imported = try command.run("import", "in/\(title).md", "--json")
            let said = "'明天' in the front matter is not a date"
            let messages = try #require(try imported.object()["warnings"] as? [[String: Any]]).compactMap {
                $0["message"] as? String
            }
            #expect(
                written.contains(said) == (date == "明天") && messages.contains { $0.contains(said) } == (date == "明天"),
                "\(written) \(messages)")
        }
        let list = try command.run("list", "--json").array()
        #expect(list.count == 4)
        for essay in list {
            let shown = try command.run("show", try #require(essay["id"] as? String), "--json").object()
            let fields = try #require(shown["fields"] as? [String: Any])
            #expect(fields["date"] as? String == (fields["title"] as? String == "乙" ? "2026年5月1日" : nil))
            #expect((shown["text"] as? String)?.contains("date:") == true, "the text stays as it was written")
        }
    }

    static let compilation = """
        第一篇：论读书
        一、读书之用
        读书使人充实，讨论使人机敏。笔记使人准确。
        二、读书之法
        有些书可以浅尝，有些书可以吞咽。少数书须细细咀嚼。

        第二篇：论旅行
        一、年少时
        旅行是教育的一部分。
        二、年长时
        旅行是经验的一部分。

        """

    @Test func importReadEditAndSearch() throws {
        let command = try Command()
        try command.write(Self.compilation, to: "in.txt")
        try command.run("init")
        let imported = try command.run("import", "in.txt", "--json").object()
        #expect(imported["essays"] as? Int == 2 && imported["new"] as? Int == 2 && imported["failed"] as? Int == 0)
        let items = try #require(imported["items"] as? [[String: Any]])
        #expect(items.map { $0["title"] as? String } == ["论读书", "论旅行"])
        #expect(items.allSatisfy { $0["sections"] as? Int == 2 && $0["status"] as? String == "new" })
        #expect(items[0]["start"] as? Int == 0 && items[1]["end"] as? Int == Self.compilation.utf8.count)
        #expect(items[0]["end"] as? Int == items[1]["start"] as? Int)
        let pieces = try items.map { try command.run("show", $0["id"] as! String).text }
        #expect(pieces.joined() == Self.compilation)
        // Again: nothing changes, read or not.
        #expect(try command.run("import", "in.txt", "--json").object()["unchanged"] as? Int == 2)
        try command.run("edit", "论旅行", "--from", "-", input: pieces[1].replacing("经验", with: "阅历"))
        #expect(try command.run("show", "论旅行").text.contains("阅历"))
        for query in ["阅", "阅历", "是阅历的一部分", "論讀書"] {
            #expect(try command.run("search", query, "--json").object()["total"] as? Int == 1, "\(query)")
        }
        #expect(try command.run("search", "经验", "--json").object()["total"] as? Int == 0)
        let hits = try #require(try command.run("search", "细细咀嚼", "--json").object()["hits"] as? [[String: Any]])
        #expect(hits[0]["section"] as? String == "二" && hits[0]["title"] as? String == "论读书")
        let text = pieces[0].unicodeScalars.map(String.init)
        #expect(text[(hits[0]["start"] as! Int)..<(hits[0]["end"] as! Int)].joined() == "细细咀嚼")
        let log = try command.run("log", "论旅行", "--json").array()
        #expect(log.count == 2 && log[0]["author"] as? String == "测试者" && (log[1]["parents"] as? [String]) == [])
        #expect(try command.run("diff", "论旅行").text.contains("{+阅历+}"))
        #expect(try command.run("sections", "论读书", "--json").array().map { $0["path"] as? String } == ["一", "二"])
        #expect(try command.run("show", "论旅行", "--version", "1").text == pieces[1])
        try command.run("revert", "论旅行", "1")
        #expect(try command.run("show", "论旅行").text == pieces[1])
        let notes =
            try command.run("annotate", "论旅行", "--start", "0", "--end", "2", "--note", "注").errors
            + command.run("delete", "论旅行").errors
        #expect(notes.contains("1 annotation stays"))
        #expect(try command.run("list", "--json").array().count == 1)
        try command.run("show", "论旅行", expecting: 66)
        #expect(try command.run("search", "旅行是教育", "--json").object()["total"] as? Int == 0)
        let back = try #require(try command.run("undelete", "论旅行", "--json").array().first)
        #expect(back["title"] as? String == "论旅行" && back["deleted"] as? Bool == false)
        #expect(try command.run("annotations", "论旅行", "--json").array().count == 1)
        #expect(try command.run("search", "旅行是教育", "--json").object()["total"] as? Int == 1)
        #expect(try command.run("rebuild", "--json").object()["essays"] as? Int == 2)
        #expect(try command.run("verify", "--json").object()["ok"] as? Bool == true)
    }

    @Test func aChangedSourceUpdatesItsEssaysBesideEdits() throws {
        let command = try Command()
        try command.write(Self.compilation, to: "in.txt")
        try command.run("init")
        try command.run("import", "in.txt")
        let old = try command.run("show", "论读书").text
        try command.run("edit", "论读书", "--from", "-", input: old.replacing("细细咀嚼", with: "慢慢咀嚼"))
        try command.run("annotate", "论读书", "--quote", "笔记使人准确", "--note", "记下来")
        try command.write(Self.compilation.replacing("充实", with: "充盈"), to: "in.txt")
        let report = try command.run("import", "in.txt", "--json").object()
        #expect(report["updated"] as? Int == 1 && report["unchanged"] as? Int == 1 && report["new"] as? Int == 0)
        let merged = try command.run("show", "论读书").text
        #expect(merged.contains("充盈") && merged.contains("慢慢咀嚼"))
        #expect(try command.run("annotations", "论读书", "--json").array().first?["state"] as? String == "exact")
    }

    @Test func annotationsFollowTheirPassages() throws {
        let command = try Command()
        try command.run("init")
        let text = "甲段讲改革。乙段讲开放。丙段讲发展。\n丁段讲很久以后的稳定与繁荣。\n"
        try command.run("new", "--title", "文", "--from", "-", input: text)
        try command.run("annotate", "文", "--quote", "乙段讲开放", "--note", "一", "--tag", "重", "--colour", "yellow")
        try command.run("annotate", "文", "--start", "0", "--end", "2", "--note", "二")
        try command.run("annotate", "文", "--quote", "丁段讲很久以后的稳定与繁荣", "--note", "三")
        try command.run("annotate", "文", "--quote", "没有的话", expecting: 66)
        try command.run("annotate", "文", "--quote", "段讲", expecting: 64)
        try command.run("edit", "文", "--from", "-", input: "新的开头。甲段讲改革。丙段讲发展。乙段讲开放。\n")
        let list = try command.run("annotations", "文", "--json").array()
        #expect(list.count == 3)
        let byNote = Dictionary(uniqueKeysWithValues: list.map { ($0["body"] as! String, $0) })
        let scalars = Array("新的开头。甲段讲改革。丙段讲发展。乙段讲开放。\n".unicodeScalars).map(String.init)
        func passage(_ note: String) -> String? {
            guard let start = byNote[note]?["start"] as? Int, let end = byNote[note]?["end"] as? Int else { return nil }
            return scalars[start..<end].joined()
        }
        #expect(passage("一") == "乙段讲开放" && passage("二") == "甲段")
        #expect(byNote["三"]?["state"] as? String == "orphan" && passage("三") == nil)
        #expect(byNote["三"]?["quote"] as? String == "丁段讲很久以后的稳定与繁荣")
        let id = try #require(byNote["一"]?["id"] as? String)
        try command.run("annotations", "edit", id, "--note", "改过", "--tag", "新")
        let shown = try command.run("annotations", "show", id, "--json").object()
        #expect(shown["body"] as? String == "改过" && shown["tags"] as? [String] == ["新", "重"])
        try command.run("annotations", "reply", id, "--note", "同意")
        let deleted = try command.run("annotations", "delete", id, "--json").array()
        #expect(deleted.count == 1 && deleted[0]["id"] as? String == id && deleted[0]["deleted"] as? Bool == true)
        #expect(try command.run("annotations", "文", "--json").array().count == 3)
    }

    @Test func anAnnotationIsInTheSectionWhereItsPassageStandsNow() throws {
        let command = try Command()
        try command.run("init")
        let (before, after) = ("有一句话写在这里面。\n", "另有一句话写在那里面。\n")
        try command.run("new", "--title", "文", "--from", "-", input: before + "一、甲\n" + after)
        try command.run("annotate", "文", "--quote", "另有一句话写在那里面", "--note", "注")
        func annotation() throws -> [String: Any] {
            try #require(try command.run("annotations", "文", "--json").array().first)
        }
        #expect(try annotation()["section"] as? String == "一")
        try command.run("edit", "文", "--from", "-", input: after + "一、甲\n" + before)
        #expect(try annotation()["section"] is NSNull && annotation()["start"] as? Int == 0)
        try command.run("edit", "文", "--from", "-", input: "一、甲\n全都换过了。\n")
        #expect(try annotation()["section"] as? String == "一" && annotation()["state"] as? String == "orphan")
    }

    @Test func filesThatFailAreReportedAndTheOthersGoIn() throws {
        let command = try Command()
        try command.run("init")
        try command.write("好的文章。内容如此。", to: "in/good.txt")
        try Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]).write(
            to: command.folder.appendingPathComponent("in/bad.txt"))
        try command.write("", to: "in/empty.txt")
        try command.write("跳过。", to: "in/picture.png")
        let result = try command.run("import", "in", "missing.txt", "--json", expecting: 2)
        let report = try result.object()
        #expect(report["new"] as? Int == 1 && report["failed"] as? Int == 3)
        let errors = try #require(report["errors"] as? [[String: String]])
        #expect(Set(errors.map { $0["source"]! }) == ["in/bad.txt", "in/empty.txt", "missing.txt"])
        #expect(result.errors.contains("bad.txt"))
        try FileManager.default.createDirectory(
            at: command.folder.appendingPathComponent("none"), withIntermediateDirectories: true)
        #expect(try command.run("import", "none", expecting: 66).errors.contains("nothing to import"))
    }

    @Test func gb18030AndFrontMatterAreRead() throws {
        let command = try Command()
        try command.run("init")
        // 读书使人充实，讨论使人机敏 … in GB18030.
        let sentence: [UInt8] = [
            0xB6, 0xC1, 0xCA, 0xE9, 0xCA, 0xB9, 0xC8, 0xCB, 0xB3, 0xE4, 0xCA, 0xB5, 0xA3, 0xAC, 0xCC, 0xD6, 0xC2, 0xDB,
            0xCA, 0xB9, 0xC8, 0xCB, 0xBB, 0xFA, 0xC3, 0xF4, 0xA1, 0xA3, 0x0A,
        ]
        try Data(Array(repeating: sentence, count: 4).flatMap { $0 }).write(
            to: command.folder.appendingPathComponent("gb.txt"))
        try command.write("---\ntitle: 有题的\ntags: [甲, 乙]\nauthor: 某人\n---\n# 别的题\n正文。\n", to: "note.md")
        try command.run("import", "gb.txt", "note.md")
        #expect(try command.run("search", "讨论使人机敏", "--json").object()["total"] as? Int == 1)
        let shown = try command.run("show", "有题的", "--json").object()
        let fields = try #require(shown["fields"] as? [String: Any])
        #expect(Set(fields["tags"] as? [String] ?? []) == ["甲", "乙"] && fields["author"] as? String == "某人")
        #expect((shown["text"] as? String)?.hasPrefix("---\n") == true)
    }

    @Test func badUseIsExplained() throws {
        let command = try Command()
        try command.run("list", expecting: 66)
        try command.run("init")
        try command.run("init", expecting: 73)
        try command.run("nonsense", expecting: 64)
        try command.run("new", "--title", "同名一", "--from", "-", input: "甲")
        try command.run("new", "--title", "同名二", "--from", "-", input: "乙")
        let ambiguous = try command.run("show", "同名", expecting: 64)
        #expect(ambiguous.errors.contains("同名一") && ambiguous.errors.contains("同名二"))
        #expect(try command.run("search", "\"没有结尾", expecting: 64).errors.contains("character"))
        #expect(try command.run("--help").text.contains("archivectl import"))
        for name in ["import", "sync", "annotate", "hub", "resolve", "search"] {
            #expect(try command.run(name, "--help").text.contains("OVERVIEW"))
        }
    }

    @Test func theSearchIndexMakesItselfAgain() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "题", "--from", "-", input: "可以找到的内容。")
        let index = command.path("a.db.search")
        #expect(FileManager.default.fileExists(atPath: index))
        func found() throws -> Int? { try command.run("search", "找到", "--json").object()["total"] as? Int }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: index + suffix) }
        #expect(try found() == 1)
        try Data(repeating: 0x41, count: 50_000).write(to: URL(fileURLWithPath: index))
        #expect(try found() == 1)
        try Data().write(to: URL(fileURLWithPath: index))
        #expect(try found() == 1)
    }

    @Test func anEmptyTextReplacesNone() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: "一些话。")
        #expect(try command.run("edit", "文", "--from", "-", expecting: 65).errors.contains("standard input is empty"))
        let edited = try command.run(
            "edit", "文", environment: ["EDITOR": "truncate -s 0", "TMPDIR": command.folder.path], expecting: 65)
        #expect(edited.errors.contains("archivectl delete"))
        #expect(try command.run("show", "文").text == "一些话。")
    }

    @Test func aCopySaysOnceThatItGoesOnUnderANewReplicaID() throws {
        let command = try Command()
        try command.run("init")
        #expect(try command.run("new", "--title", "一", "--from", "-", input: "一些话。").errors.isEmpty)
        // A clone and a restored backup have their own from the beginning.
        try command.run("remote", "add", "stick", "stick", "--create")
        try command.run("sync")
        try command.run("clone", "stick", archive: "clone.db")
        try command.run("backup", "backup.db")
        try command.run("restore", "backup.db", "--to", command.path("restored.db"))
        var replicas: Set<String> = []
        for name in ["a.db", "clone.db", "restored.db"] {
            func replica() throws -> String {
                try #require(try command.run("status", "--json", archive: name).object()["replica"] as? String)
            }
            let before = try replica()
            #expect(try command.run("set", "一", "date=2026", archive: name).errors.isEmpty)
            #expect(try replica() == before)
            replicas.insert(before)
        }
        #expect(replicas.count == 3)
        for (name, options) in [("b.db", []), ("c.db", ["--quiet"])] {
            try command.run("backup", "of-\(name)")
            try FileManager.default.copyItem(atPath: command.path("of-\(name)"), toPath: command.path(name))
            try command.write("第一篇：山\n话。\n", to: "in.txt")
            func errors(_ arguments: [String]) throws -> String {
                let process = command.process(arguments + options, archive: name)
                let pipe = Pipe()
                process.standardError = pipe
                try process.run()
                process.waitUntilExit()
                #expect(process.terminationStatus == 0)
                return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            }
            #expect(try errors(["import", "in.txt"]).contains("new replica ID") == options.isEmpty)
            #expect(try !errors(["set", "一", "author=王"]).contains("new replica ID"))
        }
    }
}
