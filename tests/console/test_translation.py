"""Every text of the pages can be translated."""

import re
from pathlib import Path

import seawall.console

ROOM = Path(seawall.console.__file__).parent
PAGES = sorted((ROOM / "templates").rglob("*.html"))
KNOWN = (ROOM / "locale/en/LC_MESSAGES/django.po").read_text("utf-8").replace('"\n"', "")


def test_every_text_of_a_page_is_in_the_translation_file():
    found = {text for page in PAGES for _, text in re.findall(r"""{% translate (["'])(.+?)\1 %}""", page.read_text())}
    assert len(found) > 150
    assert {text for text in found if f'"{text}"' not in KNOWN} == set()


def test_no_page_holds_a_text_that_cannot_be_translated():
    untold = []
    for page in PAGES:
        text = re.sub(
            r"{% blocktranslate.*?{% endblocktranslate %}|{[%{#].*?[%}#]}", " ", page.read_text(), flags=re.DOTALL
        )
        bare = re.sub(r"<[^>]*>", " ", text)
        untold += [f"{page.name}: {word}" for word in re.findall(r"[A-Za-z]{3,}", bare) if word != "Seawall"]
    assert untold == []
