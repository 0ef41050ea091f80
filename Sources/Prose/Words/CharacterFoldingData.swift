/// What `CharacterFolding` builds its table from: facts of the Unicode Character Database 14.0, beyond ASCII and within
/// the Basic Multilingual Plane.
///
/// Letters: NFKC, without the combining marks of its canonical decomposition, case-folded; Latin, Greek, Cyrillic and
/// letterlike symbols (super- and subscripts included), as these are what Chinese texts quote. Strokes that Unicode does
/// not decompose (ø, ł, đ …) are taken off as well. Targets of whole runs are given without their sources, so that no
/// tool that normalizes this file can change what it means.
enum CharacterFoldingData {
    /// Groups set apart by spaces: the first character stands for all others of its group.
    static let letters: StaticString = """
        aªÀÁÂÃÄÅàáâãäåĀāĂăĄąǍǎǞǟǠǡǺǻȀȁȂȃȦȧḀḁẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặₐÅ 2²₂ 3³₃ μµΜ 1¹₁ \
        oºÒÓÔÕÖØòóôõöøŌōŎŏŐőƠơǑǒǪǫǬǭǾǿȌȍȎȏȪȫȬȭȮȯȰȱṌṍṎṏṐṑṒṓỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợₒℴ cÇçĆćĈĉĊċČčḈḉℂℭⅭⅽ \
        eÈÉÊËèéêëĒēĔĕĖėĘęĚěȄȅȆȇȨȩḔḕḖḗḘḙḚḛḜḝẸẹẺẻẼẽẾếỀềỂểỄễỆệₑℯℰⅇ \
        iÌÍÎÏìíîïĨĩĪīĬĭĮįİıƗǏǐȈȉȊȋɨḬḭḮḯỈỉỊịⁱℐℑℹⅈⅠⅰ dÐðĎďĐđḊḋḌḍḎḏḐḑḒḓⅅⅆⅮⅾ nÑñŃńŅņŇňǸǹṄṅṆṇṈṉṊṋⁿₙℕ \
        uÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲųƯưǓǔǕǖǗǘǙǚǛǜȔȕȖȗɄʉṲṳṴṵṶṷṸṹṺṻỤụỦủỨứỪừỬửỮữỰự yÝýÿŶŷŸȲȳʸẎẏẙỲỳỴỵỶỷỸỹ \
        gĜĝĞğĠġĢģǦǧǴǵḠḡℊ hĤĥĦħȞȟʰḢḣḤḥḦḧḨḩḪḫẖₕℋℌℍℎℏ jĴĵǰʲⅉ kĶķǨǩḰḱḲḳḴḵₖK lĹĺĻļĽľŁłˡḶḷḸḹḺḻḼḽₗℒℓⅬⅼ ŋŊ \
        rŔŕŖŗŘřȐȑȒȓʳṘṙṚṛṜṝṞṟℛℜℝ sŚśŜŝŞşŠšſȘșˢṠṡṢṣṤṥṦṧṨṩẛₛ tŢţŤťŦŧȚțṪṫṬṭṮṯṰṱẗₜ wŴŵʷẀẁẂẃẄẅẆẇẈẉẘ \
        zŹźŻżŽžẐẑẒẓẔẕℤℨ bƀɃḂḃḄḅḆḇℬ ɓƁ ƃƂ ƅƄ ɔƆ ƈƇ ɖƉ ɗƊ ƌƋ ǝƎ əƏₔ ɛƐℇ ƒƑ ɠƓ ɣƔˠ ɩƖ ƙƘ ɯƜ ɲƝ ɵƟ ƣƢ ƥƤ ʀƦ \
        ƨƧ ʃƩ ƭƬ ʈƮ ʊƱ ʋƲ ƴƳ ƶƵ ʒƷǮǯ ƹƸ ƽƼ ǥǤ ƕǶ ƿǷ ȝȜ ƞȠ ȣȢ ȥȤ ⱥȺ ȼȻ ƚȽ ⱦȾ ɂɁ ʌɅ ɇɆ ɉɈ ɋɊ ɍɌ ɏɎ ɦʱ ɹʴ \
        ɻʵ ʁʶ xˣẊẋẌẍₓⅩⅹ ʕˤ ͱͰ ͳͲ ʹʹ ͷͶ ϳͿ αΆΑάἀἁἂἃἄἅἆἇἈἉἊἋἌἍἎἏὰάᾀᾁᾂᾃᾄᾅᾆᾇᾈᾉᾊᾋᾌᾍᾎᾏᾰᾱᾲᾳᾴᾶᾷᾸᾹᾺΆᾼ \
        εΈΕέϵἐἑἒἓἔἕἘἙἚἛἜἝὲέῈΈ ηΉΗήἠἡἢἣἤἥἦἧἨἩἪἫἬἭἮἯὴήᾐᾑᾒᾓᾔᾕᾖᾗᾘᾙᾚᾛᾜᾝᾞᾟῂῃῄῆῇῊΉῌ \
        ιΊΐΙΪίϊἰἱἲἳἴἵἶἷἸἹἺἻἼἽἾἿὶίιῐῑῒΐῖῗῘῙῚΊ οΌΟόὀὁὂὃὄὅὈὉὊὋὌὍὸόῸΌ υΎΥΫΰϋύϒϓϔὐὑὒὓὔὕὖὗὙὛὝὟὺύῠῡῢΰῦῧῨῩῪΎ \
        ωΏΩώὠὡὢὣὤὥὦὧὨὩὪὫὬὭὮὯὼώᾠᾡᾢᾣᾤᾥᾦᾧᾨᾩᾪᾫᾬᾭᾮᾯῲῳῴῶῷῺΏῼΩ βΒϐ γΓℽℾ δΔ ζΖ θΘϑϴ κΚϰ λΛ νΝ ξΞ πΠϖℼℿ ρΡϱῤῥῬ \
        σΣςϲϹ τΤ φΦϕ χΧ ψΨ ϗϏ ϙϘ ϛϚ ϝϜ ϟϞ ϡϠ ϣϢ ϥϤ ϧϦ ϩϨ ϫϪ ϭϬ ϯϮ ϸϷ ϻϺ ͻϽ ͼϾ ͽϿ еЀЁЕѐёӖӗ ђЂ гЃГѓ єЄ ѕЅ \
        іІЇї јЈ љЉ њЊ ћЋ кЌКќ иЍИЙйѝӢӣӤӥ уЎУўӮӯӰӱӲӳ џЏ аАӐӑӒӓ бБ вВ дД жЖӁӂӜӝ зЗӞӟ лЛ мМ нН оОӦӧ пП рР \
        сС тТ фФ хХ цЦ чЧӴӵ шШ щЩ ъЪ ыЫӸӹ ьЬ эЭӬӭ юЮ яЯ ѡѠ ѣѢ ѥѤ ѧѦ ѩѨ ѫѪ ѭѬ ѯѮ ѱѰ ѳѲ ѵѴѶѷ ѹѸ ѻѺ ѽѼ ѿѾ \
        ҁҀ ҋҊ ҍҌ ҏҎ ґҐ ғҒ ҕҔ җҖ ҙҘ қҚ ҝҜ ҟҞ ҡҠ ңҢ ҥҤ ҧҦ ҩҨ ҫҪ ҭҬ үҮ ұҰ ҳҲ ҵҴ ҷҶ ҹҸ һҺ ҽҼ ҿҾ ӏӀ ӄӃ ӆӅ ӈӇ \
        ӊӉ ӌӋ ӎӍ ӕӔ әӘӚӛ ӡӠ өӨӪӫ ӷӶ ӻӺ ӽӼ ӿӾ ԁԀ ԃԂ ԅԄ ԇԆ ԉԈ ԋԊ ԍԌ ԏԎ ԑԐ ԓԒ ԕԔ ԗԖ ԙԘ ԛԚ ԝԜ ԟԞ ԡԠ ԣԢ ԥԤ ԧԦ \
        ԩԨ ԫԪ ԭԬ ԯԮ fḞḟℱ mḾḿṀṁṂṃₘℳⅯⅿ pṔṕṖṗₚℙ vṼṽṾṿⅤⅴ ỻỺ ỽỼ ỿỾ 0⁰₀ 4⁴₄ 5⁵₅ 6⁶₆ 7⁷₇ 8⁸₈ 9⁹₉ qℚ ⅎℲ אℵ בℶ גℷ \
        דℸ ↄↃ aᴬᵃ bᴮᵇ cᶜꟲ dᴰᵈ eᴱᵉ fᶠꟳ gᴳᵍ hᴴ iᴵᵢ jᴶⱼ kᴷᵏ lᴸ mᴹᵐ nᴺ oᴼᵒ pᴾᵖ qꟴ rᴿᵣ tᵀᵗ uᵁᵘᵤ vᵛᵥⱽ wᵂ zᶻ \
        βᵝᵦ γᵞᵧ δᵟ θᶿ ρᵨ φᵠᵩ χᵡᵪ
        """

