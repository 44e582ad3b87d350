"""Converters of public formats, one file a family; each function takes a file's text and gives its reading."""
