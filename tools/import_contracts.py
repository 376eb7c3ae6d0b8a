"""Additional contracts for import-linter."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class NoCircle(Contract):
    """No module imports itself through others; imports for type checkers count, too.

    The built-in `acyclic_siblings` compares packages, but our packages may use each other: routes
    start workflows, and workflows use models.
    """

    type_name = "no_circle"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - its interface
        """Search all modules for circular imports."""
        imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
        try:
            TopologicalSorter(imports).prepare()
        except CycleError as error:
            return ContractCheck(kept=False, metadata={"circle": error.args[1][::-1]})
        return ContractCheck(kept=True)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the modules of the circle; each imports the next one."""
        output.print_error("\n-> ".join(check.metadata["circle"]))
        output.new_line()
