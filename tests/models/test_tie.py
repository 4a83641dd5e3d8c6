"""The tie between a result and its input, on results that are known."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from safelight.models.networks.tie import keep_extremes, tie_low_frequencies


def photo(side: int = 80) -> torch.Tensor:
    torch.manual_seed(0)
    coarse = torch.rand(1, 3, 6, 6)
    return F.interpolate(coarse, size=(side, side), mode="bicubic").clamp(0, 1)


def enlarged(source: torch.Tensor, scale: int) -> torch.Tensor:
    return F.interpolate(source, scale_factor=scale, mode="nearest").contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
def test_a_result_that_is_off_by_a_colour_cast_is_brought_back(scale: int) -> None:
    source = photo()
    wanted = enlarged(source, scale)
    cast = torch.tensor([0.05, -0.03, 0.02]).view(1, 3, 1, 1)

    tied = tie_low_frequencies(wanted + cast, source, scale)

    torch.testing.assert_close(tied, wanted, atol=1e-5, rtol=0)


def test_fine_detail_that_the_network_added_stays() -> None:
    source = photo()
    detail = torch.zeros(1, 3, 320, 320)
    detail[..., ::2, :] = 0.02
    detail[..., 1::2, :] = -0.02

    tied = tie_low_frequencies(enlarged(source, 4) + detail, source, 4)

    torch.testing.assert_close(tied, enlarged(source, 4) + detail, atol=1e-5, rtol=0)


def test_strips_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    source = photo(150)
    result = enlarged(source, 2) ** 1.1
    one = tie_low_frequencies(result.clone(), source, 2)
    monkeypatch.setattr("safelight.models.networks.tie._STRIP", 10_000)
    other = tie_low_frequencies(result.clone(), source, 2)

    torch.testing.assert_close(one, other, atol=1e-6, rtol=0)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_areas_of_black_and_white_are_exact_inside_and_free_at_their_edge(value: float) -> None:
    source = torch.full((1, 3, 40, 40), 0.5)
    source[..., :20] = value
    off = torch.full((1, 3, 80, 80), abs(value - 0.02))

    kept = keep_extremes(off.clone(), source, 2)

    assert (kept[..., : 2 * 17] == value).all()
    assert torch.equal(kept[..., 2 * 17 :], off[..., 2 * 17 :])


def test_a_pure_red_is_neither_black_nor_white() -> None:
    source = torch.zeros(1, 3, 20, 20)
    source[:, 0] = 1
    result = torch.full((1, 3, 20, 20), 0.4)

    assert torch.equal(keep_extremes(result.clone(), source, 1), result)
