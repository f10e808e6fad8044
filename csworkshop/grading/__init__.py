"""Grading with nbgrader: a trusted plan, untrusted answers, marks in our own process, the stock gradebook."""

import sys

# jsonschema (under nbformat) imports this optional package to check the format "iri", which notebooks don't use; its
# grammar takes 2.4 s of CPU to compile. None makes that import fail at once, which jsonschema allows for.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
