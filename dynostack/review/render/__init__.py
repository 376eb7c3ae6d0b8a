"""Renderers of a review as text, Markdown, HTML and JSON, each a pure function of the model."""
