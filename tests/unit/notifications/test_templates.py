"""Templates speak in each channel, and those that come with the hub can all be filled in."""

import pytest

from hub.core.errors import InvalidRequestError
from hub.modules.notifications.message import Channel
from hub.modules.notifications.shipped_templates import examples, shipped_templates
from hub.modules.notifications.template_engine import TemplateEngine
from hub.modules.notifications.template_words import MOSCOW
from hub.modules.notifications.templates import SHIPPED_PREFIX, Parts, ReadTemplate

ENGINE = TemplateEngine()
EVERY = tuple(Channel)


def read(**parts: str) -> ReadTemplate:
    return ReadTemplate(Parts(**parts), engine=ENGINE)


@pytest.mark.parametrize("name", sorted(shipped_templates()))
def test_what_comes_with_the_hub_speaks_in_every_channel(name: str) -> None:
    template = shipped_templates()[name]
    said = ReadTemplate(template.parts, engine=ENGINE).say(EVERY, examples()[name], zone=MOSCOW)
    assert name.startswith(SHIPPED_PREFIX)
    assert set(said) == set(EVERY)
    for content in said.values():
        assert "{" not in content.text + content.subject + content.html
    assert "ДКП-2025/17" in said[Channel.SMS].text
    assert "<p>Здравствуйте, Иван Образцович!</p>" in said[Channel.EMAIL].html


def test_every_step_of_a_registration_and_every_kind_of_money_has_its_words() -> None:
    steps = ["submitted", "in-review", "suspended", "requirements", "duty-due", "registered", "refused", "withdrawn"]
    expected = {f"landhub-registration-{step}" for step in steps}
    assert expected | {"landhub-debt-overdue", "landhub-payment-received", "landhub-payment-refunded"} == set(
        shipped_templates()
    )


def test_a_debt_is_told_with_its_amount_and_its_days() -> None:
    debt = ReadTemplate(shipped_templates()["landhub-debt-overdue"].parts, engine=ENGINE)
    said = debt.say([Channel.SMS], examples()["landhub-debt-overdue"], zone=MOSCOW)
    assert said[Channel.SMS].text == "Договор ДКП-2025/17: не оплачено 1\u00a0234,56\u00a0₽, просрочка 10 дней."


def test_a_channel_without_a_part_is_left_out() -> None:
    assert set(read(sms="да").say(EVERY, {}, zone=MOSCOW)) == {Channel.SMS}
    assert set(read(text="да").say(EVERY, {}, zone=MOSCOW)) == {Channel.TELEGRAM, Channel.MAX}
    assert set(read(subject="да", html="<p>да</p>").say(EVERY, {}, zone=MOSCOW)) == {Channel.EMAIL}


def test_only_html_is_escaped() -> None:
    template = read(subject="{{ name }}", text="{{ name }}", html="<p>{{ name }}</p>", sms="{{ name }}")
    said = template.fill_in({"name": "<b>Ко & Ко</b>"}, zone=MOSCOW)
    assert said.html == "<p>&lt;b&gt;Ко &amp; Ко&lt;/b&gt;</p>"
    assert said.subject == said.text == said.sms == "<b>Ко & Ко</b>"


@pytest.mark.parametrize("name", ["Иван\nBcc: all@example.com", "Иван\tПётр", "Иван\u2028Bcc: x", "a\u0085b"])
def test_a_name_with_a_line_break_does_not_get_into_a_subject(name: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read(subject="Для {{ name }}").fill_in({"name": name}, zone=MOSCOW)
    assert caught.value.reason == "CONTENT_INVALID"
    assert "Иван" not in caught.value.message + repr(caught.value.violations)


def test_money_may_stand_in_a_subject() -> None:
    assert read(subject="{{ 100|money }}").fill_in({}, zone=MOSCOW).subject == "1,00\u00a0₽"


def test_a_subject_of_two_lines_is_refused_when_it_is_made() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read(subject="Тема\r\nBcc: all@example.com", text="да")
    assert caught.value.reason == "TEMPLATE_REFUSED"
    assert caught.value.violations[0].field == "parts.subject"


def test_a_missing_value_is_named_and_the_others_are_not_told() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read(text="{{ name }} {{ amount|money }}").fill_in({"name": "КАНАРЕЙКА"}, zone=MOSCOW)
    assert caught.value.violations[0].field == "values.amount"
    assert "КАНАРЕЙКА" not in repr(caught.value) + repr(caught.value.violations)


def test_the_values_that_a_template_needs_are_told() -> None:
    assert read(text="{{ a.b }}{% for x in xs %}{{ x }}{{ loop.index }}{% endfor %}", sms="{{ c }}").names == [
        "a",
        "c",
        "xs",
    ]
