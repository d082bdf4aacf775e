"""Where the course is hosted: its repository, and what stands at addresses that follow from it."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from urllib.parse import quote

from course.paths import ROOT

BRANCH = "main"
_GITHUB = re.compile(r"(?:https://|git@|ssh://git@)github\.com[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?")


@dataclass(frozen=True)
class Address:
    """A repository on GitHub."""

    owner: str
    name: str

    @property
    def repository(self) -> str:
        """Its page."""
        return f"https://github.com/{self.owner}/{self.name}"

    @property
    def site(self) -> str:
        """The site that GitHub Pages serves, with a slash at its end."""
        return f"https://{self.owner.lower()}.github.io/{self.name}/"

    @property
    def codespace(self) -> str:
        """Opens the course in a codespace: an editor in the browser, with a machine behind it."""
        return f"https://codespaces.new/{self.owner}/{self.name}?quickstart=1"

    def binder(self, notebook: str = "") -> str:
        """Opens the course on Binder, at the learner's copy of a notebook."""
        place = quote(f"lab/tree/workspace/{notebook}" if notebook else "lab", safe="")
        return f"https://mybinder.org/v2/gh/{self.owner}/{self.name}/{BRANCH}?urlpath={place}"

    def view(self, path: str) -> str:
        """The page of a file or a folder."""
        return f"{self.repository}/blob/{BRANCH}/{path}"

    def edit(self, path: str) -> str:
        """Where a change of a file can be proposed."""
        return f"{self.repository}/edit/{BRANCH}/{path}"


def parse(url: str) -> Address | None:
    """The repository that an address names, if it is one on GitHub."""
    found = _GITHUB.fullmatch(url.strip())
    return Address(*found.groups()) if found else None


def find() -> Address | None:
    """The repository that this is a checkout of; None if it is not one on GitHub.

    GitHub's own machines say it in ``GITHUB_REPOSITORY``, elsewhere the remote ``origin`` does.
    """
    if name := os.environ.get("GITHUB_REPOSITORY"):
        return parse(f"https://github.com/{name}")
    try:
        done = subprocess.run(
            ["git", "config", "--get", "remote.origin.url"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except OSError:  # there is no git
        return None
    return parse(done.stdout)
