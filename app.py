"""Serve the page: `python app.py` is `hospital-qa serve`. A Hugging Face Space starts here too."""

import os
import sys

from qa.cli import main

if __name__ == "__main__":
    if "SPACE_ID" in os.environ:  # a container, whose page is shown from outside
        os.environ.setdefault("HOSPITALQA_HOST", "0.0.0.0")  # noqa: S104
    main(["serve", *sys.argv[1:]])
