"""Every block of the model has a hand-solved case, and no case names a block that is not there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

import optimizer.model.blocks
import tests.cases
from tests.cases.world import PROVES


def modules() -> list[ModuleType]:
    """The modules of hand-solved cases; importing them fills the register."""
    names = (module.name for module in pkgutil.iter_modules(tests.cases.__path__))
    return [
        importlib.import_module(f"tests.cases.{name}")
        for name in names
        if name.startswith("test_") and name != "test_register"
    ]


def test_every_block_is_proved_by_hand() -> None:
    assert modules()
    blocks = {module.name for module in pkgutil.iter_modules(optimizer.model.blocks.__path__)}
    assert blocks == set(PROVES), blocks ^ set(PROVES)


def test_every_case_tells_its_arithmetic() -> None:
    for module in modules():
        for name, case in inspect.getmembers(module, inspect.isfunction):
            if any(name in cases for cases in PROVES.values()):
                assert any(sign.isdigit() for sign in inspect.getdoc(case) or ""), f"{name} shows no numbers"
