/// Whether a line that looks like a title is a row of a list of people or bodies, as in the annex that names a committee.
enum RosterShape {
    case none
    /// In a list, but alone it may be a title.
    case likely
    case certain

    /// So many rows make a list.
    static let shortestList = 3

    /// - Parameter content: a line of a text that looks like a title.
    static func read(_ bytes: TextBytes, _ content: Range<Int>) -> RosterShape {
        guard content.count <= longest, !namesDocument(bytes, content) else { return .none }
        let words = words(bytes, content)
        let han = words.reduce(0) { $0 + $1.count { (0x4E00...0x9FFF).contains($0) } }
        guard 2 * han >= words.reduce(0, { $0 + $1.count }) else { return .none }
        if let role = role(words) { return role }
        if words.count > 1 { return several(words) }
        guard let word = words.first else { return .none }
        let parts = word.split(separator: comma)
        if parts.count > 1 { return parts.allSatisfy({ isBody($0) || isName($0) }) ? .certain : .none }
        return isBody(word[...]) || isName(word[...]) ? .likely : .none
    }

    /// Bytes.
    private static let longest = 180
    private static let comma: UInt32 = 0x3001

    private static func namesDocument(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        TitleScoring.endsWithDocument(bytes, TitleScoring.withoutSuffix(bytes, content))
            || Pattern.contains(bytes, content, "关于")
            || Pattern.contains(bytes, content, "關於")
    }

    /// The line's words between blanks; two single characters that begin it are one, as names of two are spaced out.
    private static func words(_ bytes: TextBytes, _ content: Range<Int>) -> [[UInt32]] {
        var words: [[UInt32]] = []
        var cursor = ScalarCursor(bytes, content)
        var word: [UInt32] = []
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar > 0x20 {
                word.append(scalar)
            } else if !word.isEmpty {
                words.append(word)
                word = []
            }
        }
        if !word.isEmpty { words.append(word) }
        if words.count > 2, words[0].count == 1, words[1].count == 1 {
            words.replaceSubrange(0...1, with: [words[0] + words[1]])
        }
        return words
    }

    /// `副组长：吴秋实 居委会副主任`, `成员单位：市教育局、市民政局`
    private static func role(_ words: [[UInt32]]) -> RosterShape? {
        let line = words.flatMap { $0 }
        guard let colon = line.firstIndex(of: 0x3A), (2...8).contains(colon) else { return nil }
        let role = line[..<colon]
        guard roles.contains(where: { ends(role, $0) }) else { return nil }
        return .certain
    }

    private static func several(_ words: [[UInt32]]) -> RosterShape {
        // A title that is spaced out.
        guard words.contains(where: { $0.count > 1 }), words.count <= 12 else { return .none }
        let names = words.count { isName($0[...]) }
        if names == words.count, names > 2 { return .certain }
        let others = words.filter { !isName($0[...]) }
        if names > 0, !others.isEmpty, others.contains(where: { isPost($0[...]) || isBody($0[...]) }) {
            return .certain
        }
        if words.allSatisfy({ isBody($0[...]) }) { return .certain }
        return .likely
    }

    /// A person's, with or without a remark behind it: `张三`, `欧阳修远（兼）`.
    private static func isName(_ word: ArraySlice<UInt32>) -> Bool {
        let name = word.prefix { $0 != 0x28 }
        guard (2...4).contains(name.count), name.allSatisfy({ (0x4E00...0x9FFF).contains($0) }), let first = name.first
        else { return false }
        guard !isBody(name), !isPost(name) else { return false }
        return name.count == 4 ? doubleSurnames.contains(Array(name.prefix(2))) : surnames.contains(first)
    }

    private static func isPost(_ word: ArraySlice<UInt32>) -> Bool {
        let post = word.prefix { $0 != 0x28 }
        return post.count >= 2 && posts.contains { ends(post, $0) }
    }

    private static func isBody(_ word: ArraySlice<UInt32>) -> Bool {
        word.count >= 3 && bodies.contains { ends(word, $0) }
    }

    private static func ends(_ word: ArraySlice<UInt32>, _ end: [UInt32]) -> Bool {
        word.count >= end.count && word.suffix(end.count).elementsEqual(end)
    }

    private static func list(_ words: String) -> [[UInt32]] {
        words.split(separator: " ").map { $0.unicodeScalars.map(\.value) }
    }

    private static let roles = list(
        "组长 成员 主任 主席 会长 队长 校长 院长 社长 所长 站长 书记 秘书长 秘书 召集人 联系人 联络员 负责人 责任人 主持人 委员 顾问 总指挥 指挥长 指挥 主编 编委 单位 人员 专家 代表 干事 部门 理事"
    )
    private static let posts = list(
        "主任 科长 局长 处长 厅长 部长 省长 市长 县长 区长 镇长 乡长 村长 州长 司长 组长 队长 校长 院长 社长 所长 站长 馆长 行长 会长 理事长 董事长 秘书长 书记 主席 委员 常委 经理 总监 干事 代表 秘书 教授 研究员 "
            + "工程师 会计师 医师 教师 律师 法官 检察官 调研员 巡视员 科员 职员 专员 办事员 联络员 管理员 网格员 志愿者 村民 居民 党员 董事 监事 顾问 主编 编辑 记者 导师 院士 博士 主管 班长 参谋 政委 司令 户长 楼长 组员 成员 队员"
    )
    private static let bodies = list(
        "局 委 办 厅 部 院 处 科 署 会 社 所 站 馆 中心 公司 集团 银行 法院 检察院 政府 党委 支部 委员会 办公室 办事处 街道 大学 学院 学校 中学 小学 医院 协会 学会 总会 分局 大队 支队 总队 管委会 居委会 村委会 联合会 工会 妇联 团委"
    )
    private static let doubleSurnames = Set(
        list("欧阳 司马 上官 诸葛 司徒 东方 独孤 南宫 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 轩辕 端木 呼延 澹台 申屠 太史 公冶 西门 百里"))
    private static let surnames = Set(
        ("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧"
            + "计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢裴陆荣翁荀羊惠甄曲家封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯"
            + "宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿"
            + "满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公闫肖覃佟岳付付楚佘帅缑亢况郈有琴商牟佴伯墨哈谯笪年爱阳佟言福")
            .unicodeScalars.map(\.value))
}
