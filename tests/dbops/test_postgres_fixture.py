"""The fixture that everything else on PostgreSQL stands on."""

import sqlalchemy as sa


def test_a_database_is_there_and_empty_when_a_test_asks(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE things (id integer)"))
    assert sa.inspect(engine).get_table_names() == ["things"]
    engine.dispose()
