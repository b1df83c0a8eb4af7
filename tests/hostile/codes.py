"""What a scanner may type that is no card of anybody: rubbish, halves, two at once, other people's codes (bar 21)."""

from __future__ import annotations

import random
from typing import Final

CARD: Final = "012085000001||Lò Văn Thử|05021985|Nam|Bản Mẫu, Xã Ví Dụ, Sìn Hồ, Lai Châu|10052021"
TELEX: Final = "012085000001||Lof Vawn Thuwr|05021985|Nam|Barn Maaxu, Xax Vis Duj, Lai Chaau|10052021"
VNI: Final = "012085000001||Lo2 Va8n Thu73|05021985|Nam|Ba3n Ma64u, Xa4 Vi1 Du5, Lai Cha6u|10052021"
TURNED: Final = ")!@)*%)))))!||Lò Văn Thử|)%)@!(*%|Nam|Bản Mẫu|!))%@)@!"
CODES: Final[dict[str, str]] = {
    "half": CARD[:40],
    "two glued": CARD + CARD,
    "two on lines": f"{CARD}\r\n{CARD}",
    "tab inside": CARD.replace("|Nam|", "\tNam\t"),
    "enter inside": CARD.replace("Lò Văn", "Lò\rVăn"),
    "telex": TELEX,
    "vni": VNI,
    "turned": TURNED,
    "address": "https://example.invalid/?q=%3Cscript%3E&x=" + "a" * 300,
    "javascript": "javascript:alert(document.cookie)//aaaaaaaaaaaa",
    "wifi": "WIFI:T:WPA;S:TramYTe;P:matkhau123;H:false;;",
    "vcard": "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lo;Thu\r\nTEL:0900000001\r\nEND:VCARD",
    "covid": "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH",
    "payment": "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA5303704",
    "markup": CARD.replace("Lò Văn Thử", "<img src='/etc/passwd'/>"),
    "long name": CARD.replace("Lò Văn Thử", "Lò " * 150),
    "long field": CARD.replace("Bản Mẫu", "Bản " * 300),
    "many bars": "012085000001" + "|" * 400,
    "control signs": CARD.replace("Thử", "Th\x00\x1bử"),
    "right to left": CARD.replace("Thử", "\u202eửhT"),
    "fullwidth": CARD.replace("012085000001", "０１２０８５０００００１"),
    "born tomorrow": CARD.replace("05021985", "05022099"),
    "no day": CARD.replace("05021985", "31021985"),
    "insurance in hex": "GD4010120123456|" + "FF" * 200 + "|05/02/1985|1|zz|12 - 345|01/01/2022|-|x|$",
    "json": '{"citizen":"012085000001","name":"Lò Văn Thử"}',
    "sql": "012085000001|'; DROP TABLE person; --|x|05021985|Nam|x|10052021",
}


def rubbish(count: int, seed: int = 1) -> list[str]:
    """Random signs, four thousand of them at most: printable ones, bars, line ends, letters of Vietnamese."""
    chance = random.Random(seed)
    signs = [*map(chr, range(32, 127)), *"||||\t\r\n", *"ăâđêôơưàảãáạ", "\x00", "\x1b", "\u202e", "\ufeff"]
    lengths = (1, 10, 60, 200, 511, 512, 513, 4096)
    return ["".join(chance.choices(signs, k=chance.choice(lengths))) for _time in range(count)]


def mangled(count: int, seed: int = 2) -> list[str]:
    """A card with a few signs changed, lost or put in."""
    chance = random.Random(seed)
    found = []
    for _time in range(count):
        text = list(CARD)
        for _again in range(chance.choice((1, 2, 8))):
            at = chance.randrange(max(len(text), 1))
            text[at : at + chance.choice((0, 1, 1, 30))] = chance.choice((["|"], ["0"], ["<b>"], [], ["\t"], [CARD]))
        found.append("".join(text))
    return found
