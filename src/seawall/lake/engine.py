"""The lake: one activity's tables, opened with DuckDB or with Spark.

Both engines read the same Parquet files through Ibis, so a query is written once. What differs is cast here, at the
boundary: Spark has no unsigned integers and reads a keyed id as DECIMAL(20, 0); `Lake.fetch` returns uint64 from both.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from seawall.records.activity import ADMITTED, TIME
from seawall.records.errors import Damaged, Unavailable

Engine = Literal["duckdb", "spark"]
Collect = Callable[[ir.Table], pa.Table]
Opened = tuple[Any, Collect, Callable[[], None]]  # an Ibis backend, its way to Arrow, how to close it


class Lake:
    """The admitted tables of one activity; an absent table is an empty one, so no query asks what is there."""

    def __init__(self, folder: Path, backend: Any, collect: Collect, spill: Path) -> None:
        self._folder, self._backend, self._collect, self._spill = folder, backend, collect, spill
        self._tables: dict[str, ir.Table] = {}

    def has(self, table: str) -> bool:
        """Whether the activity held this table."""
        return bool(self._parts(table))

    def table(self, table: str) -> ir.Table:
        """A table of the contract as an Ibis expression, with the columns of its keyed schema."""
        if table not in self._tables:
            folder = self._folder / table if self.has(table) else self._empty(table)
            self._tables[table] = self._backend.read_parquet(f"{folder}/part-*.parquet")
        return self._tables[table].select(ADMITTED[table].keyed_schema.names)

    def fetch(self, expression: ir.Table, order_by: Sequence[str]) -> pa.Table:
        """The rows of a query in the order of these columns; ids are uint64, times UTC microseconds.

        Nulls come last. The order is fixed when no two rows agree in all of `order_by`; without any, it may be any.
        """
        return plain_types(self._collect(expression.order_by(list(order_by)) if order_by else expression))

    def batches(self, table: str, columns: Sequence[str], rows: int = 250_000) -> Iterator[pa.RecordBatch]:
        """Record batches of at most `rows` rows, in the order in which the door admitted them."""
        for path in self._parts(table):
            try:
                with pq.ParquetFile(path) as file:
                    yield from file.iter_batches(batch_size=rows, columns=list(columns), use_threads=False)
            except (pa.ArrowException, OSError) as error:
                raise Damaged(f"{path} does not hold what was written. Run `seawall run` again.") from error

    def _empty(self, table: str) -> Path:
        """A folder with the table's schema and no row: read as any other, so the engines type it alike."""
        folder = self._spill / "empty" / table
        folder.mkdir(parents=True)
        pq.write_table(ADMITTED[table].keyed_schema.empty_table(), folder / "part-00000.parquet")
        return folder

    def _parts(self, table: str) -> list[Path]:
        return sorted((self._folder / table).glob("part-*.parquet"))


@contextmanager
def open_lake(folder: Path, engine: Engine, threads: int = 2, memory: str = "4GB") -> Iterator[Lake]:
    """Open the lake that the door wrote into `folder`, with `threads` threads and `memory` (as `4GB`) at most.

    What an engine spills goes into a folder beside the lake and is gone afterwards. Raises Unavailable where Spark
    or Java is missing.
    """
    spill = Path(tempfile.mkdtemp(prefix="spill-", dir=folder.parent))
    try:
        backend, collect, close = _OPEN[engine](spill, threads, memory)
        try:
            yield Lake(folder, backend, collect, spill)
        finally:
            close()
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def plain_types(table: pa.Table) -> pa.Table:
    """The contract's types for an engine's own: decimals without a fraction are ids, others float64; times are UTC."""
    return table.cast(pa.schema([pa.field(field.name, _plain(field.type)) for field in table.schema]))


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_decimal(kind):
        return pa.uint64() if kind.scale == 0 else pa.float64()
    if pa.types.is_timestamp(kind):
        return TIME
    if pa.types.is_signed_integer(kind):
        return pa.int64()
    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(_plain(kind.value_type))
    return kind


def _duckdb(spill: Path, threads: int, memory: str) -> Opened:
    backend = ibis.duckdb.connect(
        ":memory:", threads=threads, memory_limit=memory, temp_directory=str(spill), preserve_insertion_order=False
    )
    backend.raw_sql("SET TimeZone = 'UTC'")
    return backend, backend.to_pyarrow, backend.disconnect


def _spark(spill: Path, threads: int, memory: str) -> Opened:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Unavailable(
            "Spark is not installed. Run `pip install 'seawall[spark]'`, or use --engine duckdb."
        ) from error
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise Unavailable("Spark needs Java, and no `java` is on the path. Install a JRE 17, or use --engine duckdb.")
    settings = {
        "spark.driver.memory": memory.removesuffix("B").lower(),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(threads),
        "spark.sql.warehouse.dir": str(spill / "warehouse"),
        "spark.local.dir": str(spill),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    builder = SparkSession.builder.master(f"local[{threads}]").appName("seawall")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    backend = ibis.pyspark.connect(session)
    return backend, lambda query: session.sql(backend.compile(query)).toArrow(), session.stop


_OPEN = {"duckdb": _duckdb, "spark": _spark}
