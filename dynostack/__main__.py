"""`python -m dynostack`, the same as the command `dynostack`."""

from dynostack.cli.commands import main

if __name__ == "__main__":
    main()
