"""How the payments' rows are found."""

from sqlalchemy import Connection, create_engine

from hub.core.crypto import KeyRing
from hub.core.secrets import Secret
from hub.modules.payments.store import PaymentsStore, metadata


def test_an_open_operation_is_found_by_its_index_however_many_are_over() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    store = PaymentsStore(ring=KeyRing(keys={"k": Secret(bytes(32))}, active="k", random_bytes=bytes))
    with engine.connect() as conn:
        seen = _statements(conn)
        assert store.get_open_operation(conn, "a payment") is None
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[-1]}").all()
    assert "USING INDEX payments_operations_one_open" in plan[0][-1]


def _statements(conn: Connection) -> list[str]:
    """Return the statements that the connection runs from now on, values included."""
    seen: list[str] = []
    connection = conn.connection.dbapi_connection
    assert connection is not None
    connection.set_trace_callback(seen.append)
    return seen
