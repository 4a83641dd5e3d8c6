"""The pool: one copy of each model, shared, within a budget."""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.errors import ModelError
from safelight.models.pool import Pool
from safelight.models.spec import ModelSpec, ModelTask, Variant, WeightFile


@dataclass
class Loaded:
    name: str
    weight_bytes: int = 10


def spec(name: str, size: int | None = None) -> ModelSpec[object]:
    files = (WeightFile(name=name, sha256=None, bytes=size),)
    variants = (Variant(format="x", files=files),)
    return ModelSpec(id=name, title=name, task=ModelTask.UPSCALE, architecture="x", licence="MIT", variants=variants)


class Loader:
    def __init__(self) -> None:
        self.loaded: list[str] = []

    def __call__(self, model: ModelSpec[object]) -> Loaded:
        self.loaded.append(model.id)
        return Loaded(model.id)


def test_a_model_is_loaded_once_and_stays() -> None:
    load = Loader()
    pool = Pool(load, keep=1, budget=100)
    for _ in range(3):
        with pool.use(spec("a")) as model:
            assert model == Loaded("a")

    assert load.loaded == ["a"]
    assert pool.resident() == {"a": 10}


def test_the_least_recently_used_leaves_first() -> None:
    load = Loader()
    pool = Pool(load, keep=2, budget=100)
    for name in ("a", "b", "a", "c"):
        with pool.use(spec(name)):
            pass

    assert list(pool.resident()) == ["a", "c"]


def test_the_budget_is_kept_although_more_may_stay() -> None:
    pool = Pool(Loader(), keep=9, budget=25)
    for name in ("a", "b", "c"):
        with pool.use(spec(name)):
            pass

    assert list(pool.resident()) == ["b", "c"]


def test_small_models_are_not_counted_and_make_no_large_one_leave() -> None:
    sizes = {"large": 90, "larger": 95}
    pool = Pool(lambda model: Loaded(model.id, sizes.get(model.id, 5)), keep=1, budget=1000, small=10)
    for name in ("large", "a", "b", "c"):
        with pool.use(spec(name, sizes.get(name, 5))):
            pass
    assert list(pool.resident()) == ["large", "a", "b", "c"]
    with pool.use(spec("larger", 95)):
        pass
    assert list(pool.resident()) == ["a", "b", "c", "larger"]


def test_a_file_that_serves_two_purposes_is_loaded_for_each() -> None:
    load = Loader()
    pool = Pool(load, keep=2, budget=100)
    other = dataclasses.replace(spec("a"), task=ModelTask.RESTORE_FACES)
    with pool.use(spec("a")) as first, pool.use(other) as second:
        assert first is not second
    assert pool.resident() == {"a": 20}


def test_a_model_in_use_never_leaves() -> None:
    load = Loader()
    pool = Pool(load, keep=1, budget=5)
    with pool.use(spec("a")):
        with pool.use(spec("b")):
            assert set(pool.resident()) == {"a", "b"}
        with pool.use(spec("a")):
            pass

    assert load.loaded == ["a", "b"]


def test_many_threads_that_ask_at_once_share_one_load() -> None:
    load = Loader()
    started = threading.Barrier(8)
    pool = Pool(load, keep=1, budget=100)
    seen: list[object] = []

    def ask() -> None:
        started.wait()
        with pool.use(spec("a")) as model:
            seen.append(model)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert load.loaded == ["a"]
    assert len({id(model) for model in seen}) == 1


def test_a_load_that_fails_is_tried_again_the_next_time() -> None:
    failures = iter([True, False])

    def load(model: ModelSpec[object]) -> Loaded:
        if next(failures):
            raise ModelError("no weights")
        return Loaded(model.id)

    pool = Pool(load, keep=1, budget=100)
    with pytest.raises(ModelError, match="no weights"), pool.use(spec("a")):
        pass
    with pool.use(spec("a")) as model:
        assert model == Loaded("a")


@given(st.lists(st.sampled_from("abcd"), max_size=30), st.integers(1, 3), st.integers(10, 40))
def test_idle_models_never_exceed_count_or_budget(names: list[str], keep: int, budget: int) -> None:
    pool = Pool(Loader(), keep=keep, budget=budget)
    for name in names:
        with pool.use(spec(name)):
            pass
        resident = pool.resident()
        assert len(resident) <= keep
        assert sum(resident.values()) <= budget
        assert name in resident
