"""`python -m ops.cli` is `tandem`, for the interpreter that is running."""

from ops.cli.root import main

main()
