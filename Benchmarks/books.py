#!/usr/bin/env python3
"""Writes collections with plain titles and single works, of invented prose, with their truth: books.py FOLDER [COUNT] [SEED]

Stories, essays, letters, speeches and poems, in Chinese and English, as books of them are typeset: blank lines and blanks before
titles, tables of contents at the head or the end with or without page numbers, lines with a date, a place or an author, parts with
essays under them, front and back matter, running titles, colophons, as plain text and as converters make Markdown of e-books.
Beside them single works: tales in chapters, plays, histories, laws, essays with headings. truth.py reads both.
"""
import pathlib
import random
import sys

import essays
from essays import han

PEOPLE = "阿青 老周 小满 石根 外婆 沈先生 三叔 木匠 秋禾 船家 阿婆 竹生".split()
PLACES = "渡口 石桥 磨坊 晒谷场 老井 竹林 堤上 柴房 祠堂 河埠 山坳 菜园 码头 茶棚 窑厂".split()
THINGS = "油灯 竹篮 水车 蓑衣 陶罐 渔网 算盘 木梳 铜锁 旧信 纸伞 布鞋 风筝 月饼 草帽 石磨".split()
ACTS = "坐在门槛上 沿着田埂走 把灯点起来 低头想了很久 望着对岸 收拾那些旧东西 慢慢地说起往事 推开吱呀的木门 听雨落在瓦上 数着天上的星".split()
ENDS = "谁也没有再开口 天就这样黑了 心里忽然静了下来 風从水面上吹过来 后来他再也没有提起 那时候日子过得很慢 这一等就是许多年 我至今还记得".split()
FRONT = "版权信息 前言 出版说明 内容简介 目录".split()
ENGLISH = {
    "who": "the ferryman,my aunt,an old neighbour,the clerk,our teacher,the gardener,a stranger,the miller".split(","),
    "did": "walked along the dyke,lit the lamp,said nothing for a while,looked across the water,kept the letter,mended the net,told the story again".split(","),
    "end": "and the evening came down,and nobody answered,as if it had been waiting,before the rain began,and I have not forgotten it".split(","),
    "title": "lamp,ferry,orchard,winter road,letter,clock,bridge,garden wall,old mill,harvest,river,quiet house,market,window,field".split(","),
}


def sentence(rng):
    who, place, thing = rng.choice(PEOPLE), rng.choice(PLACES), rng.choice(THINGS)
    return rng.choice([
        f"{who}{rng.choice(ACTS)}，{rng.choice(ENDS)}。", f"{place}边上放着一只{thing}，{who}每次走过都要看一看。",
        f"那年冬天，{who}从{place}回来，手里提着{thing}，{rng.choice(ENDS)}。", f"“{thing}还在吗？”{who}问。", f"{rng.choice(ENDS)}，只有{place}还是老样子。",
    ])


def prose(rng, low, high, own=()):
    lines = ["".join(sentence(rng) for _ in range(rng.randint(2, 6))) for _ in range(rng.randint(low, high))]
    return [line.replace("那年", f"那年{rng.choice(own)}来的时候，", 1) if own and rng.random() < 0.5 else line for line in lines]


def english(rng, low, high):
    def one():
        words = f"{rng.choice(ENGLISH['who'])} {rng.choice(ENGLISH['did'])}, {rng.choice(ENGLISH['end'])}."
        return words[0].upper() + words[1:]
    return [" ".join(one() for _ in range(rng.randint(3, 7))) for _ in range(rng.randint(low, high))]


def verses(rng):
    size = rng.choice([5, 7])
    words = "".join(PLACES + THINGS)
    return ["，".join("".join(rng.choice(words) for _ in range(size)) for _ in range(2)) + "。" for _ in range(rng.randint(2, 8))]


