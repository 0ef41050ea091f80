/// How much a decoding looks like text that people write.
package enum Plausibility {
    package struct Candidate {
        package var encoding: TextEncoding
        /// At most 1; about 0.6–0.9 for running text, under 0.3 for text read in a wrong encoding.
        package var score: Double
        /// Where a few bytes are not valid, if some are: the file may be in this encoding and damaged.
        package var brokenAt: Int?
        /// Whether another encoding is as likely, though it scores less: then none is taken.
        var isDisputed = false
    }

    /// At most so many bytes of a sample, and one in so many, may be damaged.
    private static let mostDamage = 20
    private static let rarestDamage = 40

    /// The least score at which an encoding is taken whatever the others have.
    package static let accepted = 0.4
    /// The least score, and the least lead over the next, at which the best encoding is taken: a few words may happen to hold
    /// hardly a frequent character, but no other encoding makes sense of them either.
    private static let acceptedAhead = (score: 0.15, lead: 0.15)

    /// The candidate in `ranking` that is good enough to be taken without asking, damaged or not.
    static func choice(_ ranking: [Candidate]) -> Candidate? {
        guard let best = ranking.first, best.score >= acceptedAhead.score, !best.isDisputed else { return nil }
        let second = ranking.count > 1 ? ranking[1].score : 0
        return best.score >= accepted || best.score - second >= acceptedAhead.lead ? best : nil
    }

    private static let damagePenalty = 0.1
    private static let sampleBytes = 1 << 16
    private static let candidates: [TextEncoding] = [
        .gb18030, .big5HKSCS, .utf16LittleEndian, .utf16BigEndian, .shiftJIS, .eucKR, .windows1252,
    ]
    /// Where kana stand where GB 2312 and EUC-JP alike have them, only the other characters tell these apart; as Big5 kana would
    /// be frequent Han characters.
    private static let candidatesForKana: [TextEncoding] = [.gb18030, .eucJP]

    /// The encodings in which a sample of `data` is valid, or nearly, most plausible first; of equals the order of `candidates`.
    package static func ranking(of data: [UInt8]) -> [Candidate] {
        var ranking = unweighed(data)
        if let best = ranking.first, ShortEvidence(data, as: best.encoding)?.isWeak == true {
            ranking[0].isDisputed = true
        }
        return ranking
    }

    private static func unweighed(_ data: [UInt8]) -> [Candidate] {
        let hasNUL = data.prefix(sampleBytes).contains(0)
        let japanese = hasNUL ? nil : JapanesePlausibility.reading(of: data, sampleBytes: sampleBytes)
        var ranked: [Candidate] = []
        for encoding in japanese == nil && holdsKana(data) ? candidatesForKana : candidates {
            let isUTF16 = encoding == .utf16LittleEndian || encoding == .utf16BigEndian
            if isUTF16 ? !data.count.isMultiple(of: 2) : hasNUL { continue }
            let damage = min(mostDamage, min(data.count, sampleBytes) / rarestDamage)
            guard let sample = Transcoder.sample(of: data, encoding: encoding, bytes: sampleBytes, damage: damage)
            else { continue }
            let isRareMix = encoding == .windows1252 && !isMostlyASCII(data)
            // What is valid throughout comes before what is damaged and otherwise as good.
            let score = isRareMix ? 0 : score(sample.text, as: encoding) - (sample.brokenAt == nil ? 0 : damagePenalty)
            ranked.append(Candidate(encoding: encoding, score: score, brokenAt: sample.brokenAt))
        }
        let order = ranked.indices.sorted {
            ranked[$0].score != ranked[$1].score ? ranked[$0].score > ranked[$1].score : $0 < $1
        }
        let ranking = order.map { ranked[$0] }
        return japanese.map { settled(ranking, with: $0, data) } ?? ranking
    }

    /// How much nearer Chinese is than Japanese for want of kana.
    private static let kanaless = 0.25
    private static let lead = 0.2
    /// So many characters of a text without kana tell that it is Japanese.
    private static let fewestKanji = 8

    /// The ranking with EUC-JP in its place.
    private static func settled(_ ranking: [Candidate], with japanese: JapanesePlausibility.Reading, _ data: [UInt8])
        -> [Candidate]
    {
        var others = ranking
        let eucJP = Candidate(encoding: .eucJP, score: japanese.isKanaText ? japanese.score : japanese.score - kanaless)
        if japanese.isKanaText, let place = others.firstIndex(where: { $0.encoding == .gb18030 }),
            let sample = Transcoder.sample(of: data, encoding: .gb18030, bytes: sampleBytes, damage: 0),
            let chinese = JapanesePlausibility.reading(sample.text, as: .gb18030)
        {
            // The kana are the same in both: what else there is decides.
            let ahead = chinese.kanjiScore - japanese.kanjiScore
            if ahead >= 0.35, chinese.others >= 4 {
                others[place].score = max(chinese.score, others[place].score)
            } else {
                others.remove(at: place)
                if ahead > 0.1 { return [Candidate(encoding: .eucJP, score: eucJP.score, isDisputed: true)] + others }
            }
        }
        var all = others + [eucJP]
        // A stable sort: of equals the one that came first.
        all = all.enumerated().sorted {
            $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
        }.map(\.element)
        guard let best = all.first, all.count > 1 else { return all }
        if best.encoding == .eucJP {
            // A few kanji alone are as easily anything else.
            all[0].isDisputed =
                best.score - all[1].score < lead || !japanese.isKanaText && japanese.others < fewestKanji
        } else if japanese.score >= acceptedAhead.score {
            all[0].isDisputed = best.score - japanese.score < (japanese.isKanaText ? lead : -lead)
        }
        return all
    }

    /// Whether all that is not ASCII is pairs of bytes from A1 on, at least so many, and a fifth of them hiragana. Big5 has other bytes
    /// as well, in two characters of five.
    private static func holdsKana(_ data: [UInt8]) -> Bool {
        let sample = data.prefix(sampleBytes)
        var (pairs, kana, index) = (0, 0, 0)
        while index < sample.count {
            let first = sample[index]
            if first < 0x80 {
                index += 1
                continue
            }
            guard first >= 0xA1, first <= 0xFE || index + 1 == data.count else { return false }
            guard index + 1 < sample.count else { break }
            guard (0xA1...0xFE).contains(sample[index + 1]) else { return false }
            pairs += 1
            if first == 0xA4, sample[index + 1] <= 0xF3 { kana += 1 }
            index += 2
        }
        return pairs >= 16 && kana * 5 >= pairs
    }

    /// Whether at most a third of the bytes are not ASCII, as in the languages that Windows-1252 is for.
    private static func isMostlyASCII(_ data: [UInt8]) -> Bool {
        let sample = data.prefix(sampleBytes)
        return sample.count { $0 >= 0x80 } * 3 <= sample.count
    }

    /// The mean worth of the characters of `text`. ASCII counts only in UTF-16, where it is evidence; elsewhere every
    /// candidate reads the same ASCII.
    static func score(_ text: [UInt8], as encoding: TextEncoding) -> Double {
        let countsASCII = encoding == .utf16LittleEndian || encoding == .utf16BigEndian
        return text.withUnsafeBufferPointer { bytes in
            var sum = 0.0
            var count = 0
            var index = 0
            var previous: UInt32 = 0
            while index < bytes.count {
                let (scalar, width) = ScalarCursor.decode(bytes, index)
                index += width
                defer { previous = scalar }
                if scalar < 0x80, !countsASCII, scalar >= 0x20 || (0x09...0x0D).contains(scalar) { continue }
                let isMark = encoding == .windows1252 && (0x2013...0x2026).contains(scalar)
                let next = index < bytes.count ? ScalarCursor.decode(bytes, index).scalar : 0x20
                sum +=
                    isMark
                    ? markWorth(scalar, after: previous, before: next) : worth(scalar, as: encoding, after: previous)
                count += 1
            }
            return count == 0 ? 0 : sum / Double(count)
        }
    }

    static func worth(_ scalar: UInt32, as encoding: TextEncoding, after previous: UInt32) -> Double {
        switch scalar {
        case 0..<0x80: return scalar >= 0x20 || (0x09...0x0D).contains(scalar) ? 1 : -4
        case 0x80..<0xA0, 0xE000...0xF8FF, 0xFFF0...0xFFFF, 0xF0000...: return -4
        case 0xA0...0x24F: return latinWorth(scalar, as: encoding, after: previous)
        case 0x2013...0x2026: return 1
        case 0x20AC: return encoding == .windows1252 || encoding == .gb18030 ? 0.5 : 0
        case 0x3000...0x3015, 0xFF01...0xFF1F: return 1
        case 0x3041...0x30FF: return encoding == .shiftJIS ? 1 : 0
        case 0x4E00...0x9FFF:
            if FrequentCharacters.han.contains(scalar) { return 1 }
            return encoding == .eucKR ? -0.2 : 0.1
        case 0xAC00...0xD7A3: return FrequentCharacters.hangul.contains(scalar) ? 1 : 0.1
        case 0xFF61...0xFF9F: return -0.5
        default: return isUnassigned(scalar) ? -4 : 0
        }
    }

    /// In Windows-1252 an accented letter follows or begins a word; a row of symbols is another encoding misread.
    private static func latinWorth(_ scalar: UInt32, as encoding: TextEncoding, after previous: UInt32) -> Double {
        guard encoding == .windows1252 else { return 0.2 }
        let followsASCII = previous < 0x80
        if scalar < 0xC0 || scalar == 0xD7 || scalar == 0xF7 { return followsASCII ? 0.3 : -0.5 }
        return followsASCII ? 0.9 : -0.5
    }

    /// A quotation mark, dash or ellipsis of Windows-1252 stands where such marks do; elsewhere it is half of a character.
    private static func markWorth(_ mark: UInt32, after previous: UInt32, before next: UInt32) -> Double {
        let isBlank = { (scalar: UInt32) in scalar <= 0x20 }
        let isWord = { (scalar: UInt32) in
            (0x30...0x39).contains(scalar) || (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar)
                || (0xC0...0x24F).contains(scalar)
        }
        switch mark {
        case 0x2018, 0x201C: return !isWord(previous) && isWord(next) ? 1 : -0.5
        case 0x2019, 0x201D: return !isBlank(previous) && previous < 0x250 ? 1 : -0.5
        case 0x2013, 0x2014: return isBlank(previous) == isBlank(next) && (isBlank(next) || isWord(next)) ? 1 : -0.5
        default: return 1
        }
    }

    private static func isUnassigned(_ scalar: UInt32) -> Bool {
        guard let value = Unicode.Scalar(scalar) else { return true }
        return value.properties.generalCategory == .unassigned
    }
}

