"""Makes compilations of essays as they are passed around, with a share of their markers missing, and knows where each
essay begins. A document is a pair (title lines, body lines); see `read` for those in files and `essays.KINDS` for others.
"""
import re

import essays
from essays import han

ROMAN = "0 I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX".split()

# What a marker looks like before a title. Even ones for tuning, odd ones held out.
MARKERS = [
    lambda n, t: f"第{han(n)}篇：{t}",
    lambda n, t: f"第{n}篇：{t}",
    lambda n, t: f"第{han(n)}篇 {t}",
    lambda n, t: f"篇{han(n)}：{t}",
    lambda n, t: f"【篇{han(n)}】{t}",
    lambda n, t: f"【第{han(n)}篇】{t}",
    lambda n, t: f"范文{n}：{t}",
    lambda n, t: f"范文{han(n)}：{t}",
    lambda n, t: f"（第{han(n)}篇）{t}",
    lambda n, t: f"第 {han(n)} 篇、{t}",
    lambda n, t: f"**第{han(n)}篇：{t}**",
    lambda n, t: f"范文（{han(n)}）：{t}",
    lambda n, t: f"篇{n}、{t}",
    lambda n, t: f"第{han(n)}篇:{t}",
    lambda n, t: f"★第{han(n)}篇　{t}",
    lambda n, t: f"■ 篇{han(n)} ■ {t}" if not t else f"篇{han(n)} {t}",
]
# Weaker marks, which number titles and nothing else in the text.
WEAK = [
    lambda n, t: f"（{han(n)}）{t}",
    lambda n, t: f"{n}.{t}",
    lambda n, t: f"{n}、{t}",
    lambda n, t: f"({n}) {t}",
    lambda n, t: f"文章{n}：{t}",
    lambda n, t: f"例文{han(n)} {t}",
]


class Document:
    def __init__(self, title, body):
        self.title, self.body = title, body
        self.name = "".join(title) if not all(line.isascii() for line in title) else " ".join(title)
        self.isEnglish = self.name.isascii()


def made(rng, kinds):
    return Document(*rng.choice(kinds)(rng))


def read(path):
    """A document in a file: its title is what stands before the document's number, addressee or second line."""
    lines = [line.rstrip("\r\n") for line in path.read_text(encoding="utf-8").split("\n")]
    lines = [line for line in lines if line.strip("\u200b\ufeff 　\t")]
    end = next((i for i, line in enumerate(lines[:6]) if re.search(r"〔\d+〕.*号$|^第\d+号$|[：:]$|^\d{4}年|^<!--", line)), 1)
    if lines[0].isascii():
        end = 1
    return Document([line.strip(" 　") for line in lines[: max(1, end)]], lines[max(1, end):])


class Layout:
    """How one compilation looks, the same throughout."""

    def __init__(self, rng, markers, plain):
        self.marker = rng.choice(markers)
        self.titleStays = rng.choice(["marker", "both", "below"])
        self.indent = rng.choice(["", "", "　　", "    "])
        self.between = rng.choice([0, 0, 1])
        self.before = rng.choice([0, 1, 2]) + self.between
        self.titleIndent = rng.choice(["", "", " ", "　　　　　", "            "])
        self.titleWrap = rng.choice([""] * 8 + ["**", "# ", "《"])
        self.twice = rng.random() < 0.15
        self.noise = rng.choice([0, 0, 0.02, 0.05])
        self.newline = rng.choice(["\n", "\n", "\n", "\r\n"])
        self.pages = rng.random() < 0.1
        # Headings inside an essay are set off too.
        self.headingGap = rng.choice([0, 0, 0, 1])
        self.headingIndent = rng.choice([None, None, None, self.titleIndent])
        self.rule = rng.choice(["", "", "", "", "", "", "", "", "---------", "* * *", "——————"])
        if plain:
            self.indent = self.titleIndent = self.footer = self.rule = ""
            self.between = self.before = self.headingGap = 0
            self.pages = self.twice = False
            self.titleWrap = ""
            self.headingIndent = None
            return
        self.footer = rng.choice(["", "", "", "来源：网络", "更多精彩内容请访问 www.example.org"])