def titles(rng, count):
    made = []
    while len(made) < count:
        title = rng.choice([
            rng.choice(PLACES), rng.choice(THINGS), f"{rng.choice(PLACES)}的{rng.choice(THINGS)}", f"{rng.choice(PEOPLE)}和{rng.choice(THINGS)}",
            f"忆{rng.choice(PEOPLE)}", f"关于{rng.choice(THINGS)}", f"{rng.choice(THINGS)}琐记", f"在{rng.choice(PLACES)}", f"谈{rng.choice(THINGS)}",
        ])
        if title not in made:
            made.append(title)
    return made


def english_titles(rng, count):
    forms = ["On the {}", "The {}", "A {} Remembered", "Of the {} and the {}", "{}s"]
    made = []
    while len(made) < count:
        form = rng.choice(forms)
        title = form.format(*(rng.choice(ENGLISH["title"]).title() for _ in range(form.count("{}"))))
        if title not in made:
            made.append(title)
    return [title.upper() for title in made] if rng.random() < 0.4 else made


class Book:
    """Lines of a text and where its essays begin."""

    def __init__(self):
        self.lines, self.truth = [], []

    def put(self, line="", what=None):
        if what:
            self.truth.append((what, len(self.lines) + 1, line.strip(" 　#")))
        self.lines.append(line)

    def write(self, path, newline="\n"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((newline.join(self.lines) + newline).encode())
        truth = self.truth or [("essay", 1, "")]
        path.with_name(path.name + ".truth").write_text("".join(f"{w}\t{n}\t{t}\n" for w, n, t in truth), encoding="utf-8")


def works(rng, kind):
    count = rng.randint(4, 24)
    if kind == "english":
        return [(title, english(rng, 4, 14), None) for title in english_titles(rng, count)]
    bodies = {
        "stories": lambda: prose(rng, 8, 40), "essays": lambda: prose(rng, 4, 16), "poems": lambda: verses(rng),
        "letters": lambda: [f"{rng.choice(PEOPLE)}：", *prose(rng, 3, 9), "祝好。", rng.choice(PEOPLE)],
        "speeches": lambda: ["同志们：", *essays.paragraphs(rng, 4, 12)],
    }
    dated = rng.random() < {"speeches": 0.8, "letters": 0.6}.get(kind, 0.15)
    return [(title, bodies[kind](), f"（{essays.date(rng)}）" if dated else None) for title in titles(rng, count)]


NAMES = ["河湾集", "河湾旧事", "灯下文选", "某某短篇小说选", "山水之间", "夜航船上", "某某散文", "旧信札"]


def plain(rng, kind, found):
    """As plain text."""
    book = Book()
    isEnglish = kind == "english"
    between = 1 if isEnglish else rng.choice([0, 0, 1, 2])
    before = between + rng.choice([1, 1, 2, 3])
    behind = rng.choice([0, 1, between])
    indent = "" if isEnglish else rng.choice(["", "　　", "    "])
    centre = rng.choice(["", "", "", "　　　　　　", "            "])
    contents = rng.choice([None, None, "head", "head", "end"])
    leaders = rng.choice(["", "", "……{}", "\t{}"])
    byline = None if isEnglish or rng.random() > 0.2 else rng.choice(["某某", "作者：某某"])
    running = rng.random() < 0.1
    parts = len(found) > 9 and rng.random() < 0.25
    name = "Collected Essays" if isEnglish else rng.choice(NAMES)

    def table():
        book.put("CONTENTS" if isEnglish else rng.choice(["目录", "目　录"]))
        for number, (title, _, _) in enumerate(found, 1):
            book.put(title + leaders.format(7 * number))

    def blank(count):
        for _ in range(count):
            book.put()

    if rng.random() < 0.8:
        book.put(name)
    if contents == "head":
        blank(1)
        table()
    for number, (title, body, date) in enumerate(found):
        if book.lines:
            blank(before)
        if parts and number % 5 == 0:
            book.put(centre + f"第{han(number // 5 + 1)}辑", "maybe")
            blank(before)
        book.put(centre + title, "essay")
        if date:
            book.put((centre or indent) + date)
        if byline:
            book.put((centre or indent) + byline)
        blank(behind)
        for line in body:
            book.put(indent + line)
            blank(between)
        if running:
            book.put(f"{name} · 某某出版社")
    if contents == "end":
        blank(before)
        table()
    if rng.random() < 0.2 and not isEnglish:
        blank(1)
        book.put("底本：「河湾名作集」みなと文庫")
    return book


def markdown(rng, kind, found):
    """As a converter makes of an e-book."""
    book = Book()
    mark = rng.choice(["#", "#", "##"])
    if mark == "##":
        book.put("# " + ("Collected Essays" if kind == "english" else rng.choice(["河湾集", "灯下文选", "某某散文"])))
        book.put()
    for name in [] if kind == "english" else rng.sample(FRONT, rng.randint(0, 3)):
        book.put(f"{mark} {name}", "maybe")
        book.put()
        book.put("书名：河湾集。本书收录作者多年来的作品，按写作时间编排。")
        book.put()
    for title, body, date in found:
        book.put(f"{mark} {title}", "essay")
        book.put()
        for line in ([date] if date else []) + body:
            book.put(line)
            book.put()
    return book


def single(rng, kind):
    """One work."""
    book = Book()
    between, before = rng.choice([(0, 1), (0, 2), (1, 3), (1, 2)])
    indent = rng.choice(["", "　　"])
    people = rng.sample(PEOPLE, 3)

    def put(title, lines):
        for _ in range(before):
            book.put()
        book.put(title)
        for line in lines:
            book.put(indent + line)
            for _ in range(between):
                book.put()

    if kind == "english":
        book.put("The House by the River")
        for number in range(1, rng.randint(6, 20)):
            put(f"CHAPTER {number}", english(rng, 5, 20))
        return book
    book.put(rng.choice(["河湾演义", "某某传", "河湾史", "渡船"]))
    if kind == "laws":
        number = 0
        for chapter in range(1, rng.randint(3, 7)):
            articles = []
            for _ in range(rng.randint(3, 9)):
                number += 1
                articles.append(f"第{han(min(number, 99))}条　{essays.sentence(rng)}")
            put(f"第{han(chapter)}章　{rng.choice(['总则', '管理', '职责', '监督', '附则'])}", articles)
        return book
    forms = {
        "chapters": ["第{}章　{}", "第{}回　{}", "{}　{}", "{}"], "plays": ["第{}幕"], "histories": ["第{}节　{}", "第{}章　{}"],
    }
    if kind == "headings":
        for line in prose(rng, 1, 2):
            book.put(indent + line)
        for title in titles(rng, rng.randint(3, 5)):
            put(title, prose(rng, 1, 3, people))
        return book
    form = rng.choice(forms[kind])
    for number, title in enumerate(titles(rng, rng.randint(6, 24)), 1):
        lines = prose(rng, 6, 30, people)
        if kind == "plays":
            lines = [f"{rng.choice(people)}：{sentence(rng)}" for _ in range(rng.randint(10, 40))]
        put(form.format(han(number), title), lines)
    return book


KINDS = ["stories", "essays", "poems", "letters", "speeches", "english"]
SINGLES = ["chapters", "plays", "histories", "laws", "headings", "english"]


def main():
    folder = pathlib.Path(sys.argv[1])
    count, seed = int((sys.argv[2:] or [20])[0]), (sys.argv[3:] or ["1"])[0]
    for kind in KINDS:
        for number in range(count):
            rng = random.Random(f"{seed} {kind} {number}")
            found = works(rng, kind)
            plain(rng, kind, found).write(folder / kind / f"{kind}-{number}.txt", rng.choice(["\n", "\n", "\r\n"]))
            if number % 2 == 0:
                markdown(rng, kind, found).write(folder / f"{kind} as e-books" / f"{kind}-{number}.md")
    for kind in SINGLES:
        for number in range(count):
            single(random.Random(f"{seed} single {kind} {number}"), kind).write(folder / f"single {kind}" / f"{kind}-{number}.txt")


if __name__ == "__main__":
    main()
