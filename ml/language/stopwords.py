"""Words that never name a topic: function words, and the words in which people ask questions at all."""

_ENGLISH = """
a able about above across actually address after again against ago ain all almost alone along already
also although always am among amount an and another answer answered answers any anybody anyone anything
are aren around as ask asked asking assess at away back based be because been before being believe below
best better between beyond both but by can cannot characterise characterize come community complete
concept concepts constrain could couldn curious d day determine did didn different do does doesn doing
don done down due during each easily either else elsewhere end enough even ever every everyone
everything evidence exactly exist existed existence existing exists explain explained explore exploring
extra far find first for form formed forms from full further future get getting give given go goal goals
goes going gonna good got great guy had hadn happen happened happening happens hard has hasn have haven
having he hello help her here hers hi him his how however i idea identify if implications improve in
instead into investigate investigating is isn it its itself just keep kind know known large larger less
let level like likely ll long look lot made main make makes making many may maybe me mean might mission
missions more most much must my natural need needed needs never new next no non none nor not nothing now
object objective objectives objects observe of off often ok old on once one only onto or order other
others our out over own part particular parts past people per perhaps please point possible possibly
potential present pretty program programme properties prospects put quantify question questions quite
rather re read real really reddit right role said same saw say search searching second seconds see seem
seems seen several shall she should shouldn show similar since small so some somebody someone something
spot state still studies study studying stuff such sure take tell than thank thanks that the their them
themselves then there these they thing things think this those though thought three through throughout
times to today together told too toward towards true try trying two under understand understanding
unless until up upon us use used uses using ve very via want was wasn way ways we well went were weren
what whatever when where whether which while who whole whom whose why will with within without won
wonder wondering work working works would wouldn year years yet you your yours
"""
_FRENCH = """
a ai au aucun aussi autre autres aux avec avoir avons c ce cela ces cet cette ceux chaque ci comme
comment comprendre connaître d dans de depuis des deux doit donc dont du elle elles en encore entre est
et eu existe faire fait faut fois il ils j je jusqu l la le les leur leurs lors lui là m ma mais me
mission missions moi moins mon même n ne ni nos notre nous nouveau on ont ou où par parce pas peu peut
peuvent plus possible pour pourquoi pouvons qu quand que quel quelle quelles quels question questions
qui quoi s sa sans se selon sera ses si sommes son sont sous sur t ta te tous tout toute toutes trouver
très tu un une vers vos votre vous y ça était étudier être
"""
_SPANISH = """
a además al algo alguna algunas algunos algún ante antes así aunque bajo cada como comprender con contra
cual cuando cuál cuáles cuándo cuánta cuánto cuántos cómo de del desde donde dos durante dónde e el ella
ellas ellos en encontrar entender entre era es esa ese eso esta estar estas este esto estos estudiar
está están existe existen forma fue ha hace hacer hacia han hasta hay incluso la las le les lo los me
mediante mejor menos mi misiones misión mismo mucho muy más nada ni no nos nosotros nuestra nuestro
nuestros o otra otras otro otros para pero podemos poder podría podrían por porque posible pregunta
preguntas puede pueden pues que quien quién qué se sea según ser si sido siempre sin sobre solo son su
sus sí también tan tanto te tener tiene tienen toda todas todo todos tu un una uno unos y ya yo él
"""
_RUSSIAN = """
а без более больше бы был была были было быть в вам вас весь во вообще вопрос вопросы вот все всего всех
всё вы где да даже два для до друг другой его ее если есть еще ещё её же за здесь и из изучать или им их
к каждый как какая какие каким каков какова каковы какое какой ко когда кто ли либо лучше мало между
меня миссии миссия мне много могла могли могут можем может можно мой мы на над надо найти нам нас не
него нее нет неё ни них но ну нужно о об один он она они оно от очень по под понять почему при про с сам
самый свой себя сейчас сколько со так такая также такие такое такой там тем теперь то тогда того тоже
той только том тот ты у уже хотя чего чем через что чтобы эта эти это этого этой этом этот я является
являются
"""
_ARABIC = """
أم أما أن أنا أنه أو أي أية أيضا أين إذ إذا إلا إلى إن إنه اذا الآن الان التي الذي الذين السؤال الى ان
او اي بعد بعض بل بما به بها بين تكون تلك توجد ثم حتى حول حيث خلال دون ذلك سؤال سوف ضد عبر عدم على عليه
عليها عن عند عندما غير فهم في فيه فيها قبل قد كان كانت كذلك كل كم كما كيف كيفية لا لدى لذلك لكن لم لماذا
لن له لها لو ليس ليست ما ماذا متى مثل مع من منذ منه منها مهمة نحن نحو نفس هؤلاء هذا هذه هل هم هناك هو هي
و وأن وإن ولا وما ومن وهل وهو وهي يجب يكون يمكن يمكننا يوجد
"""
_CHINESE = """
一 一个 一些 一样 一种 上 下 不 不会 不同 不是 与 且 两 个 中 为 为了 为什么 为何 么 之 之间 也 了 了解
于 些 人 人们 什么 什麼 从 他 他们 以 以及 们 任务 会 但 但是 何 你 使 使用 來 來自 個 們 其 其他 其它
出 到 前 去 又 及 另 只 可 可以 可能 后 吗 吧 呢 和 哪 哪个 哪些 哪里 問題 嗎 因为 因此 因為 在 地 多
多大 多少 大 太 她 好 如 如何 如果 存在 它 它们 它們 对 將 對 小 就 已 已经 并 很 後 得 從 怎么 怎样
怎樣 怎麼 我 我们 我們 或 或者 所 所以 所有 才 找到 把 提问 时 时候 是 是不是 是否 時 時候 更 最 會 有
有些 有沒有 有没有 来 来自 沒有 没 没有 為 為什麼 為何 然后 然後 理解 由 由于 由於 的 研究 种 種 等 給
给 能 能不能 能否 能够 能夠 自己 與 若 被 該 說 請 让 该 说 请 过 还 还是 这 这个 这些 這 這些 這個 通过
通過 過 還 那 那个 那么 那些 那麼 都 里 问题 需要 非常 麼
"""

STOP_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(_ENGLISH.split()),
    "fr": frozenset(_FRENCH.split()),
    "es": frozenset(_SPANISH.split()),
    "ru": frozenset(_RUSSIAN.split()),
    "ar": frozenset(_ARABIC.split()),
    "zh": frozenset(_CHINESE.split()),
}
