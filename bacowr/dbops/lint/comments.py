"""`# dbops: allow C-19 because …`: the one way to say that a finding was thought about."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass

ALLOW = re.compile(r"#\s*dbops:\s*allow\b(?P<codes>.*?)(?P<reason>\bbecause\s+\S.*)?$")
CODE = re.compile(r"[A-Z]-\d+|squawk/[a-z-]+")


@dataclass(frozen=True)
class Allowance:
    """A comment that lets findings pass, for the lines it stands at."""

    codes: tuple[str, ...]
    line: int
    first: int
    last: int
    has_reason: bool

    def covers(self, code: str, line: int) -> bool:
        """Tell whether a finding of this rule at this line is let pass."""
        return self.has_reason and code in self.codes and self.first <= line <= self.last


def read_allowances(source: str) -> tuple[Allowance, ...]:
    """Return the comments of a file that allow something.

    One inside a statement, at its end or directly above it speaks for the whole statement; one
    at the left margin outside of functions for the whole file.
    """
    lines = source.count("\n") + 1
    spans = _spans(source)
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        match = ALLOW.search(token.string) if token.type == tokenize.COMMENT else None
        if match is None:
            continue
        line, column = token.start
        codes = tuple(CODE.findall(match["codes"]))
        first, last = (1, lines) if column == 0 else _span_at(spans, line)
        found.append(Allowance(codes, line, first, last, bool(match["reason"])))
    return tuple(found)


def _spans(source: str) -> list[tuple[int, int]]:
    """Return the lines of the statements inside functions, blocks left out."""
    tree = ast.parse(source)
    return [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not hasattr(node, "body")
    ]


def _span_at(spans: list[tuple[int, int]], line: int) -> tuple[int, int]:
    """Return the innermost statement at a line, or else the one that begins below it."""
    inside = [span for span in spans if span[0] <= line <= span[1]]
    if inside:
        return max(inside)
    below = [span for span in spans if span[0] > line]
    return (line, min(below)[1]) if below else (line, line)
