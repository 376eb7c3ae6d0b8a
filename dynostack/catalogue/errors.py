class CatalogueError(Exception):
    """What keeps a command of the catalogue from its work, in one sentence."""
