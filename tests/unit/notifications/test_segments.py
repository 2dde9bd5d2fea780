"""Texts are counted as operators bill them."""

import pytest

from hub.modules.notifications.segments import Encoding, Segments, count_segments

EMOJI = "🚜"


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "left"),
    [
        pytest.param("", Encoding.GSM_7, 0, 1, 160, id="an empty text is one SMS"),
        pytest.param("a" * 160, Encoding.GSM_7, 160, 1, 0, id="160 letters of GSM fit into one"),
        pytest.param("a" * 161, Encoding.GSM_7, 161, 2, 145, id="161 take two of 153"),
        pytest.param("a" * 306, Encoding.GSM_7, 306, 2, 0, id="306 fill two"),
        pytest.param("a" * 307, Encoding.GSM_7, 307, 3, 152, id="307 take three"),
        pytest.param("€" * 80, Encoding.GSM_7, 160, 1, 0, id="an escaped letter counts twice"),
        pytest.param("\f^{}\\[~]|€", Encoding.GSM_7, 20, 1, 140, id="all escaped letters do"),
        pytest.param("a" * 152 + "€" + "a" * 6, Encoding.GSM_7, 160, 1, 0, id="alone, nothing is cut"),
        pytest.param("a" * 152 + "€" + "a" * 152, Encoding.GSM_7, 306, 3, 152, id="no escape is cut from its letter"),
        pytest.param("я" * 70, Encoding.UCS_2, 70, 1, 0, id="70 Cyrillic letters fit into one"),
        pytest.param("я" * 71, Encoding.UCS_2, 71, 2, 63, id="71 take two of 67"),
        pytest.param("я" * 134, Encoding.UCS_2, 134, 2, 0, id="134 fill two"),
        pytest.param("я" * 135, Encoding.UCS_2, 135, 3, 66, id="135 take three"),
        pytest.param("a" * 69 + "я", Encoding.UCS_2, 70, 1, 0, id="one Cyrillic letter turns all of it"),
        pytest.param("a" * 70 + "я", Encoding.UCS_2, 71, 2, 63, id="and shortens all parts"),
        pytest.param("a[]" * 24 + "я", Encoding.UCS_2, 73, 2, 61, id="nothing is escaped in UCS-2"),
        pytest.param(EMOJI * 35, Encoding.UCS_2, 70, 1, 0, id="an emoji counts twice"),
        pytest.param(EMOJI * 67, Encoding.UCS_2, 134, 3, 65, id="no surrogate pair is cut in two"),
        pytest.param("`", Encoding.UCS_2, 1, 1, 69, id="a backtick is none of GSM's"),
        pytest.param("«Заря» — 1 200 ₽", Encoding.UCS_2, 16, 1, 54, id="quotes and the rouble count once"),
        pytest.param("ÄÖÑÜ§¿äöñüàΔΦΓΛΩΠΨΣΘΞ", Encoding.GSM_7, 21, 1, 139, id="GSM has some other letters"),
        pytest.param("ç", Encoding.UCS_2, 1, 1, 69, id="but of this one only the capital"),
    ],
)
def test_a_text_takes_so_many_parts(text: str, encoding: Encoding, units: int, parts: int, left: int) -> None:
    assert count_segments(text) == Segments(encoding=encoding, units=units, parts=parts, left=left)
