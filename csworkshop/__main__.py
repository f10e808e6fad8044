"""`python -m csworkshop` is the `csworkshop` command."""

import sys

from csworkshop.cli import main

sys.exit(main())
