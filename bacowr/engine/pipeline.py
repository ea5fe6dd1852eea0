"""The order of the steps and nothing else.

The contract with whoever runs them:

- Run the steps in this order. `step.run(order, outputs, ports)` gets the outputs of the finished
  steps by stage name and gives its own: a dict that `json.dumps` takes. Keep it; a step whose
  output is kept is never run again, in this process or another.
- An output read back from JSON is as good as the one returned; no step holds anything in memory.
- A step raises `outcome.Aborted(code, message)` when it cannot be carried out. Anything else it
  raises is a bug. Both end the job as aborted; running the step again later is safe.
- A page that cannot be had is no error but a line in the ledger, in words.
- A step that must keep the order from becoming an article shuts a gate: its output holds
  `"blocked": {"reason": …, "message": …}`, else `"blocked": null` or no such key. The later steps
  still run, because the brief must be built from what could be had. Steps that cost money ask
  `done.first_block(outputs)` before they start.
- Writing is the one step that costs money. It is skipped without a writer, when only a brief is
  wanted, and behind a shut gate; what is checked and repaired after it is then nothing.
- The output of the last step is the end of the order: `status` ("delivered" or "blocked"),
  `block_reason`, `message`, `documents`, `missing`, `sources`, `demo`.
"""

from bacowr.engine.steps import (
    autofix,
    brief,
    done,
    fetch,
    intent,
    profile,
    receive,
    serp,
    write,
)
from bacowr.engine.steps.qc import checking
from bacowr.engine.steps.step import Stage, Step

STEPS: tuple[Step, ...] = (
    Step(Stage.RECEIVE, receive.run),
    Step(Stage.FETCH, fetch.run),
    Step(Stage.PROFILE, profile.run),
    Step(Stage.SERP, serp.run),
    Step(Stage.INTENT, intent.run),
    Step(Stage.BRIEF, brief.run),
    Step(Stage.WRITE, write.run),
    Step(Stage.QC, checking(Stage.WRITE)),
    Step(Stage.AUTOFIX, autofix.run),
    Step(Stage.RECHECK, checking(Stage.AUTOFIX)),
    Step(Stage.DONE, done.run),
)

FROM_WRITING = (Stage.WRITE, Stage.QC, Stage.AUTOFIX, Stage.RECHECK, Stage.DONE)
"""The steps that are carried out anew when an order is sent back to be written again."""

FROM_SEARCHING = (Stage.SERP, Stage.INTENT, Stage.BRIEF, *FROM_WRITING)
"""The steps that are carried out anew when other search results are to be used."""
