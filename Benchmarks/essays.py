"""Essays of many kinds, made by template from a seed, for measuring how compilations are split.

Each is a pair (title lines, body lines). Kinds are listed in KINDS; those in LONG are single documents with much inside
that looks like the beginning of another essay.
"""

HAN = "零一二三四五六七八九十"
PLACES = "东河镇 清溪县 临江市 西坪村 南桥街道 云岭乡 北湖区 青山林场 城关中学 红旗水库 永安社区 白马煤矿 新港开发区 长宁医院 双塔小学".split()
BODIES = "人民政府 办公室 教育局 水务局 农业农村局 党支部 工会 团委 妇联 财政局 民政局 卫生健康委 市场监管局 党委 纪委".split()
THINGS = (
    "河道管护 春耕生产 森林防火 安全生产 义务教育 基层党建 作风建设 信访维稳 招商引资 乡村振兴 环境整治 防汛抗旱 图书流通 "
    "食品安全 档案管理 志愿服务 老旧小区改造 数据共享 政务公开 疫苗接种 校园文化 职工培训 文物保护 水利建设 营商环境"
).split()
SUBJECTS = "各村 全体职工 广大干部 有关部门 老师们 我们 大家 镇里 班子成员 同学们 驻村队员 基层单位 村民 这些年轻人 老人 专班".split()
ADVERBS = "始终 认真 及时 逐步 主动 反复 一直 普遍 深入 继续 努力 按时 稳妥 共同".split()
VERBS = "落实 推进 完善 改进 研究 加强 组织 整理 检查 关心 学习 讨论 宣传 总结 协调 解决 记录 修订".split()
OBJECTS = (
    "各项任务 存在的问题 群众的意见 设备和场地 工作台账 学习计划 管理办法 值班安排 农田和水渠 课堂上的难点 宣传方式 项目进度 "
    "家长的担心 监督机制 服务流程 村里的旧事 会议的要求 资金的使用"
).split()
TAILS = (
    "取得了较好的效果 得到了大家的认可 还有不少差距 积累了一些经验 为下一步打下了基础 群众比较满意 这一点很不容易 "
    "比去年同期增长了百分之十二 全年完成投资3.5亿元 覆盖了14个行政村 今后还要坚持下去 心里踏实了许多 问题一件一件少了"
).split()
POINTS = "提高认识 健全制度 明确责任 突出重点 改进方法 强化监督 加大投入 搞好宣传 建强队伍 狠抓落实 夯实基础 优化服务".split()
PARTS = "基本情况 主要做法 存在问题 原因分析 对策建议 下一步打算 总体要求 重点任务 保障措施 工作目标 取得成效 几点体会".split()
NAMES = "陈立群 王晓梅 李国强 赵敏 周建华 孙玉兰 何平 吴长河".split()


def han(number):
    if number <= 10:
        return HAN[number]
    tens, ones = divmod(number, 10)
    return (HAN[tens] if tens > 1 else "") + "十" + (HAN[ones] if ones else "")


def sentence(rng):
    forms = [
        lambda: f"{rng.choice(SUBJECTS)}{rng.choice(ADVERBS)}{rng.choice(VERBS)}{rng.choice(OBJECTS)}，{rng.choice(TAILS)}。",
        lambda: f"在{rng.choice(THINGS)}中，{rng.choice(SUBJECTS)}{rng.choice(VERBS)}{rng.choice(OBJECTS)}，{rng.choice(VERBS)}{rng.choice(OBJECTS)}。",
        lambda: f"{rng.randint(1998, 2025)}年{rng.randint(1, 12)}月，{rng.choice(PLACES)}{rng.choice(VERBS)}{rng.choice(OBJECTS)}，{rng.choice(TAILS)}。",
        lambda: f"要{rng.choice(ADVERBS)}{rng.choice(VERBS)}{rng.choice(OBJECTS)}，{rng.choice(ADVERBS)}{rng.choice(VERBS)}{rng.choice(OBJECTS)}，{rng.choice(TAILS)}。",
        lambda: f"一是{rng.choice(VERBS)}{rng.choice(OBJECTS)}；二是{rng.choice(VERBS)}{rng.choice(OBJECTS)}；三是{rng.choice(ADVERBS)}{rng.choice(VERBS)}{rng.choice(OBJECTS)}。",
        lambda: f"为什么要{rng.choice(VERBS)}{rng.choice(OBJECTS)}？因为{rng.choice(SUBJECTS)}{rng.choice(TAILS)}。",
    ]
    return rng.choice(forms)()