def slip(rng, line):
    """What scanning does to a line: a blank put in, or a character lost."""
    if len(line) < 12:
        return line
    at = rng.randint(6, len(line) - 3)
    return line[:at] + (" " + line[at:] if rng.random() < 0.6 else line[at + 1:])


def wrap(line, mark):
    return mark + line + {"**": "**", "《": "》"}.get(mark, "")


def isHeading(line):
    """Short and without closing punctuation, or numbered."""
    return len(line) < 40 and not re.search(r"[。！？；：:.!?;,，”）)日号]$", line)


def compilation(rng, documents, missing, markers=MARKERS, plain=None, headings=False):
    """Text, and the byte offsets of the lines where the essays after the first begin."""
    layout = Layout(rng, markers, rng.random() < 0.35 if plain is None else plain)
    if headings:
        layout.headingGap, layout.headingIndent = layout.before - layout.between, layout.titleIndent
    out, starts, size = [], [], 0

    def put(line=""):
        nonlocal size
        out.append(line + layout.newline)
        size += len(out[-1].encode())

    def put_body(line):
        if layout.noise and rng.random() < layout.noise:
            line = slip(rng, line)
        indent = layout.indent
        if isHeading(line):
            for _ in range(layout.headingGap):
                put()
            if layout.headingIndent is not None:
                indent = layout.headingIndent
        put(indent + line)
        for _ in range(layout.between):
            put()

    def opening():
        if len(documents) > 1 and rng.random() < 0.3:
            count = rng.choice([f"（精选{len(documents)}篇）", f"{len(documents)}篇", "汇编", "合集", "范文大全"])
            put(rng.choice(essays.THINGS) + rng.choice(["心得体会", "工作总结", "材料", "讲话"]) + count)
            if rng.random() < 0.5:
                put_body("下面是为大家整理的" + rng.choice(essays.THINGS) + "材料，共收录若干篇，供各位参考借鉴，希望能够对大家的工作有所帮助。")
        if len(documents) > 2 and rng.random() < 0.2:
            style = rng.choice(["{t}", "{n}. {t}", "{n}、{t}……{p}", "{t}\t{p}", "{m}", "{m}…………{p}"])
            if missing == 1:
                style = style.replace("{m}", "{t}")
            if rng.random() < 0.6:
                put(rng.choice(["目录", "目　录", "目 录"]))
            for number, document in enumerate(documents, 1):
                put(style.format(t=document.name, n=number, p=3 * number - 2, m=layout.marker(number, document.name)))

    opening()
    if size == 0 and missing < 1 and rng.random() < 0.2:
        put(" " + layout.marker(1, documents[0].name) + documents[0].body[0][:60] + "...")
    for number, document in enumerate(documents, 1):
        if number > 1:
            for _ in range(layout.before):
                put()
            starts.append(size)
        titled = False
        if rng.random() >= missing:
            stays = layout.titleStays
            put(layout.marker(number, "" if stays == "below" else document.name))
            titled = stays == "marker"
        if not titled:
            for line in document.title:
                put(layout.titleIndent + wrap(line, layout.titleWrap))
            if layout.twice:
                put(document.name)
        for line in document.body:
            put_body(line)
        if layout.pages and rng.random() < 0.5:
            put(rng.choice([f"第 {number} 页 共 {len(documents)} 页", f"- {number} -"]))
        if layout.footer:
            put(layout.footer)
        if layout.rule and number < len(documents):
            put(layout.rule)
    return "".join(out), starts


def single(rng, document):
    """A document by itself, without a marker: bare lines, or laid out in one of the ways of compilations, with headings as
    they are set there or as the title is."""
    form = rng.random()
    if form < 0.3:
        return "\n".join(document.title + document.body) + "\n"
    return compilation(rng, [document], 1, headings=form > 0.6)[0]
