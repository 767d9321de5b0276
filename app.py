"""Serve the page: `python app.py` is `hospital-qa serve`. A Hugging Face Space starts here too."""

import os
import sys

from qa.cli import main

# A Space is a container behind the hub's proxies, whose page is shown from outside.
SPACE = {"HOSPITALQA_HOST": "0.0.0.0", "HOSPITALQA_TRUSTED_PROXIES": "*"}  # noqa: S104

if __name__ == "__main__":
    if "SPACE_ID" in os.environ:
        for name, value in SPACE.items():
            os.environ.setdefault(name, value)
    main(["serve", *sys.argv[1:]])
