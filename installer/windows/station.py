"""Start of the station's program in the Windows build."""

import sys

from covidstation.cli import main

sys.exit(main())
