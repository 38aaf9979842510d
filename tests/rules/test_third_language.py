"""A third language is files and no code: what a folder of words lays over is said in it, and
English stands in for the rest.
"""

from __future__ import annotations

import pytest

from tests.rules.laid_over import answer_under
from tests.rules.third_language import lay_over
from thal_core.rows import _with_language
from thal_core.words import catalogue, languages
from thal_core.words.wording import Wording


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict:
    folder = lay_over(tmp_path_factory.mktemp("french"))
    return answer_under(folder, "tests.rules.third_language")


def test_it_is_offered_beside_the_others(told) -> None:
    assert told["languages"] == ["en", "zh", "fr"]
    assert told["offered"] == ["English", "简体中文", "Français"] and told["chosen"] == "fr"


def test_a_result_a_figure_and_a_page_say_it(told) -> None:
    assert told["method"].startswith("Response by") and "Intervalles de Wilson" in told["method"]
    assert "Part des patients (%)" in told["axis"]
    assert told["broken"] == [] and told["page"].startswith("Cohorte\n")
    assert "Intervalles de Wilson" in told["page"]


def test_the_rules_have_its_labels_and_english_stands_in(told) -> None:
    assert told["field"] == "Hémoglobine (g/L)" and told["event"] == "éruption cutanée"
    assert told["class"] == ["réponse majeure"]
    assert told["english_stands_in"] and told["issues"] and told["list"] == "a, b"


def test_there_are_two_languages_without_it() -> None:
    assert languages() == ("en", "zh")
    assert all(set(texts) == {"en", "zh"} for texts in catalogue().values())


@pytest.mark.parametrize("language", ["en", "zh", "fr"])
def test_a_wording_says_english_for_what_it_lacks(language) -> None:
    words = Wording.of_row({"label_en": "spleen", "label_zh": "", "source": "x"}, "label")
    assert words.text(language) == "spleen" and words
    assert not Wording.of_row({"label_en": ""}, "label")


def test_words_join_the_row_they_are_of() -> None:
    rows = [{"field": "a", "label_en": "A"}, {"field": "b", "label_en": "B"}]
    joined = _with_language(rows, [{"field": "b", "label": "Bé"}], "fr")
    assert joined == [rows[0], rows[1] | {"label_fr": "Bé"}]
    assert _with_language([], [{"field": "b", "label": "Bé"}], "fr") == []
