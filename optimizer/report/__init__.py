"""Answers for people: the terminal, Markdown, documents for programs."""
