"""The mathematics: one file per block, the file that assembles them, bound propagation, compiling to arrays."""

from pyomo.common.dependencies import DeferredImportCallbackFinder

# Pyomo sees to it that whoever imports any part of these also loads the largest of their parts, statistics and
# interactive drawing, which nothing here needs and which take longer than all the rest of a small case. Where Pyomo
# itself wants them, it still loads them.
for _library in ("scipy", "matplotlib"):
    DeferredImportCallbackFinder._callbacks.pop(_library, None)
