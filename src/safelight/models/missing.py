"""What is said when weights are missing: which file, where to get it, how to know it, where to put it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from safelight.errors import CorruptWeightsError, LicenceError, MissingWeightsError
from safelight.models.spec import ModelSpec, Source, UrlSource, Variant, WeightFile

_MOST = 2


def missing_error(
    spec: ModelSpec[object], missing: Mapping[Variant, tuple[WeightFile, ...]], folder: Path, reasons: str = ""
) -> MissingWeightsError:
    """Make the error for a model that is not here; ``reasons`` says what came of trying to fetch it."""
    forms = "; or ".join(_files(files) for files in missing.values())
    tried = f"; tried: {reasons}" if reasons else ""
    return MissingWeightsError(
        f"the weights of {spec.id} are not in {folder}: needed: {forms}{tried}", hint=_advice(spec, missing, folder)
    )


def corrupt_error(spec: ModelSpec[object], path: Path, expected: str, found: str) -> CorruptWeightsError:
    """Make the error for a file that is here, but is not what the catalog names."""
    sourced = any(file.sources for variant in spec.variants for file in variant.files)
    then = f"run `safelight models pull {spec.id}`" if sourced else "put the right file in its place"
    return CorruptWeightsError(
        f"{path} is not the file that the catalog names for {spec.id}: expected SHA-256 {expected}, found {found}",
        hint=f"it was left as it is; move it away, then {then}",
    )


def licence_error(specs: Iterable[ModelSpec[object]]) -> LicenceError:
    """Make the error for models whose licence is not accepted."""
    refused = tuple(specs)
    named = ", ".join(f"{spec.id} ({_files(spec.variants[0].files)}) is under {spec.licence}" for spec in refused)
    licences = ",".join(dict.fromkeys(spec.licence for spec in refused))
    return LicenceError(
        f"{named}, which is not for commercial use and has to be accepted first",
        hint=f"accept it with `safelight models pull --accept-licence {licences} "
        f"{' '.join(spec.id for spec in refused)}`, or with SAFELIGHT_ACCEPT_LICENCES={licences}",
    )


def _advice(spec: ModelSpec[object], missing: Mapping[Variant, tuple[WeightFile, ...]], folder: Path) -> str:
    several = sum(len(files) for files in missing.values()) > len(missing)
    by_hand = f"put the {'files' if several else 'file'} into {folder} yourself"
    sourced = [files for files in missing.values() if files and all(file.sources for file in files)]
    if not sourced:
        return f"{spec.note.rstrip('.')}; {by_hand}" if spec.note else by_hand
    if not any(all(file.sha256 for file in files) for files in sourced):
        return f"run `safelight models pull {spec.id} --trust`, which shows and records the hash it finds, or {by_hand}"
    return f"run `safelight models pull {spec.id}` where there is a network, or {by_hand}"


def _files(files: tuple[WeightFile, ...]) -> str:
    more = f" and {len(files) - _MOST} more" if len(files) > _MOST else ""
    return ", ".join(_file(file) for file in files[:_MOST]) + more


def _file(file: WeightFile) -> str:
    facts = [f"SHA-256 {file.sha256}" if file.sha256 else "SHA-256 not known"]
    if file.bytes is not None:
        facts.insert(0, f"{file.bytes} bytes")
    places = " or ".join(_place(source) for source in file.sources)
    return f"{file.name} [{', '.join(facts)}]" + (f" from {places}" if places else "")


def _place(source: Source) -> str:
    if isinstance(source, UrlSource):
        return source.url
    return f"{source.member} in the {source.archive} of the Python package {source.package} {source.version}"
