"""Colours as HeyGen takes them: by their codes; and as web pages do: codes, functions, names.

Pure. Of web pages: https://www.w3.org/TR/css-color-4.
"""

from __future__ import annotations

import re

from bulkgen.rows.suggest import hint

_CODE = re.compile(r"(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_FULL = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_FUNCTION = re.compile(r"(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\([0-9a-z.,%/ +\-]+\)", re.IGNORECASE)

_NAMES = """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood
    cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod
    darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon
    darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray
    dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green
    greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon
    lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon
    lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen magenta
    maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen
    mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive
    olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru
    pink plum powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen
    seashell sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato
    transparent turquoise violet wheat white whitesmoke yellow yellowgreen
"""
NAMES = frozenset(_NAMES.split())


def is_code(text: str) -> bool:
    """Whether it is the code of a colour, with or without how opaque it is."""
    return text.startswith("#") and _CODE.fullmatch(text[1:]) is not None


def is_full_code(text: str) -> bool:
    """Whether it is a code of six digits."""
    return _FULL.fullmatch(text) is not None


def is_colour(text: str) -> bool:
    """Whether a web page shows it as a colour."""
    return is_code(text) or text.casefold() in NAMES or _FUNCTION.fullmatch(text) is not None


def advice(text: str) -> str:
    """What to write in place of what is no colour."""
    if _CODE.fullmatch(text):
        return f"Write it as #{text}."

    return f"{hint(text, NAMES)}Write it as a code like #ff0000, or by its English name."