def paragraph(rng, low=2, high=7):
    return "".join(sentence(rng) for _ in range(rng.randint(low, high)))


def paragraphs(rng, low, high):
    return [paragraph(rng) for _ in range(rng.randint(low, high))]


def date(rng):
    year, month, day = rng.randint(1998, 2025), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice([f"{year}年{month}月{day}日", f"二〇{han(rng.randint(1, 9))}{han(rng.randint(1, 9))}年{han(month)}月{han(day)}日"])


def numbered(rng, depth=2, low=2, high=5, texts=(1, 3)):
    """Sections 一、, with （一） and 1. below, some headings run in."""
    lines = []
    for number in range(1, rng.randint(low, high) + 1):
        lines.append(f"{han(number)}、{rng.choice(PARTS)}")
        if rng.random() < 0.6:
            lines += paragraphs(rng, *texts)
        if depth > 1 and rng.random() < 0.6:
            for sub in range(1, rng.randint(2, 4) + 1):
                run_in = rng.random() < 0.5
                head = f"（{han(sub)}）{rng.choice(POINTS)}"
                lines += [head + "。" + paragraph(rng)] if run_in else [head] + paragraphs(rng, 1, 2)
                if depth > 2 and rng.random() < 0.4:
                    lines += [f"{n}{rng.choice('.．、')}{rng.choice(POINTS)}。{paragraph(rng, 1, 3)}" for n in range(1, 4)]
        elif not lines[-1].endswith("。"):
            lines += paragraphs(rng, *texts)
    return lines


def subject(rng):
    return rng.choice(PLACES) + rng.choice(THINGS)


# Kinds of essays: (title lines, body lines).

def reflection(rng):
    title = rng.choice(["学习{}心得体会", "{}学习体会", "参加{}培训的几点体会", "读《{}纪事》有感", "{}随感"]).format(rng.choice(THINGS))
    body = paragraphs(rng, 3, 8) if rng.random() < 0.5 else paragraphs(rng, 1, 2) + numbered(rng, 1)
    return [title], body


def summary(rng):
    title = rng.choice(["{}年工作总结", "{}年度{}工作总结", "{}年上半年{}情况汇报"]).format(rng.randint(2005, 2025), subject(rng))
    return [title], paragraphs(rng, 1, 2) + numbered(rng, 3) + ([rng.choice(PLACES) + rng.choice(BODIES), date(rng)] if rng.random() < 0.4 else [])


def speech(rng):
    title = rng.choice(["在{}工作会议上的讲话", "在{}动员大会上的讲话", "在{}座谈会上的发言", "{}工作会议主持词"]).format(subject(rng))
    head = rng.choice([[], [f"（{date(rng)}）"], [rng.choice(NAMES)], [f"{rng.choice(PLACES)}党委书记 {rng.choice(NAMES)}", f"（{date(rng)}）"]])
    hello = rng.choice(["同志们：", "各位领导、同志们：", "尊敬的各位来宾，老师们、同学们：", "各位代表："])
    end = rng.choice([["谢谢大家！"], [], ["我的讲话完了，谢谢。"]])
    body = numbered(rng, 2) if rng.random() < 0.6 else paragraphs(rng, 4, 9)
    return [title], head + [hello] + paragraphs(rng, 1, 2) + body + end


