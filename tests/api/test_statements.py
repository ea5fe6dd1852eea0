"""How many SQL statements a request costs: a constant, whatever it answers with."""

from __future__ import annotations

from tests.api.conftest import ORDER, Caller, Statements, body_of

WRITES = ("INSERT", "UPDATE", "DELETE")


def test_a_list_costs_the_same_whatever_its_size(caller: Caller, statements: Statements) -> None:
    caller.get("/auth/me")  # Notes the key's use, once in five minutes.
    costs = []
    for ordered in (0, 1, 30):
        for number in range(ordered):
            caller.order(anchor_text=f"anchor {ordered} {number}")
        counts = []
        for _ in range(20):
            with statements() as found:
                page = body_of(caller.get("/jobs?page_size=100"))
            assert page["total"] == len(page["items"])
            counts.append(len(found))
        costs.append((max(counts), min(counts)))
    # Whoever else writes on the same server makes a list count again, so not the second is told.
    told = "Who asks, has anything been written, how many (after a write), and which."
    assert costs == [(4, 3)] * 3, told


def test_narrowing_a_list_costs_nothing_more(caller: Caller, statements: Statements) -> None:
    caller.order()
    with statements() as found:
        assert body_of(caller.get("/jobs?status=pending&search=good"))["total"] == 1
    assert len(found) == 4


def test_an_order_costs_a_constant_number(caller: Caller, statements: Statements) -> None:
    caller.get("/auth/me")
    costs = []
    for number in range(3):
        with statements() as found:
            caller.post("/jobs", json=ORDER | {"anchor_text": f"anchor {number}"})
        costs.append(sorted(statement.split()[0] for statement in found))
    assert costs[0] == costs[1] == costs[2]
    allowed = "Who asks, whose key would write it; the audit log's end, and its lock on PostgreSQL."
    assert costs[0].count("SELECT") <= 5, allowed
    told = "Those, the quota, the job, its steps, event, audit row and where the log ends."
    assert len(costs[0]) <= 12, told


def test_a_key_that_is_not_valid_costs_one_and_writes_nothing(
    caller: Caller, statements: Statements
) -> None:
    other = Caller(caller.client, caller.user, caller.key[:-1] + "#")
    with statements() as found:
        assert other.get("/jobs").status_code == 401
    assert len(found) == 1
    assert not [each for each in found if each.startswith(WRITES)]


def test_a_job_in_full_costs_a_constant_number(caller: Caller, statements: Statements) -> None:
    job = caller.order()
    costs = []
    for _ in range(2):
        with statements() as found:
            caller.get(f"/jobs/{job['id']}")
        costs.append(len(found))
        caller.post(f"/jobs/{job['id']}/cancel")
        caller.post(f"/jobs/{job['id']}/retry")
    told = "Who asks, the job, its steps, its events, its documents, its article, its calls."
    assert costs == [7, 7], told
