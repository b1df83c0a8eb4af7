"""`python -m covidstation.hub`."""

import sys

from covidstation.hub.cli import main

sys.exit(main())
