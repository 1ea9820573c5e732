"""`python -m sandbox.jvm`: fills the cache, so that nothing afterwards waits for the network."""

import sys

from sandbox.jvm import TITLES, ArtifactError, UnsupportedError, fetch, java

if __name__ == "__main__":
    try:
        java()
        for program in TITLES:
            fetch(program)
    except (ArtifactError, UnsupportedError) as error:
        sys.exit(str(error))
