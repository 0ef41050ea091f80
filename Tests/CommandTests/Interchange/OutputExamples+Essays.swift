import Foundation
import Testing

extension OutputExamples {
    private static let text = "一、山\n山高而静。山不言。\n（一）石\n石坚。\n二、水\n水长而清。\n"

    /// One archive: writing, reading, annotating, deleting.
    func essays() throws {
        try run("init", ["init"])
        try run("new", ["new", "--title", "山水 \"其一\"\\", "--from", "-"], input: Self.text)
        try run("new", ["new", "--title", "随笔", "--from", "-"], input: "雨停了。\n")
        try run("set", ["set", "随笔", "author=张三", "date=2026-05", "自定义=甲"])
        try run("set without fields", ["set", "随笔"])
        try run("tag", ["tag", "随笔", "短文", "雨"])
        try run("edit", ["edit", "随笔", "--from", "-"], input: "雨已停。天晴了。\n")
        try run("edit", ["edit", "随笔", "--from", "-"], input: "雨已停。天晴了。\n")
        try run("edit", ["edit", "随笔"], environment: ["EDITOR": "true"])
        try run("revert", ["revert", "随笔", "1", "--text-only"])
        for order in ["modified", "title", "date"] { try run("list", ["list", "--sort", order]) }
        try run("list", ["list", "--tag", "无"])
        try run("show", ["show", "山水"])
        try run("show", ["show", "随笔", "--version", "1"])
        try run("sections", ["sections", "山水"])
        try run("sections", ["sections", "随笔"])
        try run("log", ["log", "随笔"])
        try run("diff", ["diff", "随笔", "1", "4"])
        try run("diff", ["diff", "山水"])
        try annotations()
        try run("delete", ["delete", "随笔"])
        try run("list", ["list", "--deleted"])
        try run("undelete", ["undelete", try essayID(deleted: "随笔")])
        try searches()
        try run("status", ["status", "--views"])
        try run("verify", ["verify"])
        try run("rebuild", ["rebuild"])
        try run("backup", ["backup", "good.db"])
        try run("restore", ["restore", "good.db", "--to", "restored.db"])
    }

    private func essayID(deleted title: String) throws -> String {
        let essays = try command.run("list", "--deleted", "--json").array()
        return try #require(essays.first { $0["title"] as? String == title }?["id"] as? String)
    }

    private func annotations() throws {
        let made = try run(
            "annotate", ["annotate", "山水", "--quote", "石坚", "--note", "何石？", "--tag", "疑", "--colour", "yellow"])
        let id = try #require(try made.object()["id"] as? String)
        try run("annotations reply", ["annotations", "reply", id, "--note", "青石。"])
        try run("annotations edit", ["annotations", "edit", id, "--note", "什么石？"])
        try run("annotations show", ["annotations", "show", id])
        try run("annotations list", ["annotations"])
        try run("annotations list", ["annotations", "list", "--state", "moved"])
        try run("annotations delete", ["annotations", "delete", id])
        try run("annotations list", ["annotations", "list", "--deleted"])
        try run("annotations undelete", ["annotations", "undelete", id])
        try run("undelete", ["undelete", id])
        // The passage is gone.
        try command.run("edit", "山水", "--from", "-", input: "一、山\n山高而静。\n二、水\n水长而清。\n")
        try run("annotations list", ["annotations", "list"])
    }

    private func searches() throws {
        try run("search", ["search", "水长"])
        try run("search", ["search", "什么石", "--annotations"])
        try run("search", ["search", "山高水远之歌"])
        try run("search", ["search", "山", "or", "水"])
        try run("search", ["search", "水长而清", "山高而静了"])
        try command.write("水长\nOR\ntitle:随笔\n", to: "queries")
        try run("search --queries", ["search", "--queries", "queries"])
    }

    /// An archive of which a text is damaged.
    func damage() throws {
        try command.run("init", archive: "d.db")
        let long = String(repeating: "推进社区建设，落实各项任务。\n", count: 300)
        for number in 0..<3 {
            try command.run("new", "--title", "第\(number)篇", "--from", "-", archive: "d.db", input: "\(number)" + long)
        }
        try command.run("backup", "d-good.db", archive: "d.db")
        try command.spoilText(number: 2, archive: "d.db")
        try run("verify", ["verify"], archive: "d.db", expecting: 2)
        try run("search", ["search", "社区建设"], archive: "d.db", expecting: 2)
        try run("log", ["log", "第1篇"], archive: "d.db")
        try run(
            "restore --salvage", ["restore", "--salvage", command.path("d.db"), "--to", "salvaged.db"], expecting: 2)
        try run("rebuild", ["rebuild"], archive: "d.db", expecting: 2)
        try run("rebuild", ["rebuild", "--from", "d-good.db"], archive: "d.db")
    }

    /// An editor that is killed together with the command, and leaves a file of its own.
    func unfinishedEdit() throws {
        try command.write("#!/bin/sh\necho 未完。 >\"$1\"\n: >\"$(dirname \"$1\")/.x.swp\"\nkill -9 $PPID\n", to: "bin/ed")
        chmod(command.path("bin/ed"), 0o755)
        try command.run("init", archive: "e.db")
        try command.run(
            "new", "--title", "半篇", archive: "e.db", environment: ["EDITOR": command.path("bin/ed")], expecting: nil)
        try run("status", ["status"], archive: "e.db")
    }

    /// What is asked wrongly, or cannot be had.
    func errors() throws {
        try fail(["show", "不在"])
        try fail(["list", "--jsno"])
        try fail(["search", "OR"])
        try fail(["list"], archive: "none.db")
        try fail(["sync", "nowhere"])
        try fail(["hub", "list", "--store", "none"])
        try fail(["init"])
    }
}
