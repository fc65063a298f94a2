"""`bulkgen`, and `python -m bulkgen`: Ctrl-C is looked after first, then everything else is loaded."""

from __future__ import annotations

import sys


def main() -> None:
    """The console script."""
    try:
        from bulkgen.cli.signals import quit_on_interrupt

        quit_on_interrupt()
    except KeyboardInterrupt:
        sys.exit(130)

    from bulkgen.cli.app import main as start

    start()


if __name__ == "__main__":
    main()
