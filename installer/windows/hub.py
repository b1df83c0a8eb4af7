"""Start of the district's program in the Windows build."""

import sys

from covidstation.hub.cli import main

sys.exit(main())
