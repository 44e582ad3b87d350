"""The mathematics: one file per block, the file that assembles them, bound propagation, compiling to arrays."""
