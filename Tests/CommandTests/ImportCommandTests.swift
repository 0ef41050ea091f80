import Foundation
import Testing

/// What `import` shows and keeps, run as a person runs it.
@Suite struct ImportCommandTests {
    private let compilation = "第一篇：论山\n一、山之高\n山高而水深。\n第二篇：论水\n一、水之长\n水长而不息。\n"

    @Test func aTitleThatNoSegmentCouldCarryKeepsItsFileOutAndNoOther() throws {
        let command = try Command()
        try command.write("---\ntitle: \(String(repeating: "长", count: 100_000))\n---\n短。\n", to: "in/a.md")
        try command.write("# 短\n\n一句话。\n", to: "in/b.md")
        try command.run("init")
        let result = try command.run("import", "in", expecting: 2)
        #expect((result.text + result.errors).contains("are over the limit of 262144"))
        #expect(try command.run("list", "--json").array().map { $0["title"] as? String } == ["短"])
    }

    @Test func `a file of more essays than one source can name is told, and no other is kept out`() throws {
        let command = try Command()
        try command.write((1...3001).map { "第\($0)篇：题\($0)\n内容。\n" }.joined(), to: "in/a.txt")
        try command.write("短文。\n", to: "in/b.txt")
        try command.run("init")
        let result = try command.run("import", "in", expecting: 2)
        #expect(
            result.errors.contains("cut into 3001 essays") && result.errors.contains("--split none"), "\(result.errors)"
        )
        #expect(try command.run("list", "--json").array().count == 1)
        try command.run("import", "in/a.txt", "--split", "none")
    }

    @Test(arguments: ["^(a+)+$", "^(a|aa)+b", "^(a*)*c"])
    func `a regular expression that takes too long fails its file and no other`(pattern: String) throws {
        let command = try Command()
        try command.write("序\n" + String(repeating: "a", count: 40) + "!\n", to: "in/a.txt")
        try command.write("短文。\n", to: "in/b.txt")
        try command.run("init")
        let result = try command.run("import", "in", "--split-at", pattern, expecting: 2)
        #expect(
            result.errors.contains("takes too long to match in line 2")
                && result.errors.contains("repetitions within repetitions"), "\(result.errors)")
        #expect(try command.run("list", "--json").array().count == 1)
    }

    @Test func aPreviewShowsCutsWithReasonsAndChangesNothing() throws {
        let command = try Command()
        try command.write(compilation, to: "in.txt")
        try command.run("init")
        let before = try command.run("status", "--json").object()["stateHash"] as? String
        let text = try command.run("import", "--dry-run", "in.txt").text
        for words in ["in.txt", "论山", "论水", "第一篇", "第二篇", "new", "100 %", "Nothing was changed"] {
            #expect(text.contains(words), "\(words) in \(text)")
        }
        let preview = try command.run("import", "--dry-run", "in.txt", "--json").object()
        let items = try #require(preview["items"] as? [[String: Any]])
        #expect(preview["dryRun"] as? Bool == true && items.count == 2)
        for item in items {
            #expect(
                (item["confidence"] as? Double ?? 0) > 0 && (item["reason"] as? String)?.isEmpty == false
                    && item["start"] is Int && item["end"] is Int)
        }
        #expect(try command.run("status", "--json").object()["stateHash"] as? String == before)
        #expect(try command.run("list", "--json").array().isEmpty)
        let files = try #require(try command.run("import", "in.txt", "--json").object()["items"] as? [[String: Any]])
        #expect(files.map { $0["id"] as? String } == items.map { $0["id"] as? String })
        try command.write(compilation.replacing("第二篇：论水\n一、水之长\n水长而不息。\n", with: "第二篇：论云\n云轻。\n"), to: "in.txt")
        let dry = try command.run("import", "--dry-run", "in.txt")
        #expect(
            dry.text.contains("kept") && dry.text.contains("1 earlier essay kept")
                && dry.errors.contains("would stay in the archive"), "\(dry.text)\(dry.errors)")
        let report = try command.run("import", "in.txt", "--json").object()
        #expect(
            report["vanished"] as? Int == 1 && report["new"] as? Int == 1 && report["unchanged"] as? Int == 1
                && report["essays"] as? Int == 2)
        #expect(try command.run("show", "论水").text.contains("水长而不息"))
    }

    @Test func aConflictThatAnImportMakesIsSaid() throws {
        let command = try Command()
        try command.run("init")
        try command.write("论山\n山高而水深。\n", to: "in/山.txt")
        try command.write("论水\n水长而不息。\n", to: "in/水.txt")
        let first = try command.run("import", "in", "--json")
        #expect(try first.object()["conflicts"] as? Int == 0 && first.errors.isEmpty)
        try command.write("论山\n山低而水浅。\n", to: "edited.txt")
        try command.run("edit", "论山", "--from", "edited.txt")
        try command.write("论山\n山奇而水秀。\n", to: "in/山.txt")
        #expect(try command.run("import", "in", "--dry-run").errors.contains("1 would be in conflict"))
        let second = try command.run("import", "in")
        #expect(second.errors.contains("1 in conflict: see `archivectl conflicts`"), "\(second.errors)")
        // And as long as it is, whether the file is read or not.
        #expect(try command.run("import", "in").errors.contains("1 in conflict"))
        #expect(try command.run("import", "in", "--quiet").errors.isEmpty)
        for arguments in [
            ["import", "in", "--json"], ["import", "in/山.txt", "--json"], ["import", "in", "--json", "--dry-run"],
        ] {
            #expect(try command.run(arguments).object()["conflicts"] as? Int == 1)
        }
        #expect(try command.run("import", "in/水.txt", "--json").object()["conflicts"] as? Int == 0)
        try command.run("resolve", "论山", "--from", "edited.txt")
        #expect(try command.run("import", "in", "--json").object()["conflicts"] as? Int == 0)
    }

    @Test func aFileIsNamedByItsBytes() throws {
        let command = try Command()
        try command.run("init")
        // 讲话.txt in GBK.
        let process = command.process([])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            #"name=$(printf '\275\262\273\260.txt'); echo 论水，水长而不息。 > "$name"; exec "$0" --quiet import -- "$name" > out.txt"#,
            Command.executable.path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let shown = try #require(try command.run("list", "--json").array().first)
        #expect(try command.run("show", "--source", #require(shown["id"] as? String)).text.contains("讲话.txt"))
    }

    @Test func controlCharactersOfTitlesAreNotPrinted() throws {
        let command = try Command()
        try command.run("init")
        try command.write("\u{1B}[31m红山\u{1B}]0;x\u{7}\u{9B}2J\n\n一、石\u{1B}[2J阶\n正文。\n", to: "\u{1B}c.txt")
        let printed = try [
            command.run("import", "\u{1B}c.txt", "--dry-run"), command.run("import", "\u{1B}c.txt"),
            command.run("list"), command.run("search", "红山"), command.run("sections", "红山"),
            command.run("show", "--source", "红山"), command.run("tag", "红山", "\u{1B}[1m要"),
            command.run("import", "\u{1B}none.txt", expecting: 2),
            command.run("annotate", "红山", "--quote", "正文", "--note", "\u{1B}[5m看"),
            command.run("annotations", "list", "红山"),
            command.run("set", "红山", "title=\u{1B}[7m红山"), command.run("log", "红山"),
        ]
        for result in printed {
            let isClean = !(result.text + result.errors).unicodeScalars.contains {
                $0.value < 0x20 && $0 != "\n" && $0 != "\t" || (0x7F..<0xA0).contains($0.value)
            }
            #expect(isClean, "\(result.text)\(result.errors)")
        }
        #expect(try command.run("list", "--json").array().first?["title"] as? String == "\u{1B}[7m红山")
        // Nor does a title look like another entry of the list, or turn what follows around.
        try command.run("set", "红山", "title=红山\n0123456789ab  2026-01-01  假的\u{202E}")
        let lines = try command.run("list").text.split(separator: "\n")
        #expect(lines.count == 1 && !lines[0].unicodeScalars.contains("\u{202E}"))
    }

    @Test func waysToSplitAreCheckedAndStick() throws {
        let command = try Command()
        try command.write("甲篇 山\n山高。\n乙篇 水\n水深。\n", to: "in.txt")
        try command.run("init")
        let bad = try command.run("import", "in.txt", "--split-at", "第(一", expecting: 64)
        #expect(bad.errors.contains("at character 4") && bad.errors.contains("^"))
        for pattern in ["", "x*"] { try command.run("import", "in.txt", "--split-at", pattern, expecting: 64) }
        let unmatched = try command.run("import", "in.txt", "--dry-run", "--split-at", "^丙")
        #expect(unmatched.errors.contains("warning: in.txt: no line matches the pattern '^丙'"))
        try command.run("import", "in.txt", "--split", "maybe", expecting: 64)
        try command.run("import", "in.txt", "--split", "none", "--split-at", "x", expecting: 64)
        #expect(try command.run("list", "--json").array().isEmpty)
        #expect(try command.run("import", "in.txt", "--split-at", "^[甲乙]篇 ", "--json").object()["new"] as? Int == 2)
        try command.write("甲篇 山\n山高。\n乙篇 水\n水深且长。\n", to: "in.txt")
        let report = try command.run("import", "in.txt", "--json").object()
        #expect(report["updated"] as? Int == 1 && report["unchanged"] as? Int == 1)
    }

    @Test func whereAnEssayCameFromIsShownAndWrittenOut() throws {
        let command = try Command()
        // 山高，水深。
        let original: [UInt8] = [0xC9, 0xBD, 0xB8, 0xDF, 0xA3, 0xAC, 0xCB, 0xAE, 0xC9, 0xEE, 0xA1, 0xA3, 0x0D, 0x0A]
        let bytes = Data(Array("关于山的短文\n".utf8).isEmpty ? [] : Array(repeating: original, count: 6).flatMap { $0 })
        try bytes.write(to: command.folder.appendingPathComponent("山.txt"))
        try command.run("init")
        let item = try #require(
            (try command.run("import", "山.txt", "--json").object()["items"] as? [[String: Any]])?.first)
        let essay = try #require(item["id"] as? String)
        let shown = try command.run("show", "--source", essay).text
        for words in ["山.txt", "text/plain", "gb18030", "84 bytes", "SHA-256"] {
            #expect(shown.contains(words), "\(words) in \(shown)")
        }
        let sources = try #require(
            try command.run("show", "--source", essay, "--json").object()["sources"] as? [[String: Any]])
        #expect(sources.count == 1 && sources[0]["size"] as? Int == 84 && sources[0]["current"] as? Bool == true)
        let source = try #require(sources[0]["id"] as? String)
        for name in [essay, source, String(source.prefix(10)), "山.txt"] {
            #expect(try command.run("export-source", name).output == bytes, "\(name)")
        }
        try command.run("export-source", essay, "--to", "out.bin")
        #expect(try Data(contentsOf: command.folder.appendingPathComponent("out.bin")) == bytes)
        try command.run("export-source", essay, "--to", "out.bin", expecting: 73)
        try command.run("export-source", essay, "--to", "out.bin", "--force")
        try command.run("export-source", "没有", expecting: 66)
        try command.run("new", "--title", "手写", "--from", "-", input: "手写的。")
        #expect(try command.run("export-source", "手写", expecting: 66).errors.contains("written here"))
        #expect(try command.run("show", "--source", "手写").errors.contains("not imported"))
        // A second file of the same essay: which one is meant must be said.
        try bytes.write(to: command.folder.appendingPathComponent("川.txt"))
        try command.run("import", "川.txt")
        #expect(try command.run("export-source", essay, expecting: 64).errors.contains("川.txt"))
        #expect(try command.run("export-source", "川.txt").output == bytes)
    }

    @Test func aNameThatFitsSeveralIsAnsweredWithAList() throws {
        let command = try Command()
        try command.run("init")
        for (name, text) in [("a.txt", "春耕\n早春下田。\n"), ("b.txt", "春耕\n秋收冬藏，明年再来。\n")] {
            try command.write(text, to: name)
        }
        try command.run("import", "--split", "none", "a.txt", "b.txt")
        for words in [["show", "春耕"], ["export-source", "春耕"]] {
            let process = try command.run(words[0], words[1], expecting: 64)
            let lines = process.errors.split(separator: "\n")
            #expect(
                lines.count == 4 && lines[0].contains("2 essays") && lines[3].hasPrefix("Give"), "\(process.errors)")
        }
    }

    @Test func formatsAreListedWithWhatTheyNeed() throws {
        let command = try Command()
        let formats = try command.run("import", "--formats", "--json").array()
        let endings = Set(formats.flatMap { $0["endings"] as? [String] ?? [] })
        #expect(
            endings == [
                "txt", "text", "md", "markdown", "html", "htm", "docx", "doc", "wps", "odt", "rtf", "epub", "pdf",
                "zip",
            ])
        // LibreOffice is large; whoever needs it installs it.
        let expected = formats.filter { $0["format"] as? String != "doc" }
        #expect(expected.allSatisfy { $0["available"] as? Bool == true }, "make setup installs the converters")
        let without = try command.run("import", "--formats", environment: ["PATH": "/nowhere"]).text
        #expect(without.contains("apt install pandoc") && without.contains("poppler-utils"))
        #expect(without.contains("libreoffice and pandoc: apt install libreoffice-writer-nogui pandoc"))
        #expect(
            try command.run("import", "--formats", "--json", environment: ["PATH": "/nowhere"]).array().filter {
                $0["available"] as? Bool == true
            }.count == 3)
        try command.run("import", expecting: 64)
    }

    @Test func aConverterThatIsMissingOrHangsFailsItsFileOnly() throws {
        let command = try Command()
        try command.run("init")
        try command.write("<h1>桥</h1><p>修桥。</p>", to: "in/a.html")
        try command.write("关于山的短文\n山高。\n", to: "in/b.txt")
        let missing = try command.run("import", "in", "--json", environment: ["PATH": "/nowhere"], expecting: 2)
        #expect(try missing.object()["new"] as? Int == 1 && missing.errors.contains("apt install pandoc"))
        try command.write(
            "#!/bin/sh\nPATH=/usr/bin:/bin\ncase $1 in --version) echo pandoc 1; exit;; esac\nsleep 300\n",
            to: "bin/pandoc")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: command.path("bin/pandoc"))
        let hanging = try command.run(
            "import", "in", "--json", "--time-limit", "0.5", environment: ["PATH": command.path("bin")], expecting: 2)
        #expect(hanging.errors.contains("took longer than 0.5 seconds"))
        let works = try command.run("import", "in", "--json").object()
        let files = try #require(works["files"] as? [String: Int])
        #expect(
            works["new"] as? Int == 1
                && files == ["total": 2, "imported": 1, "unchanged": 1, "failed": 0, "skipped": 0, "unread": 0])
        #expect(try command.run("show", "桥").text.contains("修桥。"))
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func anImportThatIsStoppedSaysWhatItDid(_ signal: Int32) throws {
        let command = try Command()
        try command.run("init")
        try command.write("关于山的短文\n山高。\n", to: "in/a.txt")
        try command.write("x", to: "in/b.odt")
        let started = command.path("started")
        try command.write(
            "#!/bin/sh\nPATH=/usr/bin:/bin\ncase $1 in --version) echo pandoc 1; exit;; esac\n: > \(started)\nexec sleep 300\n",
            to: "bin/pandoc")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: command.path("bin/pandoc"))
        let process = command.process(["import", "in", "--json"])
        process.environment!["PATH"] = command.path("bin")
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        while access(started, F_OK) != 0, process.isRunning { usleep(10_000) }
        kill(process.processIdentifier, signal)
        let answer =
            try JSONSerialization.jsonObject(with: output.fileHandleForReading.readDataToEndOfFile()) as? [String: Any]
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 2)
        #expect(
            answer?["files"] as? [String: Int] == [
                "total": 2, "imported": 1, "unchanged": 0, "failed": 0, "skipped": 0, "unread": 1,
            ])
        #expect(!FileManager.default.fileExists(atPath: command.path("a.db-wal")))
    }

    @Test func everyFileIsCountedOnce() throws {
        let command = try Command()
        try command.run("init")
        for name in ["a.txt", "b.txt", "c.png", "d.xls", "e.png"] {
            try command.write("关于\(name)的短文\n内容。\n", to: "in/" + name)
        }
        try command.write("", to: "in/f.txt")
        let result = try command.run("import", "in", expecting: 2)
        #expect(
            result.text.contains("6 files: 2 imported, 0 unchanged, 1 failed, 3 skipped (.png 2, .xls 1)"),
            "\(result.text)")
        #expect(result.text.contains("2 essays: 2 new"))
        let again = try command.run("import", "in", "--json", expecting: 2).object()
        #expect(
            again["files"] as? [String: Int] == [
                "total": 6, "imported": 0, "unchanged": 2, "failed": 1, "skipped": 3, "unread": 0,
            ])
        #expect(again["skipped"] as? [String: Int] == [".png": 2, ".xls": 1])
    }

    @Test func aWrongEncodingIsRefusedWithItsPlaceAndStoresNothing() throws {
        let command = try Command()
        try command.run("init")
        try command.write("abc山高水深，林密鸟多。\n", to: "in.txt")
        for encoding in ["shift_jis", "euc-kr", "big5"] {
            let result = try command.run("import", "in.txt", "--encoding", encoding, "--json", expecting: nil)
            if result.status == 2 {
                #expect(result.errors.contains("in.txt") && result.errors.contains("at byte"), "\(result.errors)")
            } else {
                #expect(!result.text.contains("\u{FFFD}"))
            }
        }
        try Data([0x61, 0x62, 0xFF, 0xFE, 0x80, 0xC1]).write(to: command.folder.appendingPathComponent("bad.txt"))
        let refused = try command.run("import", "bad.txt", "--encoding", "utf-8", expecting: 2)
        #expect(refused.errors.contains("bad.txt") && refused.errors.contains("at byte 2"))
        #expect(try command.run("import", "in.txt", "--encoding", "klingon", expecting: 64).errors.contains("gb18030"))
    }
}

