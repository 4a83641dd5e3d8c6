"""A dataset whose pictures are finished, made by hand: what packaging starts from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyvips

from safelight.datasets.dataset import (
    Captioned,
    Cropped,
    Dataset,
    Decided,
    Decision,
    Focused,
    Item,
    Packaged,
    Reason,
    Shot,
    Skipped,
    Unpacked,
    item_id,
)  # fmt: skip
from safelight.datasets.facts import FaceFacts, Facts, Seen
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.package import Ready, package
from safelight.datasets.settings import CaptionParams, CropParams, DatasetSettings, Layout, PackageParams
from safelight.datasets.tools import BuildWatch

ALL = tuple(Layout)


def painted(seed: int, width: int = 512, height: int = 512) -> pyvips.Image:
    """A picture with something in it, another one for each seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    small = pyvips.Image.new_from_array(coarse, interpretation="srgb")
    return small.resize(width / 8, vscale=height / 8, kernel="nearest")


@dataclass
class Finished:
    """A dataset on disk with finished pictures, and how it is packaged."""

    path: Path
    settings: DatasetSettings = field(default_factory=DatasetSettings)
    ready: list[Ready] = field(default_factory=list)
    dropped: list[tuple[Item, Decision]] = field(default_factory=list)
    skipped: tuple[Skipped, ...] = ()
    shots: dict[str, Shot] = field(default_factory=dict)

    @property
    def folder(self) -> DatasetFolder:
        return DatasetFolder(self.path)

    @property
    def dataset(self) -> Dataset:
        return Dataset(id="d1", name="Anna", created_at="2026-01-02T03:04:05Z", settings=self.settings)

    def item(self, name: str, *, width: int = 3000, height: int = 4000) -> Item:
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
        return Item(
            id=item_id(digest, name), name=name, file=f"originals/{digest[:8]}.jpg", sha256=digest, bytes=1_000_000,
            width=width, height=height,
        )  # fmt: skip

    def add(
        self, name: str, caption: str = "a sks person, smiling", *, size: tuple[int, int] = (512, 512),
        shot: Shot = Shot.PORTRAIT, yaw: float = 0, pitch: float = 0, expressions: dict[str, float] | None = None,
        brightness: float = 0.5, scale: float = 0.5, facts: dict[str, str] | None = None,
        picture: pyvips.Image | None = None,
    ) -> Ready:  # fmt: skip
        item = self.item(name)
        image = picture or painted(len(self.ready), *size)
        suffix = ".jpg" if self.settings.crop.format == "jpeg" else ".png"
        file = f"crops/{item.id}{suffix}"
        self.folder.crops.mkdir(parents=True, exist_ok=True)
        image.write_to_file(str(self.path / file))
        self.preview(item, len(self.ready))
        one = Ready(
            item=item,
            cropped=Cropped(
                item=item.id, file=file, box=(100, 100, 1000, 1000), width=image.width, height=image.height,
                scale=scale, warnings=("It was enlarged 1.5 times.",) if scale > 1 else (),
            ),
            captioned=Captioned(item=item.id, text=caption, source="local", facts=facts or {}),
            seen=seen(item, yaw=yaw, pitch=pitch, expressions=expressions, brightness=brightness),
        )  # fmt: skip
        self.shots[item.id] = shot
        self.ready.append(one)
        return one

    def drop(self, name: str, reason: Reason, words: str, counterpart: str | None = None) -> Item:
        item = self.item(name)
        decision = Decision(item=item.id, keep=False, reason=reason, words=words, counterpart=counterpart)
        self.dropped.append((item, decision))
        self.preview(item, 90 + len(self.dropped))
        return item

    def preview(self, item: Item, seed: int) -> None:
        self.folder.previews.mkdir(parents=True, exist_ok=True)
        painted(seed, 96, 128).write_to_file(str(self.folder.preview_of(item.id)))

    def write(self) -> None:
        """Write what the steps before would have written."""
        kept = [Decision(item=one.item.id, keep=True, reason=Reason.GOOD, words="It is good.") for one in self.ready]
        items = [one.item for one in self.ready] + [item for item, _ in self.dropped]
        folder = self.folder
        folder.save_dataset(self.dataset)
        folder.save_unpacked(Unpacked(items=tuple(items), skipped=self.skipped))
        folder.save_decided(Decided(decisions=(*kept, *(one for _, one in self.dropped))))
        folder.save_focused(
            Focused(item=one.item.id, box=one.cropped.box, shot=self.shots[one.item.id], method="face")
            for one in self.ready
        )

    def package(self, watch: BuildWatch | None = None, **params: object) -> Packaged:
        self.write()
        wanted = PackageParams(**{"layouts": ALL, "report": False, **params})
        settings = self.settings.model_copy(update={"package": wanted})
        dataset = self.dataset.model_copy(update={"settings": settings})
        done = package(self.folder, dataset, self.ready, wanted, watch or BuildWatch())
        self.folder.save_packaged(done)
        return done


def seen(
    item: Item, *, yaw: float = 0, pitch: float = 0, expressions: dict[str, float] | None = None,
    brightness: float = 0.5, faces: int = 1,
) -> Seen:  # fmt: skip
    face = FaceFacts(
        box=(300, 300, 500, 600), score=0.98, points=((400, 500), (600, 500), (500, 600), (420, 750), (580, 750)),
        yaw=yaw, pitch=pitch, roll=0, sharpness=0.8, brightness=brightness, eyes_open=0.9, at_camera=0.9,
        expressions=expressions or {},
    )  # fmt: skip
    facts = Facts(
        item=item.id, width=item.width, height=item.height, phash="0" * 16, sharpness=0.8, brightness=brightness,
        contrast=0.2, dark=0, bright=0, faces=(face,) * faces,
    )  # fmt: skip
    return Seen(
        item=item, facts=facts, embeddings=np.zeros((faces, 4), np.float32), patches=np.zeros((faces, 64, 64), np.uint8)
    )


def with_settings(
    path: Path, *, trigger: str = "sks", class_word: str = "person", mode: str = "square", picture_format: str = "png"
) -> Finished:
    return Finished(
        path,
        DatasetSettings(
            caption=CaptionParams(trigger=trigger, class_word=class_word),
            crop=CropParams(mode=mode, format=picture_format, size=512),
        ),
    )