    /// Groups set apart by spaces: the first character stands for several letters, the rest of its group.
    static let expansions: StaticString = """
        Æae Þth ßss æae þth Ĳij ĳij Œoe œoe Ǆdz ǅdz ǆdz Ǉlj ǈlj ǉlj Ǌnj ǋnj ǌnj Ǣae ǣae Ǳdz ǲdz ǳdz Ǽae \
        ǽae ẞss Ⅱii Ⅲiii Ⅳiv Ⅵvi Ⅶvii Ⅷviii Ⅸix Ⅺxi Ⅻxii ⅱii ⅲiii ⅳiv ⅵvi ⅶvii ⅷviii ⅸix ⅺxi ⅻxii ﬀff \
        ﬁfi ﬂfl ﬃffi ﬄffl ﬅst ﬆst
        """

    /// Characters that stand in a row, from a first code point on; `·` keeps the character as it is.
    /// Kangxi radicals, compatibility ideographs, half-width kana and punctuation, full-width signs.
    static let runs: [(first: UInt16, targets: StaticString)] = [
        (
            0x2F00,
            """
            一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋\
            弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石\
            示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長\
            門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠
            """
        ),
        (
            0xF900,
            """
            豈更車賈滑串句龜龜契金喇奈懶癩羅蘿螺裸邏樂洛烙珞落酪駱亂卵欄爛蘭鸞嵐濫藍襤拉臘蠟廊朗浪狼郎來冷勞擄櫓爐盧老蘆虜路\
            露魯鷺碌祿綠菉錄鹿論壟弄籠聾牢磊賂雷壘屢樓淚漏累縷陋勒肋凜凌稜綾菱陵讀拏樂諾丹寧怒率異北磻便復不泌數索參塞省葉說\
            殺辰沈拾若掠略亮兩凉梁糧良諒量勵呂女廬旅濾礪閭驪麗黎力曆歷轢年憐戀撚漣煉璉秊練聯輦蓮連鍊列劣咽烈裂說廉念捻殮簾獵\
            令囹寧嶺怜玲瑩羚聆鈴零靈領例禮醴隸惡了僚寮尿料樂燎療蓼遼龍暈阮劉杻柳流溜琉留硫紐類六戮陸倫崙淪輪律慄栗率隆利吏履\
            易李梨泥理痢罹裏裡里離匿溺吝燐璘藺隣鱗麟林淋臨立笠粒狀炙識什茶刺切度拓糖宅洞暴輻行降見廓兀嗀··塚·晴··凞猪益\
            礼神祥福靖精羽·蘒·諸··逸都···飯飼館鶴郞隷侮僧免勉勤卑喝嘆器塀墨層屮悔慨憎懲敏既暑梅海渚漢煮爫琢碑社祉祈祐\
            祖祝禍禎穀突節練縉繁署者臭艹艹著褐視謁謹賓贈辶逸難響頻恵·舘··並况全侀充冀勇勺喝啕喙嗢塚墳奄奔婢嬨廒廙彩徭惘慎\
            愈憎慠懲戴揄搜摒敖晴朗望杖歹殺流滛滋漢瀞煮瞧爵犯猪瑱甆画瘝瘟益盛直睊着磌窱節类絛練缾者荒華蝹襁覆視調諸請謁諾諭謹\
            變贈輸遲醙鉶陼難靖韛響頋頻鬒龜···㮝䀘䀹···齃龎
            """
        ),
        (0xFF61, "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"),
        (0xFF5F, "⦅⦆"),
        (0xFFE0, "¢£¬¯¦¥₩·│←↑→↓■○"),
    ]

