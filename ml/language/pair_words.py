"""Words that turn one question into another: bodies and missions, and negations, in six languages.

Folded as texts are: no capitals, no accents (so that й is и), no Arabic vowel signs; Chinese as pairs of characters.
"""

# One line a body or mission, all its names; a text speaks of it if it holds one of them.
_BODIES = """
sun solar soleil solaire sol solares солнце солнца солнечнои солнечных الشمس شمسي الشمسيه 太阳
mercury mercure mercurio меркурии меркурия عطارد 水星
venus венера венеры венере الزهره 金星
earth terre terrestre tierra terrestres земля земли земле земнои الارض الارضيه 地球
moon lunar lune lunaire luna lunares луна луны луне луннои лунного القمر قمر القمري 月球 月亮
mars martian martien marte marciano марс марса марсе марсианскои المريخ المريخي 火星
jupiter jovian jovien юпитер юпитера юпитере المشتري 木星
saturn saturne saturno сатурн сатурна сатурне زحل 土星
uranus urano уран урана уране اورانوس 天王
neptune neptuno нептун нептуна нептуне نبتون 海王
pluto pluton плутон плутона плутоне بلوتو 冥王
ceres церера цереры سيريس 谷神
io ио ايو
europa европа европы европе يوروبا 木卫
ganymede ganimedes ганимед ганимеда غانيميد
callisto calisto каллисто كاليستو
titan титан титана титане تيتان 土卫
enceladus encelade encelado энцелад энцелада энцеладе انسيلادوس
triton тритон тритона تريتون 海卫
phobos fobos фобос фобоса فوبوس 火卫
deimos деимос деимоса ديموس
comet comets comete cometes cometa cometas комета кометы комет مذنب المذنبات 彗星
asteroid asteroids asteroide asteroides астероид астероида астероиды астероидов كويكب الكويكبات 小行
exoplanet exoplanets exoplanete exoplanetes exoplaneta exoplanetas экзопланета экзопланеты экзопланет 系外
galaxy galaxies galaxie galaxia galaxias галактика галактики галактик مجره المجرات المجره 星系
andromeda andromede андромеда андромеды اندروميدا 仙女
sirius sirio сириус سيريوس 天狼
betelgeuse бетельгеизе ابط 参宿
proxima проксима 比邻
trappist
bennu бенну
ryugu рюгу 龙宫
oumuamua оумуамуа
hubble хаббл هابل 哈勃
webb jwst уэбб ويب 韦伯
cassini кассини كاسيني 卡西
voyager вояджер فوياجر 旅行 行者
juno юнона جونو
gaia гаия غايا 盖亚
kepler кеплер كبلر 开普
嫦娥
tianwen 天问
tiangong 天宫
iss мкс
perseverance персеверанс 毅力
curiosity кьюриосити 好奇
juice
clipper клиппер
"""
BODIES: dict[str, int] = {name: number for number, line in enumerate(_BODIES.split("\n")) for name in line.split()}

_NEGATIONS = """
no not nor none never without cannot isn aren wasn weren doesn don didn hasn haven won couldn wouldn
non pas ne ni jamais sans aucun aucune
nunca sin ningun ninguna ninguno tampoco
не нет ни без никогда нельзя
لا ليس ليست لم لن دون بدون غير
没有 不能 不是 不会 并非 从未
"""
NEGATIONS = frozenset(_NEGATIONS.split())
