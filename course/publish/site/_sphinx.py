"""Runs Sphinx on the sources that `build` has prepared: ``python _sphinx.py SOURCE OUT``.

In a process of its own, because Sphinx and docutils change what is global. Nothing that a page shows is
fetched from another machine.
"""

from __future__ import annotations

import json
import os
import sys
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from course.words import language, say

_HERE = Path(__file__).parent
SETTINGS = "site.json"
"""Beside the sources: ``repository`` and ``site`` (addresses, or empty), ``edit`` and ``about`` by page."""


def main(source: Path, out: Path) -> int:
    """Build the pages of ``source`` in ``out``; the exit status. A warning of Sphinx is a failure."""
    settings = json.loads((source / SETTINGS).read_text(encoding="utf-8"))
    doctrees = source / ".doctrees"
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            srcdir=source,
            confdir=None,
            outdir=out,
            doctreedir=doctrees,
            buildername="html",
            confoverrides=configuration(settings),
            status=None,
            warning=sys.stderr,
            warningiserror=True,
            parallel=os.cpu_count() or 1,
        )
        app.connect("html-page-context", _describe(settings), priority=100)  # the theme drops empty parts
        app.connect("html-page-context", _as_text, priority=900)  # after the theme
        app.build()
    return app.statuscode


def configuration(settings: dict[str, Any]) -> dict[str, Any]:
    """What would stand in a ``conf.py``."""
    return {
        "project": say("After the Response"),
        "copyright": say("The authors of After the Response, under the MIT licence"),
        "extensions": ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"],
        "suppress_warnings": ["myst.xref_missing"],  # links to cells; every anchor is looked for afterwards
        "default_role": "py:obj",
        "add_module_names": False,
        "autodoc_typehints": "description",
        "autodoc_typehints_description_target": "documented",
        "autodoc_member_order": "bysource",
        "autodoc_preserve_defaults": True,
        "myst_disable_syntax": ["html_block", "html_inline"],  # prose is text
        "myst_enable_extensions": [],
        "myst_heading_anchors": 3,
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "nb_render_markdown_format": "myst",
        "nb_ipywidgets_js": {},
        "html_context": {"default_mode": "auto"},
        "language": language(),
        "html_theme": "sphinx_book_theme",
        "html_title": say("After the Response"),
        "html_baseurl": settings["site"],
        "html_static_path": [str(_HERE / "look")],
        "html_css_files": ["site.css"],
        "html_js_files": [("site.js", {"defer": "defer"})],
        "html_favicon": str(_HERE / "look" / "icon.svg"),
        "templates_path": [str(_HERE / "layout")],
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_sphinx": False,
        "html_show_search_summary": False,  # it fetches pages, which browsers refuse without a server
        "html_theme_options": {
            "use_download_button": False,
            "use_fullscreen_button": False,
            "navbar_persistent": [],
            "home_page_in_toc": True,
            "show_navbar_depth": 1,
            "show_toc_level": 2,
            "navigation_with_keys": False,
            "article_footer_items": ["course-edit.html"],
            "footer_content_items": ["copyright.html"],
            "search_bar_text": say("Search …"),
        },
    }


def _describe(settings: dict[str, Any]) -> Any:
    """Tell the templates where a page can be edited, and what a link to it shows elsewhere."""

    def describe(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
        context["say"] = say
        context["course_edit"] = settings["edit"].get(page, "")
        context["course_repository"] = settings["repository"]
        context["course_site"] = settings["site"]
        context["course_about"] = settings["about"].get(page, settings["about"]["index"])

    return describe


def _as_text(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """The theme takes a title for HTML."""
    context["pagetitle"] = escape(context.get("pagetitle", ""))


if __name__ == "__main__":
    sys.path.insert(0, str(_HERE.parents[2]))  # for the docstrings of course.tasks
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
