#!/usr/bin/env python3
"""Writes COUNT synthetic essays of some 7.7 kB into FOLDER, the same ones every time: corpus.py FOLDER COUNT"""
import pathlib
import random
import sys

COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    random.seed(20260101)
    weights = [1 / (rank + 5) for rank in range(len(COMMON))]
    numerals = "一二三四五六七八九十"

    def words(low, high):
        return "".join(random.choices(COMMON, weights, k=random.randint(low, high)))

    sentences = [words(12, 40) for _ in range(20000)]
    for number in range(count):
        lines = ["关于" + words(8, 16) + "的意见"]
        for section in range(random.randint(3, 7)):
            lines.append(numerals[section] + "、" + words(6, 14))
            for _ in range(random.randint(2, 4)):
                lines.append("　　" + "。".join(random.choices(sentences, k=random.randint(4, 10))) + "。")
        file = folder / f"{number // 1000:03}" / f"{number:05}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