@Suite struct ImportWatchTests {
    private func isTrue(within seconds: Double, _ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<Int(seconds * 20) {
            if try condition() { return true }
            usleep(50_000)
        }
        return try condition()
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func changesAreImportedUntilStopped(_ signal: Int32) throws {
        let command = try Command()
        try command.run("init")
        try command.write("关于山的短文\n山高。\n", to: "in/山.txt")
        let output = command.folder.appendingPathComponent("watch.jsonl")
        try Data().write(to: output)
        let process = command.process(["import", "--watch", "in", "--json"])
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        func lines() throws -> [[String: Any]] {
            try String(contentsOf: output, encoding: .utf8).split(separator: "\n").compactMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
        }
        #expect(try isTrue(within: 30) { try lines().contains { $0["event"] as? String == "watching" } })
        try command.write("关于山的短文\n山高，水深。\n", to: "in/山.txt")
        try command.write("关于水的短文\n水长。\n", to: "in/新/水.txt")
        func total(_ key: String) throws -> Int {
            try lines().filter { $0["event"] as? String == "imported" }.reduce(0) { $0 + ($1[key] as? Int ?? 0) }
        }
        #expect(try isTrue(within: 30) { try total("updated") == 1 && total("new") == 2 })
        try FileManager.default.moveItem(atPath: command.path("in/新/水.txt"), toPath: command.path("in/川.txt"))
        #expect(try isTrue(within: 30) { try total("unchanged") == 1 })
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        let last = try #require(try lines().last)
        #expect(
            last["event"] as? String == "stopped" && last["new"] as? Int == 2 && last["updated"] as? Int == 1
                && last["unchanged"] as? Int == 1)
        #expect(try command.run("search", "水深", "--json").object()["total"] as? Int == 1)
        #expect(!FileManager.default.fileExists(atPath: command.path("a.db-wal")))
    }

    @Test func onlyFoldersAreWatched() throws {
        let command = try Command()
        try command.run("init")
        try command.write("x", to: "a.txt")
        #expect(try command.run("import", "--watch", "a.txt", expecting: 64).errors.contains("folder"))
        try command.run("import", "--watch", "--dry-run", ".", expecting: 64)
    }
}
