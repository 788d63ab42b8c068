"""The container's recipe keeps its promises, as far as reading it can tell."""

import re
from dataclasses import dataclass

import pytest

from tests.house_rules.sources import REPOSITORY


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of the recipe and what it is told."""

    does: str
    told: str


@pytest.fixture(scope="module")
def stages() -> list[list[Step]]:
    """The recipe's stages, each a list of its instructions; comments gone and continued lines joined."""
    text = (REPOSITORY / "deployment" / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    steps = [Step(*line.split(None, 1)) for line in text.splitlines() if line.strip()]
    starts = [number for number, step in enumerate(steps) if step.does == "FROM"]
    return [steps[start:end] for start, end in zip(starts, [*starts[1:], len(steps)], strict=True)]


def told(stage: list[Step], does: str) -> list[str]:
    """What all instructions of one kind in a stage are told."""
    return [step.told for step in stage if step.does == does]


def test_serves_as_an_ordinary_user(stages: list[list[Step]]) -> None:
    """The last stage ends as a user who is not root, running the bot for production."""
    last = stages[-1]
    (user,) = told(last, "USER")
    order = [step.does for step in last]

    assert user not in {"root", "0"}
    assert any("useradd" in run and user in run for run in told(last, "RUN"))
    assert order.index("USER") < order.index("CMD")
    assert last[-1] == Step("CMD", '["python", "app.py", "serve"]')
    assert not told(last, "ENTRYPOINT")


def test_keeps_its_data_in_a_volume_of_that_user(stages: list[list[Step]]) -> None:
    """The store lives in /data, which belongs to the user before it becomes a volume."""
    last = stages[-1]
    order = [step.does for step in last]

    assert told(last, "VOLUME") == ["/data"]
    assert any(f"--owner {told(last, 'USER')[0]}" in run and "/data" in run for run in told(last, "RUN"))
    assert order.index("RUN") < order.index("VOLUME")


def test_fetches_nothing_by_address(stages: list[list[Step]]) -> None:
    """Nothing is added from an address, and no secret is written into the image."""
    steps = [step for stage in stages for step in stage]

    assert not [step for step in steps if step.does == "ADD"]
    assert not [step for step in steps if re.search(r"https?://(?!127\.0\.0\.1)", step.told)]
    assert not [step for step in steps if step.does in {"ARG", "ENV"} and re.search("SECRET|PASSWORD|TOKEN", step.told)]


def test_leaves_the_tools_behind(stages: list[list[Step]]) -> None:
    """Tests and developers' tools never reach the image, and the last stage installs nothing."""
    installs = [run for stage in stages for run in told(stage, "RUN") if "pip install" in run]
    copied = [copy for stage in stages for copy in told(stage, "COPY")]

    assert len(installs) == 1
    assert "[dev]" not in installs[0]
    assert not [copy for copy in copied if "tests" in copy or copy.startswith(". ")]
    assert all(copy.startswith("--from=build") for copy in told(stages[-1], "COPY"))


def test_says_how_it_is(stages: list[list[Step]]) -> None:
    """The container asks the bot itself whether it is alive, on the port it opens."""
    (health,) = told(stages[-1], "HEALTHCHECK")
    (port,) = told(stages[-1], "EXPOSE")

    assert "/healthz" in health
    assert port in health


def test_all_that_is_copied_exists(stages: list[list[Step]]) -> None:
    """What the recipe copies is there, and .dockerignore lets it through."""
    allowed = re.findall(r"^!(.+)$", (REPOSITORY / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    copied = {name for copy in told(stages[0], "COPY") for name in copy.split()[:-1]}

    assert [name for name in copied if not (REPOSITORY / name).exists()] == []
    assert copied == set(allowed)
