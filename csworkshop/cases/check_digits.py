"""Check digits and inner structure of numbers: ID cards, bank cards, social credit codes, times written as figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# First two digits of an ID card or a licence: the provinces of GB/T 2260.
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others by the Luhn formula (ISO/IEC 7812)."""
    total = 0
    for i, c in enumerate(reversed(digits)):
        n = int(c) * (1 + i % 2)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def id_card(number: str) -> bool:
    """Whether an 18-character resident ID has its check character (GB 11643-1999)."""
    if len(number) != 18 or not id_shape(number):
        return False
    return _ID_CHECKS[sum(w * int(c) for w, c in zip(_ID_WEIGHTS, number, strict=False)) % 11] == number[17].upper()


def id_shape(number: str) -> bool:
    """Whether 18 or 15 characters begin with a province and hold a date of birth."""
    born = number[6:14] if len(number) == 18 else "19" + number[6:12]
    return number[:2] in _PROVINCES and number[:-1].isdigit() and _is_date(born) and "1900" <= born[:4] <= "2099"


def credit_code(code: str) -> bool:
    """Whether an 18-character unified social credit code has its check character (GB 32100-2015)."""
    code = code.upper()
    if len(code) != 18 or any(c not in _CREDIT_LETTERS for c in code) or not code[2:8].isdigit():
        return False
    total = sum(w * _CREDIT_LETTERS.index(c) for w, c in zip(_CREDIT_WEIGHTS, code, strict=False))
    return _CREDIT_LETTERS[(31 - total % 31) % 31] == code[17]


def business_licence(number: str) -> bool:
    """Whether a 15-digit registration number of a business has its check digit (GS 15-2006: ISO 7064 MOD 11,10)."""
    p = 10
    for c in number[:14]:
        s = (p + int(c)) % 10 or 10
        p = s * 2 % 11
    return (p + int(number[14])) % 10 == 1


def no_moment(digits: str) -> bool:
    """Whether digits are not a plain date or time such as 20240315 or 20240315183000."""
    return not (len(digits) in (8, 10, 12, 14) and _is_date(digits[:8]) and "1990" <= digits[:4] <= "2049")


def _is_date(eight: str) -> bool:
    try:
        datetime.strptime(eight, "%Y%m%d")
    except ValueError:
        return False
    return True


CHECKS: dict[str, Callable[[str], bool]] = {
    "luhn": luhn,
    "id_card": id_card,
    "id_shape": id_shape,
    "credit_code": credit_code,
    "business_licence": business_licence,
    "no_moment": no_moment,
}
