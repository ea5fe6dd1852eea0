"""What a takeover says in the end: a table, and the reasons."""

from collections.abc import Sequence

from bacowr.dbops.console import columns
from bacowr.dbops.report import Finding, Level, Report
from bacowr.takeover.account import Account, Fate
from bacowr.takeover.rules import WORDS, Rule
from bacowr.takeover.running import Result

LISTED = 20
HEADINGS = ("table", "read", *(fate.value for fate in Fate), "repaired")


def summary(result: Result) -> str:
    """Say in a sentence what came of it."""
    read = sum(account.read for account in result.accounts)
    if result.is_dry_run:
        return f"{result.generation}: {read:,} rows would be taken over; nothing was changed."
    if result.was_done:
        return f"{result.generation}: its {read:,} rows were taken over before; nothing to do."
    return f"{result.generation}: {read:,} rows are accounted for; the sums agree."


def report(result: Result, without_password: Sequence[str]) -> Report:
    """Return the result for machines; the addresses are of those who can't sign in."""
    facts = {
        "generation": result.generation,
        "source": result.source,
        "dry_run": result.is_dry_run,
        "backup": result.backup,
        "tables": [account.facts() for account in result.accounts],
    }
    return Report(summary(result), _findings(without_password), facts)


def _findings(without_password: Sequence[str]) -> tuple[Finding, ...]:
    if not without_password:
        return ()
    more = len(without_password) - LISTED
    told = ", ".join(without_password[:LISTED]) + (f" and {more} more" if more > 0 else "")
    return (
        Finding(
            "takeover-passwords",
            f"Without a password, or with one that was published: {told}.",
            remedy="`flask accounts password-link` prints a one-time address for each.",
            level=Level.INFO,
        ),
    )


def text(result: Result, without_password: Sequence[str]) -> str:
    """Return the result for a person."""
    rows = [HEADINGS, *(_row(account) for account in result.accounts)]
    lines = [summary(result), "", *columns(rows)]
    for account in result.accounts:
        lines += _reasons(account)
    if result.backup:
        lines += ["", f"The copy taken before: {result.backup}"]
    for finding in _findings(without_password):
        lines += ["", finding.to_text()]
    return "\n".join(lines)


def _row(account: Account) -> tuple[str, ...]:
    fates = (f"{account.fates[fate]:,}" for fate in Fate)
    return (account.table, f"{account.read:,}", *fates, f"{account.repaired:,}")


def _reasons(account: Account) -> list[str]:
    lines = [
        f"  {number:>6,}  {rule}  {WORDS[Rule(rule)]}"
        for rule, number in sorted(account.repairs.items(), key=lambda one: _order(one[0]))
    ]
    lines += [
        f"  {number:>6,}  {Rule.RECOMPUTED}  dropped: {WORDS[Rule.RECOMPUTED]}"
        if reason == Rule.RECOMPUTED
        else f"  {number:>6,}  quarantined: {reason}"
        for reason, number in sorted(account.reasons.items())
    ]
    return ["", f"{account.table}:", *lines] if lines else []


def _order(rule: str) -> tuple[str, int]:
    return rule[0], int(rule[1:])
