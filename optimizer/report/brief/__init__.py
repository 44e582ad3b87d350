"""The brief: what a plan says to who decides, as Markdown and as a printed page."""
