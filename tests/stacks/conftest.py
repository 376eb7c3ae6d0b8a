"""The same Pulumi mock as for the library's components."""

from tests.components.conftest import declare

__all__ = ["declare"]
