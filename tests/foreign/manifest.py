"""Makes a vendored crate depend on this framework, and leaves out what is not tested.

manifest.py CARGO_TOML ROOT
"""

import re
import sys

path, root = sys.argv[1:]
text = open(path).read()
# Sections begin at a line with brackets. The manifests of packages are normalized.
sections = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
left_out = ("[[bench]]", "[[example]]", "[dev-dependencies.criterion]")
sections = [section for section in sections if not section.startswith(left_out)]
sections.append(
    f'\n[dependencies.typed-metrics]\npath = "{root}"\ndefault-features = false\n'
)
open(path, "w").write("".join(sections))
