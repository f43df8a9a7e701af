"""Chinese text: bigrams for search, personal numbers in free text, masks. No tables, no Django."""

import re
import unicodedata

# One character to one character, so that a place found in the plain text is the same place in the original.
_PLAIN = str.maketrans("０１２３４５６７８９ＸｘＡＢ－—–‐―−　（）＋．：", "0123456789XxAB------ ()+.:")

_TOKEN = re.compile(r"[a-z0-9]+|[㐀-䶿一-鿿豈-﫿々]+")
_PLACEHOLDER = re.compile(r"〔[^〔〕]{1,8}〕")
_SOME_NUMBER = re.compile(r"\d(?:[^\w]?\d){6}")

_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
# GB 11643: province, six-digit area, birth day, sequence, check character. Order numbers that begin with a
# year (20…) are no province and fall out here.
_AREA = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{4}"
_SHAPES = r"""
    1[3-9]\d (?: \d{8}
        | (?P<s>[- ]) (?: \d{8} | \d{4}(?P=s)\d{4} | \d{3}(?P=s)\d{5} )
        | \d[- ]\d{3}[- ]\d{4} | \d[- ]\d{4}[- ]\d{3} | \d\d[- ]\d{6} | \d{4}[- ]\d{4} )
    | 1[ ][3-9](?:[ ]\d){9}
"""
_LOCAL = r"[2-9]\d{2,3}[- ]?\d{4}"
_LAND_AREA = r"0(?:10|2\d|[3-9]\d{2})"

_PERSONAL = re.compile(
    rf"""
    (?<![0-9A-Za-z])(?<!\d[-.])
    (?P<id> {_AREA}[- ]?
        (?: (?:18|19|20)\d\d[- ]?{_DAY}[- ]?\d{{3}}[- ]?[\dXx] | \d\d{_DAY}\d{{3}} ) )
    (?![0-9A-Za-z])

    | (?: (?<![0-9A-Za-z]) | (?<=[Tt]el) | (?<=TEL) | (?<=[WVwv][Xx]) | (?<=QQ) ) (?<!\d\.)
    (?P<mobile> (?:(?:\+|00)?86[- ]?)? (?:{_SHAPES}) )
    (?!\d)(?!\.\d)(?![ ]?[元万亿])

    | (?<![0-9.])(?<!\d-)
    (?P<land> (?:\+?86[- ]?)? (?:\({_LAND_AREA}\)[ ]? | {_LAND_AREA}[- ]?) {_LOCAL} (?:(?:转|-)\d{{1,5}})? )
    (?!\d)(?!\.\d)

    | (?:电话|座机|固话)(?:号码|号)?(?:是|为)?[: ]{{0,2}} (?P<local>{_LOCAL}) (?![\d.])
    """,
    re.VERBOSE,
)
_PHONE = re.compile(rf"1[3-9]\d{{9}}|{_LAND_AREA}[2-9]\d{{6,7}}|[2-9]\d{{6,7}}|[48]00\d{{7}}", re.ASCII)
_ORDER_WORD = re.compile(r"(?:工单|订单|单号|流水|案号|受理号|文号|运单|编号|编码)[^0-9]{0,4}$")
_ID_WORD = re.compile(r"(?:身份|证件|证号)[^0-9]{0,8}$")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DOUBLE_SURNAMES = tuple("欧阳 司马 诸葛 上官 夏侯 皇甫 尉迟 公孙 慕容 令狐 司徒 端木 南宫".split())  # noqa: SIM905
_DETAIL = re.compile(r"[0-9０-９]|[一二三四五六七八九十百]+(?=[号栋幢室楼单弄组排])")


def plain(text: str) -> str:
    """Full-width digits, dashes and brackets as half-width ones; the length stays."""
    return text.translate(_PLAIN)