    /// First and last of each range of letters, digits and the marks they bear (general categories L, M, Nd, Nl; with
    /// super- and subscript digits, without whatever CJK scripts use).
    static let wordRanges: [UInt16] = [
        0x00AA, 0x00AA, 0x00B2, 0x00B3, 0x00B5, 0x00B5, 0x00B9, 0x00BA, 0x00C0, 0x00D6, 0x00D8, 0x00F6,
        0x00F8, 0x02C1, 0x02C6, 0x02D1, 0x02E0, 0x02E4, 0x02EC, 0x02EC, 0x02EE, 0x02EE, 0x0370, 0x0374,
        0x0376, 0x037D, 0x037F, 0x037F, 0x0386, 0x0386, 0x0388, 0x03F5, 0x03F7, 0x0481, 0x048A, 0x0559,
        0x0560, 0x0588, 0x0591, 0x05BD, 0x05BF, 0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7, 0x05F2,
        0x0610, 0x061A, 0x0620, 0x0669, 0x066E, 0x06D3, 0x06D5, 0x06DC, 0x06DF, 0x06E8, 0x06EA, 0x06FC,
        0x06FF, 0x06FF, 0x0710, 0x07F5, 0x07FA, 0x07FD, 0x0800, 0x082D, 0x0840, 0x085B, 0x0860, 0x0887,
        0x0889, 0x0963, 0x0966, 0x096F, 0x0971, 0x09F1, 0x09FC, 0x09FC, 0x09FE, 0x0A75, 0x0A81, 0x0AEF,
        0x0AF9, 0x0B6F, 0x0B71, 0x0B71, 0x0B82, 0x0BEF, 0x0C00, 0x0C6F, 0x0C80, 0x0C83, 0x0C85, 0x0D4E,
        0x0D54, 0x0D57, 0x0D5F, 0x0D6F, 0x0D7A, 0x0DF3, 0x0E01, 0x0E3A, 0x0E40, 0x0E4E, 0x0E50, 0x0E59,
        0x0E81, 0x0F00, 0x0F18, 0x0F19, 0x0F20, 0x0F29, 0x0F35, 0x0F35, 0x0F37, 0x0F37, 0x0F39, 0x0F39,
        0x0F3E, 0x0F84, 0x0F86, 0x0FBC, 0x0FC6, 0x0FC6, 0x1000, 0x1049, 0x1050, 0x109D, 0x10A0, 0x10FA,
        0x10FC, 0x10FF, 0x1200, 0x135F, 0x1380, 0x138F, 0x13A0, 0x13FD, 0x1401, 0x166C, 0x166F, 0x167F,
        0x1681, 0x169A, 0x16A0, 0x16EA, 0x16EE, 0x1734, 0x1740, 0x17D3, 0x17D7, 0x17D7, 0x17DC, 0x17E9,
        0x180B, 0x193B, 0x1946, 0x19D9, 0x1A00, 0x1A1B, 0x1A20, 0x1A99, 0x1AA7, 0x1AA7, 0x1B00, 0x1B59,
        0x1B6B, 0x1B73, 0x1B80, 0x1BF3, 0x1C00, 0x1C37, 0x1C40, 0x1C7D, 0x1C80, 0x1CBF, 0x1CD0, 0x1CD2,
        0x1CD4, 0x1FBC, 0x1FBE, 0x1FBE, 0x1FC2, 0x1FCC, 0x1FD0, 0x1FDB, 0x1FE0, 0x1FEC, 0x1FF2, 0x1FFC,
        0x2070, 0x2079, 0x207F, 0x2089, 0x2090, 0x209C, 0x2102, 0x2102, 0x2107, 0x2107, 0x210A, 0x2113,
        0x2115, 0x2115, 0x2119, 0x211D, 0x2124, 0x2124, 0x2126, 0x2126, 0x2128, 0x2128, 0x212A, 0x212D,
        0x212F, 0x2139, 0x213C, 0x213F, 0x2145, 0x2149, 0x214E, 0x214E, 0x2160, 0x2188, 0x2C00, 0x2CE4,
        0x2CEB, 0x2CF3, 0x2D00, 0x2D6F, 0x2D7F, 0x2DFF, 0x2E2F, 0x2E2F, 0xA000, 0xA48C, 0xA4D0, 0xA4FD,
        0xA500, 0xA60C, 0xA610, 0xA672, 0xA674, 0xA67D, 0xA67F, 0xA6F1, 0xA717, 0xA71F, 0xA722, 0xA788,
        0xA78B, 0xA827, 0xA82C, 0xA82C, 0xA840, 0xA873, 0xA880, 0xA8C5, 0xA8D0, 0xA8F7, 0xA8FB, 0xA8FB,
        0xA8FD, 0xA92D, 0xA930, 0xA953, 0xA980, 0xA9C0, 0xA9CF, 0xA9D9, 0xA9E0, 0xAA59, 0xAA60, 0xAA76,
        0xAA7A, 0xAADD, 0xAAE0, 0xAAEF, 0xAAF2, 0xAB5A, 0xAB5C, 0xAB69, 0xAB70, 0xABEA, 0xABEC, 0xABF9,
        0xFB00, 0xFB28, 0xFB2A, 0xFBB1, 0xFBD3, 0xFD3D, 0xFD50, 0xFDC7, 0xFDF0, 0xFDFB, 0xFE70, 0xFEFC,
    ]

    /// First and last of each range that search does not see: format characters (Cf), variation selectors, and
    /// combining marks that are stripped like those of precomposed letters.
    static let ignoredRanges: [UInt16] = [
        0x00AD, 0x00AD, 0x0300, 0x036F, 0x0483, 0x0489, 0x0600, 0x0605, 0x061C, 0x061C, 0x06DD, 0x06DD,
        0x070F, 0x070F, 0x0890, 0x0891, 0x08E2, 0x08E2, 0x180E, 0x180E, 0x1AB0, 0x1AFF, 0x1DC0, 0x1DFF,
        0x200B, 0x200F, 0x202A, 0x202E, 0x2060, 0x2064, 0x2066, 0x206F, 0x20D0, 0x20FF, 0x302A, 0x302F,
        0x3099, 0x309A, 0xFE00, 0xFE0F, 0xFE20, 0xFE2F, 0xFEFF, 0xFEFF, 0xFFF9, 0xFFFB,
    ]
}
