"""What the chat and the console share: templates that escape everything and forgive nothing."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def make_environment(package: str, folder: str = "templates") -> Environment:
    """Templates of a package's folder, escaped always; an unknown name is an error, not an empty place."""
    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