/// Characters that make up most of running text: about the 500 most frequent Han characters of modern Chinese in
/// simplified and traditional form, which also cover Japanese well, and the most frequent Hangul syllables.
enum FrequentCharacters {
    static let han = ScalarSet(
        """
        的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学\
        如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两\
        高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员\
        解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至\
        队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观\
        清今切院让识候带导争运笔早九革育收根干局改组集研织党委会员政府企业经济社会发展服务农村城市民族文化教育建设工作管理制度加强推进坚持创新\
        按照落实要求部门单位国务院办公厅通知意见规划任务责任监督检查支持保障机构项目投资土地环境生态安全生产技术质量标准评价考核人才培训群众\
        干部贫困脱贫攻坚改革开放健全完善提高促进全面深入贯彻习近平新时代特色主义思想精神会议同志们领导组织纪律作风廉洁学习讲话报告总结体会六七八\
        百千亿元年月日省县乡镇村街道居委首都北京上海广东江苏浙四川湖港台湾华英美法俄欧亚非洲世界战略合作关系问题情况方面措施办法条例规定依据有关\
        國務會個來時為這們說對發後們過麼還經學動實現當開關點業將兩間問並戰頭體見產無與長機從軍應話門東聲員論處義條幾認氣題變總電數報結場計資統區\
        隊決馬書則聽卻達強難權設記類據邊張該規萬覺術領確傳師觀識帶導爭運筆農專廣團際廳縣鄉鎮歷黨眾濟歐亞華灣選舉議員長環質標準評價檢監責續總讓辦\
        錢車見親愛語課題歲樣樂買賣錄構種級習興網線響劃創藝雖離願鐵隨險顯驗護讀證調談謝請議該註護產龍鳥魚飛風須順預類願領頁顧
        """)

    static let hangul = ScalarSet(
        """
        이다는의에을가고하지로한은기사어도를리자나시그스인대서아정해있해부으수일제여라와상전보게들니장만조주원동공과성구유국과무오안신소실때내문\
        것연모세년마거각생말비경방민선계었했습입까면또또더바할요우물저개위산재관회학영적중치미용된되어없결남북등발행진화시간전후명본분트드르레러
        """)
}

/// A set of scalars of one plane as bits, so that membership is one load.
struct ScalarSet: Sendable {
    private var words = [UInt64](repeating: 0, count: 1024)

    init(_ members: String) {
        for scalar in members.unicodeScalars where scalar.value > 0x20 && scalar.value < 0x10000 {
            words[Int(scalar.value >> 6)] |= 1 << UInt64(scalar.value & 63)
        }
    }

    func contains(_ scalar: UInt32) -> Bool {
        scalar < 0x10000 && words[Int(scalar >> 6)] >> UInt64(scalar & 63) & 1 == 1
    }
}
