"""A review as text, Markdown, HTML or JSON: each a pure function of the model."""