def survey(rng):
    title = rng.choice(["关于{}的调研报告", "{}情况调查", "{}的调查与思考", "对{}的几点思考"]).format(subject(rng))
    return [title], paragraphs(rng, 1, 2) + numbered(rng, 3, 3, 5)


def plan(rng):
    title = rng.choice(["{}实施方案", "{}工作方案", "{}三年行动计划", "{}工作要点"]).format(subject(rng))
    return [title], ["为" + rng.choice(VERBS) + rng.choice(OBJECTS) + "，制定本方案。"] + numbered(rng, 3, 3, 6)


def official(rng):
    place, thing = rng.choice(PLACES), rng.choice(THINGS)
    issuer = place + rng.choice(BODIES)
    title = f"{issuer}关于{rng.choice(VERBS)}{thing}{rng.choice(['工作', '有关事项', ''])}的{rng.choice(['通知', '意见', '决定', '报告', '请示', '函'])}"
    cut = rng.randint(len(issuer), len(title) - 4)
    lines = [title[:cut], title[cut:]] if rng.random() < 0.5 else [title]
    number = f"{place[0]}{rng.choice('政办党教')}{rng.choice(['发', '字', '函'])}〔{rng.randint(2001, 2025)}〕{rng.randint(1, 99)}号"
    head = [number] if rng.random() < 0.8 else []
    to = rng.choice(["各村民委员会，镇直各单位：", "各县（市、区）人民政府，市直各部门：", "县委、县政府：", "各党支部："])
    end = [issuer, date(rng)]
    if rng.random() < 0.3:
        end = [f"附件：1.{thing}任务分工表", f"2.{thing}联系人名单"] + end + ["附件1", f"{thing}任务分工表"] + numbered(rng, 1, 2, 3)
    return lines, head + [to] + paragraphs(rng, 1, 2) + numbered(rng, 2) + end


def letter(rng):
    title = rng.choice(["致{}群众的一封信", "给{}职工的慰问信", "{}倡议书", "{}感谢信"]).format(rng.choice(PLACES))
    return [title], [rng.choice(["亲爱的乡亲们：", "尊敬的家长朋友：", "全体职工同志们："])] + paragraphs(rng, 2, 5) + ["此致", "敬礼！"][: rng.choice([0, 2])] + [rng.choice(PLACES) + rng.choice(BODIES), date(rng)]


def prose(rng):
    """No word of a genre in the title, no number in the text."""
    title = rng.choice(["家乡的老屋", "雨中的{0}", "一棵槐树", "{0}的早晨", "走过{0}", "山那边", "父亲与{1}", "门前的小路", "{1}漫笔", "灯火", "又见{0}", "路在脚下", "让{1}成为习惯"])
    return [title.format(rng.choice(PLACES), rng.choice(THINGS))], paragraphs(rng, 4, 10)


def article(rng):
    """A title as in newspapers, with numbering but no genre."""
    title = rng.choice(["新形势下如何{1}{0}", "以{0}推动{2}高质量发展", "{1}{0} 服务{2}大局", "{2}：{0}的一面旗帜", "论{0}与{2}", "把{0}抓在手上", "{0}不能只靠一股劲"])
    title = title.format(rng.choice(THINGS), rng.choice(VERBS), rng.choice(PLACES))
    head = rng.choice([[], ["摘要：" + paragraph(rng, 1, 2), "关键词：" + "；".join(rng.sample(THINGS, 3))], ["作者：" + rng.choice(NAMES)]])
    return [title], head + paragraphs(rng, 1, 3) + numbered(rng, 3, 3, 5)


def bracketed(rng):
    """Sections from （一） or 1. downwards only."""
    title = rng.choice(["{}经验材料", "{}述职报告", "{}先进事迹材料", "{}自查报告"]).format(subject(rng))
    lines = paragraphs(rng, 1, 2)
    for number in range(1, rng.randint(3, 6)):
        mark = f"（{han(number)}）" if len(title) % 2 else f"{number}."
        lines += [mark + rng.choice(POINTS) + "。" + paragraph(rng)]
    return [title], lines + paragraphs(rng, 0, 1)


