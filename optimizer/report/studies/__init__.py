"""Studies for people: of each its document, its tables, its page and its pictures, in a file of its own."""
