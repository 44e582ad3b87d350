"""Every block of the model has a hand-solved case, and no case names a block that is not there."""

from __future__ import annotations

from optimizer.model.assemble import BLOCKS
from tests.cases import test_choices, test_flows, test_money
from tests.cases.world import PROVES


def test_every_block_is_proved_by_hand() -> None:
    assert all(module.__doc__ for module in (test_choices, test_flows, test_money))
    names = {block.__name__.rpartition(".")[2] for block in BLOCKS}
    assert names == set(PROVES), names ^ set(PROVES)