def rules(rng):
    title = rng.choice(["{}管理办法", "{}暂行规定", "{}实施细则", "{}条例"]).format(subject(rng))
    lines, count = [], 1
    chapters = rng.choice([0, 0, 3, 4])
    for chapter in range(max(1, chapters)):
        if chapters:
            lines.append(f"第{han(chapter + 1)}章 {rng.choice(['总则', '职责', '监督', '程序', '附则'])}")
        for _ in range(rng.randint(3, 6)):
            lines.append(f"第{han(count)}条 {sentence(rng)}")
            if rng.random() < 0.2:
                lines += [f"（{han(n)}）{rng.choice(VERBS)}{rng.choice(OBJECTS)}；" for n in range(1, 4)]
            count += 1
    return [title], lines


WORDS = "river garden letter winter teacher habit reason silence harvest mountain neighbour courage window memory market promise".split()
LINKS = "of the and in a to that with for from but by".split()


def english_sentence(rng):
    words = [rng.choice(WORDS if i % 2 else LINKS) for i in range(rng.randint(8, 24))]
    return " ".join(words).capitalize() + rng.choice(". . . ? !".split())


def english(rng):
    title = rng.choice(["On {}", "The {}", "A {} and a {}", "Of {} and {}", "{}", "Notes on the {}"]).format(rng.choice(WORDS).capitalize(), rng.choice(WORDS).capitalize())
    return [title], [" ".join(english_sentence(rng) for _ in range(rng.randint(3, 9))) for _ in range(rng.randint(4, 10))]


KINDS = [reflection, summary, speech, survey, plan, official, letter, prose, article, bracketed, rules]


# Single documents that hold much that looks like the beginning of an essay.

def long_report(rng):
    title, body = survey(rng)
    for number in range(1, rng.randint(2, 4)):
        body += [f"附件{number}", f"{subject(rng)}{rng.choice(['情况表', '实施细则', '调查问卷', '管理办法'])}"] + numbered(rng, 2)
    return title, body


def appendices(rng):
    title, body = plan(rng)
    for number in range(1, 4):
        body += [f"附录{han(number)} {subject(rng)}{rng.choice(['名单', '指标说明', '工作总结'])}"] + numbered(rng, 1)
    return title, body


def contents_report(rng):
    title, _ = survey(rng)
    heads = [f"{han(n)}、{rng.choice(PARTS)}" for n in range(1, 6)]
    body = ["目  录"] + [f"{head}{'…' * 6}{3 * n}" for n, head in enumerate(heads, 1)]
    for head in heads:
        body += [head] + paragraphs(rng, 2, 3)
    return title, body


def chapters(rng):
    body = []
    for number in range(1, rng.randint(4, 7)):
        body += [f"第{han(number)}章 {rng.choice(THINGS)}"] + paragraphs(rng, 1, 2)
        for section in range(1, 4):
            body += [f"第{han(section)}节 {rng.choice(POINTS)}"] + numbered(rng, 2)
    return [subject(rng) + "史话"], body


def parts(rng):
    body = []
    for number in range(1, 4):
        body += [f"第{han(number)}{rng.choice(['部分', '讲', '编'])} {rng.choice(THINGS)}"] + numbered(rng, 2)
    return [subject(rng) + "讲义"], body


def law(rng):
    title, _ = rules(rng)
    body, count = [], 1
    for volume in range(1, 4):
        body.append(f"第{han(volume)}编 {rng.choice(THINGS)}")
        for chapter in range(1, 3):
            body.append(f"第{han(chapter)}章 {rng.choice(POINTS)}")
            for _ in range(4):
                body.append(f"第{han(count)}条 {sentence(rng)}")
                count += 1
    return title, body


