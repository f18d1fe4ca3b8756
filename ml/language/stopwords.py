"""Words that never name a topic: function words, and the words in which people ask questions at all."""

_ENGLISH = """
a able about above across actual actually address affect affected affects after again against ago ain all
allow allowed allows almost alone along already also although always am among amount an and another answer
answered answers any anybody anyone anything apologies apparent approach approaches are aren around as ask
asked asking assess at away back based be became because become becomes becoming been before being believe
below best better between beyond bigger biggest billion billions both build built but by called can cannot
case cases cause caused causes certain certainly characterise characterize come community complete
completely concept concepts constrain contradiction correct could couldn curious currently d day dear decide
determine did didn difference different do does doesn doing don done down due during each easily easy either
else elsewhere end enough entirely even ever every everyone everything evidence exactly exist existed
existence existing exists explain explained explanation explore exploring extra extremely far fast faster
fastest find first follow following follows foolish for form formed forms from full further future general
get getting give given go goal goals goes going gonna good got great guy guys had hadn happen happened
happening happens hard harder has hasn have haven having he hello help her here hers hi higher highest him
his how however huge hypothetical hypothetically i idea identify if implications improve in instead
interesting into investigate investigating involve involves is isn issue issues it its itself just keep
kilometers kilometres kind km know known large larger last late later layman laymans lead left less let
level like likely ll long look lot lower made main make makes making many may maybe me mean might mile miles
million millions mission missions more most move moved moves moving much must my nasa-related natural nearly
need needed needs never new next no non none nor not nothing novel now object objective objectives objects
observe obvious of off often ok old on once one only onto opposite or order other others our out over own
part particular parts pass past people per perhaps physicists places play please point possible possibly
potential present pretty program programme properties prospects put quantify question questions quick
quickly quite rather re reach reached read real really reason reasons receive receives reddit relate related
result results right role roles said same saw say scenario scientists search searching second seconds see
seem seems seen send sent several shall she should shouldn show similar simple simplified simply since
situation size small so some somebody someone something sort sounds spot state state-of-the-art stay still
stop studies study studying stuff such suddenly sufficient sufficiently suppose supposed sure take talk
talking tell terms than thank thanks that the their them themselves then theoretically there these they
thing things think this those though thought three through throughout times tiny to today together told too
total toward towards transmit transmits trillion trillions true try trying turn turned two type types
typical unable under understand understanding unless until up upon us use used uses using various ve very
via want wanted wants was wasn way ways we well went were weren what whatever when where whether which while
who whole whom whose why wikipedia will with within without won wonder wondering work working works would
wouldn year years yet you your yours
"""
_FRENCH = """
a a-t-il ai ainsi aller alors au aucun aussi autre autres aux avec avoir avons c cas cause causes ce cela
certain certaines certains ces cet cette ceux chaque ci comme comment comprendre connaître d dans de depuis
des deux devenir devient doit doit-on donc dont du déjà effet effets elle elles en encore entre est est-ce
est-elle est-il et eu existe existe-t-il existent exister explique expliquer faire fait faut façon fois
grand grande grandes grands il ils influence influencer j jamais je jusqu l la le les leur leurs lors lui là
m ma mais manière me mission missions moi moins mon même n ne ni nos notre nous nouveau nouveaux nouvelle
nouvelles on ont ou où par parce pas permet permettent permettre petit petite peu peut peut-on peut-être
peuvent plus plusieurs possible pour pourquoi pourraient pourrait pourrions pouvons qu quand que quel quelle
quelles quels question questions qui quoi rôle s sa sans se selon sera ses si sommes son sont sont-elles
sont-ils sous sur t ta te toujours tous tout toute toutes trouver très tu type types un une va vers vont vos
votre vous y y-a-t-il ça était étudier être
"""
_SPANISH = """
a además al algo alguna algunas algunos algún ante antes así aunque bajo cada caso casos causa causas
ciertas cierto ciertos como comprender con contra cual cuando cuál cuáles cuándo cuánta cuánto cuántos cómo
de del dentro desde donde dos durante dónde e efecto efectos el ella ellas ello ellos en encontrar entender
entonces entre era es esa ese eso esta estar estas este esto estos estudiar está están existe existen
existir existían explica explicar forma fue fuera fueron grande grandes ha haber habrá había hace hacer
hacia han hasta hay hemos incluso influir influye ir la las le les lo los manera me mediante mejor menos mi
misiones misión mismo modo mucho muy más nada ni no nos nosotros nuestra nuestro nuestros nueva nuevas nuevo
nuevos nunca o otra otras otro otros papel para pequeña pequeño permite permitir pero podemos poder podría
podríamos podrían por porque posible pregunta preguntas puede puede-ser pueden pues que quien quién qué se
sea según ser será serán si sido siempre sin sobre solo son su sus sí también tan tanto te tener tiene
tienen tipo tipos toda todas todo todos tu un una uno unos va van varias varios y ya yo él
"""
_RUSSIAN = """
а без более большая больше большие большое большой будут бы бывает бывают был была были было быть в вам вас
весь влияет влиять влияют во возник возникает возникают возникла вообще вопрос вопросы вот все всегда всего
всех всё вы где да даже два для до друг другой его ее если есть еще ещё её же за здесь и из изучать или им
их к каждый как какая какие каким каков какова каковы какое какой ко когда кто ли либо лучше мало между меня
миссии миссия мне много могла могли могут можем может можно мой мы на над надо найти нам нас не него нее нет
неё ни никогда них но новая новое новые новый новых ну нужно о об образом объяснить объясняет один он она
они оно от очень перед по под понять после почему при причина причины про происходит происходят разные
разных роль с сам самый свой себя сейчас сильно сколько случай со становится стать существует существуют так
такая также такие такое такой там тем теперь тип типы то тогда того тоже той только том тот ты у уже хотя
чего чем через что чтобы эта эти это этого этой этом этот я является являются
"""
_ARABIC = """
أبدا أسباب أقل أكثر أليس أم أما أن أنا أنه أنواع أو أي أية أيضا أين إذ إذا إلا إلى إلي إن إنه اذا الآن الان
التي الحالي الذي الذين السؤال الى ان او اي بأن بعد بعض بل بما به بها بين تأثير تؤثر تحدث تفسر تكون تلك توجد
ثم جدا جديد جديدة حالة حالي حتى حول حيث خلال دائما دور دون ذلك سؤال سبب سوف صغير صغيرة ضد طريقة عبر عدم على
عليه عليها عن عند عندما غير فهم في فيه فيها قبل قد كان كانت كبير كبيرة كذلك كل كم كما كيف كيفية لا لدى لدينا
لذلك لكن لم لماذا لن له لها لو ليس ليست ما ماذا متى مثل مختلف مختلفة مع من منذ منه منها مهمة موجود موجودة
نحن نحو نستطيع نعرف نفس نوع هؤلاء هذا هذه هل هم هنا هناك هو هي و وأن وإن وجود ولا وما ومن وهل وهو وهي يؤثر
يجب يحدث يعني يفسر يكون يمكن يمكننا يوجد
"""
_CHINESE = """
一 一个 一些 一样 一种 上 下 不 不会 不可 不同 不是 不能 与 且 两 个 中 为 为了 为什么 为何 么
之 之间 也 了 了解 于 些 产生 人 人们 什么 什麼 从 从未 他 他们 以 以下 以及 们 任务 会 但
但是 何 何时 何時 作用 你 使 使用 來 來自 個 們 关系 其 其他 其它 具有 出 到 到底 前 原因 去
又 及 发生 变化 另 只 可 可以 可能 后 吗 吧 呢 和 哪 哪个 哪些 哪裡 哪里 問題 嗎 因为 因此
因為 在 地 多 多久 多大 多少 多远 多遠 大 大的 太 她 好 如 如何 如果 存在 它 它们 它們 对 导致
將 對 導致 小 小的 就 已 已经 并 影响 影響 很 後 得 從 怎么 怎样 怎樣 怎麼 总是 情况 情況 我
我们 我們 或 或者 所 所以 所有 才 找到 把 提问 新 新的 方式 时 时候 是 是不是 是否 時 時候 更
最 會 有 有些 有沒有 有没有 来 来自 沒有 没 没有 為 為什麼 為何 然后 然後 理解 產生 由 由于 由於
發生 的 真的 研究 种 種 究竟 等 类型 給 總是 给 能 能不能 能否 能够 能夠 自己 與 若 被 解释
解釋 該 說 請 變化 让 该 说 请 过 还 还是 这 这个 这些 这里 进行 這 這些 這個 這裡 通常 通过
通過 進行 過 還 那 那个 那么 那些 那裡 那麼 都 里 關係 问题 需要 非常 類型 麼
"""

STOP_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(_ENGLISH.split()),
    "fr": frozenset(_FRENCH.split()),
    "es": frozenset(_SPANISH.split()),
    "ru": frozenset(_RUSSIAN.split()),
    "ar": frozenset(_ARABIC.split()),
    "zh": frozenset(_CHINESE.split()),
}

# Words that may stand inside a name: "speed of light", "vitesse de la lumière".
CONNECTORS: dict[str, frozenset[str]] = {
    "en": frozenset({"of"}),
    "fr": frozenset({"d", "de", "des", "du", "l", "la", "le", "les"}),
    "es": frozenset({"de", "del", "el", "la", "las", "los"}),
    "zh": frozenset({"的"}),
}
