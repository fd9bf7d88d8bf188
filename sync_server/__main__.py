"""`python -m sync_server` is `tessera`."""

import sys

from sync_server.commands import main

if __name__ == "__main__":
    sys.exit(main())
