"""A BPMN process a case, waiting on a timer for the day its paper is due."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

from answering import answer, timed
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

cases: list[BpmnWorkflow] = []


def start(path: str) -> dict[str, Any]:
    """A process for each instant of the file, up to its timer."""
    parser = BpmnParser()
    parser.add_bpmn_file(str(Path(__file__).with_name("paper.bpmn")))
    spec = parser.get_spec("paper")
    instants = json.loads(Path(path).read_text(encoding="utf-8"))

    def begin() -> None:
        for instant in instants:
            case = BpmnWorkflow(spec)
            case.task_tree.set_data(due_at=instant)
            case.do_engine_steps()
            cases.append(case)

    seconds, _ = timed(begin)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": seconds, "cases": len(cases), "memory_mib": memory}


def poll() -> dict[str, Any]:
    """The ranks of the cases whose timer has fired: the paper is ready to be issued."""
    seconds, due = timed(lambda: _due(cases))
    return {"seconds": seconds, "due": due}


def restore(sample: int) -> dict[str, Any]:
    """The same of the first cases, each read again from the JSON it is kept as."""
    serializer = BpmnWorkflowSerializer()
    kept = [serializer.serialize_json(case) for case in cases[:sample]]
    seconds, due = timed(lambda: _due([serializer.deserialize_json(text) for text in kept]))
    size = sum(map(len, kept)) // max(1, len(kept))
    return {"seconds": seconds, "due": due, "sample": len(kept), "bytes_a_case": size}


def _due(workflows: list[BpmnWorkflow]) -> list[int]:
    due = []
    for rank, case in enumerate(workflows):
        case.refresh_timers()
        if case.get_next_task(state=TaskState.READY) is not None:
            due.append(rank)
    return due


if __name__ == "__main__":
    answer("spiffworkflow", start=start, poll=poll, restore=restore)
