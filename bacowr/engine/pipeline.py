"""The order of the steps, and nothing else."""

from bacowr.engine.steps.step import Step

STEPS: tuple[Step, ...] = ()
