"""Names and titles in twenty scripts, some from right to left, some of characters of four bytes; all of them in NFC."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A person's name and the title of a question in one script."""

    script: str
    language: str
    name: str
    title: str


SAMPLES = (
    Sample("Latin", "vi", "Nguyễn Thị Ánh Đào", "Bụi giữa các vì sao đến từ đâu?"),
    Sample("Greek", "el", "Ελένη Παπαδοπούλου", "Από τι αποτελείται η σκοτεινή ύλη;"),
    Sample("Cyrillic", "ru", "Анна Фёдоровна Щербакова", "Откуда берётся вода на полюсах Луны?"),
    Sample("Armenian", "hy", "Անահիտ Հակոբյան", "Կա՞ կյանք Եվրոպայի օվկիանոսում"),
    Sample("Georgian", "ka", "ნინო ბერიძე", "რატომ ბრუნავს ვენერა უკუღმა?"),
    Sample("Hebrew", "he", "נועה בן־דוד", "מה גורם לסופות האבק במאדים?"),
    Sample("Arabic", "ar", "ليلى بنت أحمد الهاشمي", "ما مصدر الميثان على المريخ؟"),
    Sample("Persian", "fa", "زهرا می‌نویسد کریمی", "چرا تیتان جو دارد؟"),
    Sample("Devanagari", "hi", "अनुष्का श्रीवास्तव", "चंद्रमा की मिट्टी में पानी कैसे बनता है?"),
    Sample("Bengali", "bn", "রবীন্দ্রনাথ চক্রবর্তী", "সৌর ঝড় কীভাবে শুরু হয়?"),
    Sample("Gurmukhi", "pa", "ਗੁਰਪ੍ਰੀਤ ਕੌਰ", "ਬ੍ਰਹਿਸਪਤੀ ਦਾ ਲਾਲ ਧੱਬਾ ਕਿਉਂ ਸੁੰਗੜਦਾ ਹੈ?"),
    Sample("Gujarati", "gu", "હર્ષદ ત્રિવેદી", "શનિના વલયો કેટલા જૂના છે?"),
    Sample("Tamil", "ta", "தமிழ்ச்செல்வி முருகன்", "செவ்வாயில் உயிர் இருந்ததா?"),
    Sample("Telugu", "te", "శ్రీనివాస్ రెడ్డి", "ధూమకేతువులు ఎక్కడ నుండి వస్తాయి?"),
    Sample("Thai", "th", "สมชาย ใจดี", "น้ำแข็งบนดวงจันทร์มาจากไหน?"),
    Sample("Khmer", "km", "សុខ សុភា", "តើមានជីវិតនៅលើអឺរ៉ុបទេ?"),
    Sample("Myanmar", "my", "အောင်ဆန်းထွန်း", "ဂြိုဟ်သိမ်များ မည်သို့ ဖြစ်ပေါ်သနည်း။"),
    Sample("Ethiopic", "am", "አበበ ቢቂላ", "በማርስ ላይ ውሃ የት ሄደ?"),
    Sample("Han, with rare characters", "zh", "𠮷田𣘺子", "𡃁𪚥之下，月球背面的土壤为何不同？🚀"),
    Sample("Hangul and kana", "ko", "김철수・さくら", "태양풍은 왜 뜨거운가? なぜ？"),
)

# Every character of a title twice as hard: 20,000 code points of which many take four bytes.
LONG_TEXT = ("Ice, ماء, 水, 🧊 𝛼β. " * 1_200)[:19_999].strip() + "."
LONG_TEXT = LONG_TEXT + "x" * (20_000 - len(LONG_TEXT))
