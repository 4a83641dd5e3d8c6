"""The imagefolder, loaded by Hugging Face's own library, away from every network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from finished import with_settings

from safelight.datasets.lint import lint
from safelight.datasets.settings import Layout

_LOAD = """
import json, socket, sys

def refuse(*_arguments, **_values):
    raise AssertionError("the network was used")

socket.socket.connect = refuse
from datasets import load_dataset

found = load_dataset("imagefolder", data_dir=sys.argv[1])
print(json.dumps({split: [[row["text"], row["image"].size, row["image"].mode] for row in rows]
                  for split, rows in found.items()}))
"""


def loaded(folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HF_HOME": str(home), "HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}
    return subprocess.run(
        [sys.executable, "-c", _LOAD, str(folder)], env=environment, capture_output=True, text=True, timeout=300
    )


def test_the_imagefolder_loads_with_every_caption_beside_its_picture(tmp_path: Path) -> None:
    made = with_settings(tmp_path / "set", mode="bucket")
    captions = ["a sks person, smiling", "a sks person, 窗边, café", 'a sks "person"\\ # <b>']
    for number, caption in enumerate(captions):
        made.add(f"{number}.jpg", caption, size=(512, 512 + 64 * number))
    made.package()
    done = loaded(tmp_path / "set" / "imagefolder", tmp_path / "home")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "train": [[caption, [512, 512 + 64 * number], "RGB"] for number, caption in enumerate(captions)]
    }


def test_a_picture_without_a_line_is_left_out_as_the_linter_says(tmp_path: Path) -> None:
    made = with_settings(tmp_path / "set")
    for number in range(2):
        made.add(f"{number}.jpg")
    made.package()
    metadata = tmp_path / "set" / "imagefolder" / "train" / "metadata.jsonl"
    metadata.write_text(metadata.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    done = loaded(tmp_path / "set" / "imagefolder", tmp_path / "home")
    assert [len(rows) for rows in json.loads(done.stdout.splitlines()[-1]).values()] == [1]
    (problem,) = lint(tmp_path / "set" / "imagefolder", Layout.IMAGEFOLDER)
    assert (problem.file, problem.fatal) == ("train/0002.png", True)
    assert "left out" in problem.words
