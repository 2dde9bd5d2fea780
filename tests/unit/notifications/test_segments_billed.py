"""What the hub counts is what the simulated operators bill, which count by themselves."""

from hypothesis import given
from hypothesis import strategies as st

from hub.modules.notifications.segments import count_segments
from sandbox.messages.segments import parts

LETTERS = st.sampled_from("aZ 0@£Δ\n\r_¡¿à^{}\\[~]|€\fЖя№«—₽`ç🚜👨‍🌾")
GSM = st.sampled_from("aZ 0@£Δ\n_^{}[]€")


@given(st.text(LETTERS, max_size=700))
def test_any_text_is_counted_as_it_is_billed(text: str) -> None:
    assert count_segments(text).parts == parts(text)


@given(st.text(GSM, min_size=140, max_size=500))
def test_a_long_text_of_gsm_is_counted_as_it_is_billed(text: str) -> None:
    assert count_segments(text).parts == parts(text)


@given(st.text(st.sampled_from("я🚜"), min_size=60, max_size=220))
def test_pairs_at_every_edge_are_counted_as_they_are_billed(text: str) -> None:
    counted = count_segments(text)
    assert counted.parts == parts(text)
    assert 0 <= counted.left < 70
