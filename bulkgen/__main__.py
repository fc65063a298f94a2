"""`python -m bulkgen` is `bulkgen`."""

from bulkgen.cli.app import main

if __name__ == "__main__":
    main()
