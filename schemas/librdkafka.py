"""Where Kafka's C library speaks: into the log of the process like everybody else, never to stderr on its own."""

import logging
from typing import Final

LOGGER: Final = logging.getLogger("librdkafka")
