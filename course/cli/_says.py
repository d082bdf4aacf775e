"""Every sentence that the commands say, whole and with named fields: a second language can stand beside."""

from __future__ import annotations

SENTENCES = {
    # set-up, while it goes
    "set-up.first": "Setting the course up in {venv} (once).",
    "set-up.moved": "This folder was at {before} when it was set up. Setting it up again here.",
    "set-up.python": "It was set up with {before}; this is {now}. Setting it up again.",
    "set-up.bootstrap": "The course is set up in another way than before. Setting it up again.",
    "set-up.requirements": "The list of packages has changed. Bringing {venv} up to date.",
    "set-up.interrupted": "The last set-up did not reach its end. Finishing it.",
    "set-up.damaged": "{what} is missing or changed in {venv}. Repairing it.",
    "set-up.waiting": "Another set-up of this folder is running. Waiting for it.",
    "set-up.with": "Installing the packages with {installer}.",
    "set-up.uv-failed": "uv could not install ({why}). Trying pip, which takes about a minute.",
    "set-up.no-uv": "uv could not be had ({why}). Using pip, which takes about a minute.",
    "set-up.done": "Set up in {seconds:.0f} s.",
    # where an installer comes from
    "installer.uv-path": "uv {version} (the one on PATH)",
    "installer.uv-venv": "uv {version} (in .venv)",
    "installer.uv-installed": "uv {version} (just installed into .venv)",
    "installer.pip": "pip",
    # failures: what happened, then what to do
    "python.too-old": (
        "This is Python {version}; the course needs {oldest} to {newest}. "
        "Install one of them and run the same command with it."
    ),
    "python.too-new": "Note: this is Python {version}; the course was tested up to {newest}. Going on.",
    "failed.no-venv": (
        "This Python cannot make an environment: its module {module} is not installed.\n"
        "On Debian or Ubuntu: sudo apt install python{version}-venv. Elsewhere: install Python from "
        "python.org, or uv, which needs no such module. Then run the same command again."
    ),
    "failed.network": (
        "The package index could not be reached ({detail}).\n"
        "Connect to the internet and run the same command again. If this network has its own package index "
        "or a proxy, set PIP_INDEX_URL or HTTPS_PROXY first."
    ),
    "failed.proxy": (
        "The proxy refused to let the packages through ({detail}).\n"
        "Check HTTP_PROXY and HTTPS_PROXY (with http://user:password@host:port if it asks for a login), "
        "then run the same command again."
    ),
    "failed.certificate": (
        "The certificate of the package index could not be verified ({detail}).\n"
        "If this network replaces certificates, set SSL_CERT_FILE to the file with its root certificate, "
        "then run the same command again."
    ),
    "failed.read-only": (
        "{folder} cannot be written ({detail}).\n"
        "Move the course to a folder of your own, or make this one writable, and run the same command again."
    ),
    "failed.disk-full": (
        "The disk that holds {folder} is full: {free} MB free, a set-up needs about {needed} MB.\n"
        "Free some space and run the same command again; it goes on where it stopped."
    ),
    "failed.in-use": (
        "{folder} cannot be replaced, because a program is running from it ({detail}).\n"
        "Close JupyterLab and terminals in which .venv is activated, then run the same command again."
    ),
    "failed.install": (
        "The packages could not be installed with {installer}. Its last words:\n{tail}\n"
        "All it said is in {log}. Run the same command again; if the same thing happens, remove {venv} first."
    ),
    "failed.create": (
        "The environment {venv} could not be made. The last words were:\n{tail}\n"
        "Remove {venv} and run the same command again, if you can with a Python from python.org."
    ),
    "failed.port": (
        "Port {port} is in use by another program.\n"
        "Leave out --port to have a free one picked, or name another: python3 -m course start --port {other}"
    ),
    "failed.port-denied": (
        "This system does not let you listen on port {port}.\n"
        "Leave out --port to have a free one picked, or name another: python3 -m course start --port {other}"
    ),
    "failed.no-port": (
        "No free port was found from {port} to {last}.\n"
        "Close JupyterLabs that you no longer use, or name a port: python3 -m course start --port 9999"
    ),
    "failed.lab": (
        "JupyterLab did not start. Its last words (all are in {log}):\n{tail}\n"
        "Run python3 -m course doctor to see what is wrong with this seat."
    ),
    "failed.no-lessons": (
        "There is no lesson in {folder}.\n"
        "This checkout is incomplete: get it again, or run git checkout notebooks"
    ),
    "set-up.working": "{seconds:.0f} s  {line}",
    "interrupted": "Stopped. Run the same command again to go on.",
    # start
    "lessons.copied": "Copied to {workspace}: {names}. Work on these copies; they are yours.",
    "lessons.newer": (
        "The course has a newer version of: {names}. Yours stays as it is; "
        "to have the new one beside it, rename yours and start again."
    ),
    "lab.ready": "JupyterLab is ready: {url}",
    "lab.stop": "Ctrl-C here stops it.",
    "lab.stopped": "JupyterLab has stopped. Your work is in {workspace}.",
    "start.ready": "Everything is set up. Start with: python3 -m course start",
}


def sentence(key: str, **fields: object) -> str:
    """The sentence of that key with its fields filled in."""
    return SENTENCES[key].format(**fields)


class CannotGoOn(Exception):
    """Something on this machine stops the command. Carries the sentence that says what, and the remedy."""

    def __init__(self, key: str, *, status: int = 1, **fields: object) -> None:
        self.key = key
        self.status = status
        super().__init__(sentence(key, **fields))
