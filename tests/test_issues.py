"""Issues: the same sentence in either language, whatever its parameters are."""

from __future__ import annotations

from thal_core.issues import Issue, issues_frame, translate_issues
from thal_core.vocabulary import Severity
from thal_core.words import Message
from thal_core.words.wording import Wording


def test_parameters_keep_their_language() -> None:
    issue = Issue(
        Severity.ERROR,
        "choice.unknown",
        {
            "what": Wording((("en", "criterion"), ("zh", "标准"))),
            "given": "x",
            "allowed": [Message("ne.no_baseline_hb"), 3.0],
        },
    )
    frame = issues_frame([issue])
    assert (
        frame["message"].iloc[0]
        == "There is no criterion “x”. There are: no Hb before treatment, 3."
    )
    assert (
        translate_issues(frame, "zh")["message"].iloc[0]
        == "没有名为“x”的标准。可选：无治疗前Hb、3。"
    )
    assert translate_issues(frame, "en")["message"].iloc[0] == frame["message"].iloc[0]