def questions(rng):
    body = []
    for number in range(1, rng.randint(6, 12)):
        body += [f"{rng.choice(['问', str(number) + '.问', '问题' + str(number)])}：{rng.choice(SUBJECTS)}怎样{rng.choice(VERBS)}{rng.choice(OBJECTS)}？", "答：" + paragraph(rng)]
    return [rng.choice(THINGS) + "知识问答"], body


def minutes(rng):
    body = [f"时间：{date(rng)}", "地点：三楼会议室", "主持人：" + rng.choice(NAMES), "出席：" + "、".join(rng.sample(NAMES, 4)), "记录：" + rng.choice(NAMES)]
    for name in rng.sample(NAMES, 4):
        body += [name + "：" + paragraph(rng)]
    return [subject(rng) + "会议纪要"], body + ["会议议定："] + [f"{n}. {sentence(rng)}" for n in range(1, 5)]


def bare_headings(rng):
    """Headings without numbers."""
    body = paragraphs(rng, 1, 2)
    for head in rng.sample(PARTS + POINTS + ["学习培训方案的落实情况", "关于资金使用的问题", "我的几点建议", "今后的工作"], 5):
        body += [head] + paragraphs(rng, 2, 4)
    return [subject(rng) + rng.choice(["纪事", "工作报告", "调研报告"])], body


def nested_restart(rng):
    """一、 begins again under unnumbered parts and under 附."""
    body = []
    for head in ["上篇 " + rng.choice(THINGS), "下篇 " + rng.choice(THINGS)]:
        body += [head] + numbered(rng, 2)
    return [subject(rng) + "工作报告"], body + ["附：" + rng.choice(THINGS) + "大事记"] + numbered(rng, 1)


def forwarded(rng):
    place, thing = rng.choice(PLACES), rng.choice(THINGS)
    name = f"{thing}{rng.choice(['实施方案', '管理办法', '工作总结'])}"
    lines = [f"{place}人民政府关于印发{name}的通知"]
    body = ["各村民委员会，镇直各单位：", f"现将《{name}》印发给你们，请认真贯彻执行。", f"{place}人民政府", date(rng), name]
    return lines, body + paragraphs(rng, 1, 1) + numbered(rng, 2)


def english_parts(rng):
    title, _ = english(rng)
    body = []
    style = rng.choice(["{}.", "PART {}", "Chapter {}"])
    for number in ["I", "II", "III", "IV"]:
        body += [style.format(number)] + english(rng)[1]
    return title, body


def bare_long(rng):
    """The same in a long essay, as pages of newspapers are: few headings, far apart."""
    body = paragraphs(rng, 2, 5)
    heads = [rng.choice(PARTS + POINTS), "让" + rng.choice(THINGS) + "落到实处", rng.choice(SUBJECTS) + "的期盼", rng.choice(PLACES) + "的探索", "从" + rng.choice(THINGS) + "说起", rng.choice(THINGS) + "：" + rng.choice(POINTS)]
    for head in rng.sample(heads, rng.randint(3, 6)):
        body += [head] + paragraphs(rng, 3, 12)
    return rng.choice([article, prose, survey, reflection])(rng)[0], body


def novel(rng):
    """Chapters of a story, each with a name."""
    unit = rng.choice("回章节卷集课幕")
    body = []
    for number in range(1, rng.randint(4, 9)):
        body += [f"第{han(number)}{unit}{rng.choice([' ', '　', '：'])}{rng.choice(PLACES)}{rng.choice(['风雨夜', '来客', '旧事', '灯火明', '初相识'])}"] + paragraphs(rng, 4, 12)
    return [rng.choice(["山乡旧事", "两代人", "大河湾"])], body


def english_headings(rng):
    title, _ = english(rng)
    body = []
    for head in rng.sample(["Introduction", "The First Winter", "Conclusion", "What We Learned", "A Second Reason", "Notes", "References", "Chapter One", "Book II"], 5):
        body += [head] + english(rng)[1]
    return title, body


LONG = [bare_long, novel, english_headings, long_report, appendices, contents_report, chapters, parts, law, questions, minutes, bare_headings, nested_restart, forwarded, english_parts]
