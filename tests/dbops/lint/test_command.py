from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.dbops.lint.conftest import LintProject

TABLE = """op.create_table('users', sa.Column('id', sa.BigInteger, primary_key=True),
    sa.Column('age', sa.Integer))"""


def add_faulty(project: LintProject) -> None:
    project.add("a001", TABLE, "op.drop_table('users')")
    project.add("a002", "op.create_index('ix_age', 'users', ['age'])", "op.drop_index('ix_age')")
    project.add(
        "a003",
        "with op.batch_alter_table('users') as batch_op:\n"
        "    batch_op.alter_column('age', type_=sa.BigInteger())",
        "op.execute('UPDATE users SET age = 0 WHERE age > 0')",
    )


def test_faults_are_told_with_file_and_line(lint_project: LintProject) -> None:
    add_faulty(lint_project)
    done = lint_project.lint("--dialect", "postgresql")
    assert done.code == 1, done.out
    assert "a002_test.py:10: error I-01 CREATE INDEX ix_age on users" in done.out
    assert "a003_test.py:11: error C-19 TYPE of users.age from integer to bigint" in done.out
    assert "3 revisions reviewed: 2 errors" in done.out
