"""The service keeps to its OpenAPI document, whatever it is sent: schemathesis, bounded and seeded."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import hypothesis.errors
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from api.running import API, Running, batch_of, enhance, finished, png, running

EXAMPLES = 6
STREAMS = {f"{API}/events", f"{API}/tasks/{{task_id}}/events"}
"""They never end, so nothing is compared with the document; test_events.py has them."""
SLOW = {f"{API}/tasks/{{task_id}}/report.pdf", f"{API}/batches/{{batch_id}}/report.pdf"}
"""A PDF takes most of a second, and its request has nothing but an id; test_tasks.py has them."""
SHUTS = {("post", f"{API}/users")}
"""With the first user everybody has to sign in, and the rest would only be refused; test_accounts.py has it."""
CHECKS = (
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance, checks.unsupported_method,
)  # fmt: skip
"""What a request has to be is told by more than its schema, and the fixed routes ignore what they do not know: so
whether a request is accepted is tested elsewhere."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, dict[str, str]]]:
    """A service with a task, a batch, a photo and a preset, so that not all is 404."""
    with running(tmp_path_factory.mktemp("schema")) as house, house.client() as client:
        task = enhance(client)["task_id"]
        finished(client, task)
        batch = batch_of(client, ("a.png", png(1)), ("b.png", b""))["batch_task_id"]
        photo = client.post(f"{API}/photos", files={"file": ("a.png", png(2))}).json()["photo_id"]
        recipe = {"steps": [{"operation": "upscale", "scale": 2}]}
        client.put(f"{API}/presets/mine", json={"recipe": recipe})
        dataset = client.post(f"{API}/datasets", json={"name": "Anna"}).json()["dataset_id"]
        client.post(f"{API}/datasets/{dataset}/photos", files={"files": ("a.png", png(3, 300, 300))})
        finished(client, client.post(f"{API}/datasets/{dataset}/build", json={"until": "dedup"}).json()["task_id"])
        [item] = client.get(f"{API}/datasets/{dataset}/items").json()["items"]
        # Nobody works in the lane that would fetch it.
        model = house.service.studio.catalog.list()[0].id
        yield house, {
            "task_id": task, "batch_id": batch, "photo_id": photo, "name": "mine", "user_id": "local",
            "model_id": model, "dataset_id": dataset, "item_id": item["item_id"], "account": "nobody", "key_id": "none",
        }  # fmt: skip


def test_the_service_keeps_to_its_document(known: tuple[Running, dict[str, str]]) -> None:
    house, ids = known
    with house.client() as client:
        document = client.get("/openapi.json").json()
    answered: Counter[int] = Counter()
    schema, tried = schemathesis.openapi.from_dict(document), 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in STREAMS | SLOW or (operation.method, operation.path) in SHUTS:
            continue
        names = re.findall(r"{(\w+)}", operation.path)
        there = {"path_parameters": {name: ids[name] for name in names}} if operation.method != "delete" else {}
        for mode, fixed in (
            (GenerationMode.POSITIVE, there),
            (GenerationMode.NEGATIVE, there),
            *([(GenerationMode.NEGATIVE, {})] if names else []),
        ):
            _try(operation.as_strategy(generation_mode=mode, **fixed), house.url, answered)
        tried += 1
    assert tried == sum(map(len, document["paths"].values())) - len(STREAMS | SLOW) - len(SHUTS)
    # Work was done, and refused.
    assert {200, 201, 400, 404, 422} <= set(answered), answered


def _try(cases: Any, url: str, answered: Counter[int]) -> None:
    @hypothesis.seed(20_261_122)
    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )  # fmt: skip
    @hypothesis.given(case=cases)
    def keeps(case: Any) -> None:
        answered[case.call_and_validate(base_url=url, checks=CHECKS, timeout=20).status_code] += 1

    # Some routes take nothing that could be wrong.
    with contextlib.suppress(hypothesis.errors.Unsatisfiable):
        keeps()
