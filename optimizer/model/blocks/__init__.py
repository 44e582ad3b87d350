"""The blocks of the model, one a file, each with its formula on top."""
