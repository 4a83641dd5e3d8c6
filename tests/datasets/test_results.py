from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from safelight.datasets.dataset import Skipped, Step
from safelight.datasets.results import Results, key_of

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), PLAIN, max_size=5))
def test_a_key_does_not_depend_on_the_order_of_names(content: dict[str, object]) -> None:
    turned = dict(reversed(list(content.items())))
    assert key_of(content) == key_of(turned)
    assert key_of({**content, "one more": 1}) != key_of(content)


def test_a_result_is_found_by_its_key_and_step_only(tmp_path: Path) -> None:
    results, value = Results(tmp_path), Skipped(name="图/一.jpg", reason="no photo")
    key = key_of({"a": 1})
    results.put(Step.FOCUS, key, value)
    assert Results(tmp_path).get(Step.FOCUS, key, Skipped) == value
    assert results.get(Step.CROP, key, Skipped) is None
    assert results.get(Step.FOCUS, key_of({"a": 2}), Skipped) is None


def test_a_result_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    results, key = Results(tmp_path), key_of({"a": 1})
    results.put(Step.FOCUS, key, Skipped(name="a", reason="b"))
    path = results.place(Step.FOCUS, key).with_suffix(".json")
    path.write_text(path.read_text()[:10])
    assert results.get(Step.FOCUS, key, Skipped) is None
