"""Returns as a run tells them: a table, and a reason in each finding."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np
import pyarrow as pa

from seawall.network.findings import Findings, Reason
from seawall.network.returns import Returns
from seawall.records.run import RETURNS


def returns_of_flagged(returns: Returns, findings: Findings) -> Returns:
    """The returns of flagged accounts: that others come back is nobody's concern."""
    kept = np.flatnonzero(np.isin(returns.account, findings.accounts[findings.flagged]))
    reasons = tuple(returns.reasons[row] for row in kept.tolist())
    return Returns(returns.account[kept], returns.of[kept], returns.probability[kept], reasons)


def return_rows(returns: Returns, accounts: pa.Array, former: pa.Array) -> pa.Table:
    """One row a return, given how both accounts are spelt."""
    evidence = [msgspec.json.encode(reasons).decode() for reasons in returns.reasons]
    return pa.table([accounts, former, pa.array(returns.probability), pa.array(evidence, pa.string())], schema=RETURNS)


def with_returns(findings: Findings, returns: Returns, former: Sequence[str]) -> Findings:
    """Findings that say of whom an account is the return; it adds nothing to a risk, so it stands last."""
    told = list(findings.reasons)
    rows = np.searchsorted(findings.accounts, returns.account).tolist()
    for row, name, reasons, probability in zip(
        rows, former, returns.reasons, returns.probability.tolist(), strict=True
    ):
        says = "; ".join(reason.says for reason in reasons)
        told[row] = (
            *told[row],
            Reason("returns", f"returned from {name} ({probability:.0%}): {says} that account", 0.0),
        )
    return replace(findings, reasons=tuple(told))
