"""The order of the set-up steps, what was done already, and what a person sees of it."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from steps_python import python_steps, venv_answers
from steps_run import AGAIN, LOG, ROOT, STATE, VENV, StepFailed, venv_program
from steps_system import system_steps

if TYPE_CHECKING:
    from steps_run import Step

__all__ = ["ROOT", "set_up", "venv_program"]


def set_up(*, for_tests: bool) -> int:
    """Do what is not done yet. The exit code: 0, or 1 after a step failed, 130 when it was interrupted."""
    VENV.mkdir(exist_ok=True)
    steps = system_steps() + python_steps(for_tests=for_tests)
    if not venv_answers():
        STATE.unlink(missing_ok=True)
    done = read_state()
    waiting = [step for step in steps if done.get(step.name) != step.fingerprint()]
    began = time.monotonic()
    try:
        for number, step in enumerate(steps, 1):
            if step in waiting:
                do(step, f"[{number}/{len(steps)}] {step.title}", done)
    except StepFailed as failure:
        print(f"\n{failure}\n{failure.mend}", flush=True)
        if LOG.exists():
            print(f"Details are in {LOG.relative_to(ROOT)}.", flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Start it again and it goes on from here.", flush=True)
        return 130
    finally:
        for step in steps:
            step.clean_up()
    if waiting:
        print(f"HealthMate is set up ({time.monotonic() - began:.0f} s).", flush=True)
    return 0


def do(step: Step, heading: str, done: dict[str, str]) -> None:
    print(heading, flush=True)
    began = time.monotonic()
    try:
        step.work()
    except OSError as error:
        raise StepFailed(f"{step.title}: {error}.", f"Mend that. {AGAIN}") from error
    print(f"      done in {time.monotonic() - began:.0f} s", flush=True)
    done[step.name] = step.fingerprint()
    unfinished = STATE.with_suffix(".new")
    unfinished.write_text(json.dumps(done, indent=1), encoding="utf-8")
    unfinished.replace(STATE)


def read_state() -> dict[str, str]:
    """What earlier runs finished. A damaged file means: nothing, everything is looked at again."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


if __name__ == "__main__":
    sys.exit("Start installer/bootstrap.py instead.")
