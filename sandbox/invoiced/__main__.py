"""`python -m sandbox.invoiced`: the simulator on a port of this machine."""

import argparse
import sys
from functools import partial

from sandbox.control import main

from .app import create_app


def run() -> None:
    """Takes `--webhook URL SECRET` (may be given several times); the rest is common to both simulators."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--webhook", nargs=2, action="append", default=[], metavar=("URL", "SECRET"))
    own, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    webhooks = [(url, secret) for url, secret in own.webhook]
    main(partial(create_app, webhooks=webhooks), api_key="inv-tandem", user_api_key="inv-user")


if __name__ == "__main__":
    run()
