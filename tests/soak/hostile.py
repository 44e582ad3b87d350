"""Cells that are made to do harm, and what a spreadsheet takes for a formula."""

from __future__ import annotations

FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "=HYPERLINK(\"http://x.y\")", "=1")
MARKUP = (
    "[/x] [bold]", "*b* _i_ # h | `c` ![a](http://x.y/z)", "<b>&amp;</b>", "<script>alert(1)</script>", "]]>", "<!--",
    "#read(\"plan.json\") #eval(\"1\") $x$", "\\input{x}", "{0} {x!r} %s %n", "${jndi:ldap://x}", "'; drop table x; --",
)
PATHS = ("../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "CON", "NUL.csv", "a/b", ".", "..", "~", "x\0y")
UNSEEN = ("\u202eabc", "\u200f", "\u200e", "\u061c", "\u200b", "\ufeff", "\x07", "\x1b[31m", "\u00ad", "\u2028",
          "\ud800", "\uffff", "\U000e0041", "_x0000_", "_x202E_")
NUMBERS = ("1e308", "-1e308", "1e309", "nan", "NaN", "inf", "-inf", "1e-300", "-0", "1e15", "0x10", "1_000", "1,5",
           "1.234,5", "30 %", "28 USD/kg", "1" * 400, "\u0661\u0662", "1e999999999")
ODD = ("yes", "no", "*", "a|b", "a;b", ";", "a=b", "a=1; b=", "Deals[Toll].fee", "Supply[*].price.2030",
       "Case[x].value", "#REF!", "#DIV/0!", "2026", "price (USD/kg)", "2026 (t)", "name", "x" * 33_000,
       "\U0001f9f2 \u091a\u0941\u0902",
       "\u00e9", "e\u0301", "\u0130", "'", "\"", "''", " ", "\u00a0")

TEXTS = FORMULAS + MARKUP + PATHS + UNSEEN + NUMBERS + ODD
FLOATS = (0.0, -0.0, 1e308, -1e308, float("inf"), float("nan"), 5e-324, 1e-300, 1e15, 2026.0, 2026.5, -1.0, 0.1)