def bigrams(text: str) -> str:
    """Space-separated tokens for full-text search, the same for documents and for queries.

    A run of Chinese becomes its overlapping pairs ("窨井盖" → "窨井 井盖"), a single character itself,
    Latin words and numbers stay whole in lower case. Placeholders of personal data are left out.
    """
    clean = unicodedata.normalize("NFKC", _PLACEHOLDER.sub(" ", text)).lower()
    tokens: list[str] = []
    for run in _TOKEN.findall(clean):
        if run[0] < "㐀" or len(run) == 1:
            tokens.append(run)
        else:
            tokens += [run[i : i + 2] for i in range(len(run) - 1)]
    return " ".join(tokens)


def take_out_personal(text: str) -> tuple[str, dict[str, str]]:
    """The text with phones and ID numbers replaced by 〔电话1〕 and 〔证件1〕, and what each stands for.

    Values are kept as written, so ``put_back`` gives the original; a number written the same way twice
    has one placeholder. An ID with a wrong check digit counts (people mistype), an order number does not.
    """
    if not _SOME_NUMBER.search(text):
        return text, {}
    names: dict[str, str] = {}
    pieces: list[str] = []
    end = 0
    flat = plain(text)
    for found in _PERSONAL.finditer(flat):
        if found["id"] and _is_order_number(flat, found.start()):
            continue
        start, stop = found.span("local" if found["local"] else 0)
        value = text[start:stop]
        if value not in names:
            names[value] = _free_name("证件" if found["id"] else "电话", text, names)
        pieces += (text[end:start], names[value])
        end = stop
    return "".join((*pieces, text[end:])), {name: value for value, name in names.items()}


def put_back(text: str, secrets: dict[str, str]) -> str:
    """Undo ``take_out_personal``."""
    return _PLACEHOLDER.sub(lambda found: secrets.get(found[0], found[0]), text)


def normal_phone(text: str) -> str:
    """Digits alone ("138-0013-8000" → "13800138000", "(0575) 82212345" → "057582212345"); '' if none."""
    digits = re.sub(r"[-\s()]", "", plain(text.strip()))
    digits = re.sub(r"^(?:\+|00)?86(?=1[3-9]\d{9}$|0\d{9,11}$)", "", digits)
    return digits if _PHONE.fullmatch(digits) else ""


def id_check_ok(number: str) -> bool:
    """Does the 18th character fit the first 17 (GB 11643, MOD 11-2)?"""
    if not re.fullmatch(r"\d{17}[\dXx]", number, re.ASCII):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def mask_name(text: str) -> str:
    """张三丰 → 张**; a double surname stays whole."""
    text = text.strip()
    keep = 2 if text[:2] in _DOUBLE_SURNAMES and len(text) > 2 else 1
    return text[:keep] + "*" * max(1, min(len(text) - keep, 3)) if text else ""


def mask_phone(text: str) -> str:
    """13800138000 → 138****8000; 0575-82212345 → 0575****45."""
    digits = re.sub(r"\D", "", plain(text))
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:4]}****{digits[-2:]}" if digits[0] == "0" else f"{digits[:3]}****{digits[-4:]}"


def mask_id(text: str) -> str:
    """330682199001011234 → 330*************34."""
    text = text.strip()
    return text[:3] + "*" * (len(text) - 5) + text[-2:] if len(text) >= 10 else "*" * len(text)


def mask_address(text: str) -> str:
    """Keep road or village, hide from the first number on: 百官街道人民路12号3幢 → 百官街道人民路***."""
    text = text.strip()
    found = _DETAIL.search(text)
    keep = found.start() if found else min(6, len(text) // 2)
    return text[:keep] + "***" if text else ""


def _is_order_number(flat: str, start: int) -> bool:
    before = flat[max(0, start - 12) : start]
    return bool(_ORDER_WORD.search(before)) and not _ID_WORD.search(before)


def _free_name(word: str, text: str, taken: dict[str, str]) -> str:
    """The next 〔word n〕 that neither the writer nor we have used."""
    used = set(taken.values())
    number = 1
    while (name := f"〔{word}{number}〕") in used or name in text:
        number += 1
    return name
