"""Opens the store that the settings name."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from safelight.errors import SettingsError
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.store.drafts import Drafts
from safelight.store.folder import INCOMING, FolderStore


def open_store(settings: Settings) -> Store:
    """Open the store: a folder, by default ``files`` under the data folder, or an object store by URL.

    What processes that are gone have left unfinished is removed.

    Raises:
        SettingsError: SAFELIGHT_STORE_URL is no address of a store.
        StoreError: the folder cannot be made.
    """
    here, url = settings.data_dir / "files", settings.store_url
    scheme = urlsplit(url).scheme
    if not url:
        store: Store = FolderStore(here)
    elif scheme == "file":
        store = FolderStore(Path(url2pathname(urlsplit(url).path)))
    elif len(scheme) < 2:
        # No scheme, or the letter of a drive.
        store = FolderStore(Path(url).expanduser())
    else:
        store = _remote(url, here / INCOMING)
    store.drafts.sweep()
    return store


def _remote(url: str, incoming: Path) -> Store:
    # Only here: it takes time to load, and a folder does not need it.
    from obstore.exceptions import BaseError
    from obstore.store import from_url

    from safelight.store.objects import ObjectStore

    try:
        remote = from_url(url)
    except (BaseError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise SettingsError(f"SAFELIGHT_STORE_URL: {url!r} is no address of a store: {reason}") from error
    return ObjectStore(remote, Drafts(incoming))
