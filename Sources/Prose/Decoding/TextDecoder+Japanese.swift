/// Japanese in EUC-JP, which is told from other encodings of pairs of bytes by its kana and kanji.
///
/// EUC-JP, GB 2312 and EUC-KR use the same bytes, and Big5 others as well. EUC-JP and GB 2312 have kana at the same places, so that only the other
/// characters tell these two apart; in Big5 kana are Han characters of few strokes, many of them frequent.
enum JapanesePlausibility {
    /// What a text in pairs of bytes is if it is read as EUC-JP.
    struct Reading {
        /// The mean worth of all its characters, and of those that are no kana.
        let score: Double
        let kanjiScore: Double
        let kana: Int
        let others: Int

        /// Whether it has so many kana as only Japanese has.
        var isKanaText: Bool { kana > 0 && kana * 6 >= kana + others }
    }

    /// `nil` if the text is not valid in EUC-JP throughout, or holds nothing of it.
    static func reading(of data: [UInt8], sampleBytes: Int) -> Reading? {
        guard data.contains(where: { $0 >= 0xA1 }), isPairs(data.prefix(sampleBytes)),
            let sample = Transcoder.sample(of: data, encoding: .eucJP, bytes: sampleBytes, damage: 0)
        else { return nil }
        return reading(sample.text, as: .eucJP).flatMap { $0.kana + $0.others >= fewest ? $0 : nil }
    }

    /// Of fewer characters nothing can be said.
    private static let fewest = 4

    /// Reads decoded text.
    static func reading(_ text: [UInt8], as encoding: TextEncoding) -> Reading? {
        var (sum, kanjiSum, kana, others) = (0.0, 0.0, 0, 0)
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars where scalar.value >= 0x80 {
            if let worth = kanaWorth(scalar.value) {
                sum += worth
                kana += 1
            } else {
                let worth = Plausibility.worth(scalar.value, as: encoding, after: 0)
                let known = encoding == .eucJP && kanji.contains(scalar.value) ? 1 : worth
                sum += known
                kanjiSum += known
                others += 1
            }
        }
        guard sum != 0 || kana + others > 0 else { return nil }
        let count = text.isEmpty ? 1 : String(decoding: text, as: UTF8.self).unicodeScalars.count { $0.value >= 0x80 }
        return Reading(
            score: sum / Double(max(1, count)), kanjiScore: others == 0 ? 0 : kanjiSum / Double(others), kana: kana,
            others: others)
    }

    /// Whether all that is not ASCII is pairs of bytes from A1 on, or half-width kana or three bytes as EUC-JP has.
    private static func isPairs(_ data: ArraySlice<UInt8>) -> Bool {
        var index = data.startIndex
        while index < data.endIndex {
            let first = data[index]
            let width = first < 0x80 ? 1 : first == 0x8F ? 3 : 2
            guard first < 0x80 || first == 0x8E || first == 0x8F || (0xA1...0xFE).contains(first) else { return false }
            guard data[index...].dropFirst().prefix(width - 1).allSatisfy({ (0xA1...0xFE).contains($0) }) else {
                return false
            }
            index += width
        }
        return true
    }

    /// Of kana; `nil` for other characters.
    private static func kanaWorth(_ scalar: UInt32) -> Double? {
        switch scalar {
        case 0x3041...0x3093: rareKana.contains(scalar) ? 0.2 : 1
        case 0x30A1...0x30F6, 0x30FC: rareKana.contains(scalar - 0x60) ? 0.4 : 0.9
        default: nil
        }
    }

    private static let rareKana = ScalarSet("ぁぃぅぇぉゎゐゑぢぺぴぷぽぱゔ")
    /// Frequent ones that Chinese writes otherwise or seldom.
    private static let kanji = ScalarSet(
        "日一国人年大十二本中長出三時行見月後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞食車何南万毎白天母火右読友左休父雨"
            + "会社事者地業方新場員立開手力問代明動京目通言理体田主題意不作用度強公持野以思家世多正安院心界教文元重近考画海売知道集別物使品計死特私始朝運終台広住真有口少町料工建空急止送切転研足究楽"
            + "起着店病質待試族銀早映親験英医仕去味写字答夜音注帰古歌買悪図週室歩風紙黒花春赤青館屋色走秋夏習駅洋旅服夕借曜飲肉貸堂鳥飯勉冬昼茶弟牛魚兄犬妹姉漢県政府経済議民連対部合市内相定回選米実関"
            + "決全表戦性法最化当成指保税制務総産区調改革々所発変数必加機点引解身頭声顔彼君僕達様与両点単厳覚観論権働価労勢効営衛団圧圏壊検険験頼転輪録緑縁績結給絡組細終級約紙納純素索紹統続維網綿総線締練縮村々猫")
}
