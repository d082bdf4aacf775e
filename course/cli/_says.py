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
    "set-up.no-uv": "uv is not available ({why}). Using pip, which takes about a minute.",
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
    "failed.no-wheelhouse": (
        "There is no wheelhouse at {where} ({detail}).\n"
        "Name the folder that kit wheelhouse made, or the address that kit serve printed, then run the same "
        "command again."
    ),
    "failed.other-wheelhouse": (
        "The wheelhouse at {where} was made for another list of packages than this course has.\n"
        "Take the course from {checkout} in the wheelhouse, or have the wheelhouse made again."
    ),
    "failed.lacks-wheel": (
        "The wheelhouse at {where} lacks {what} for Python {python} on {platform}.\n"
        "Where there is internet, this adds it: "
        'python3 -m course kit wheelhouse --platform {platform} --python {python} --out "{out}"'
    ),
    "failed.damaged-wheel": (
        "{name} in the wheelhouse at {where} is not the file that its manifest lists.\n"
        "Remove that file there and run kit wheelhouse again where there is internet."
    ),
    "failed.index": (
        "The package index could not say where it has the locked packages. The last words were:\n{tail}\n"
        "Run the same command again; if the same thing happens, look at the settings of pip and uv here."
    ),
    "failed.other-file": (
        "The package index has sent another {name} than it had announced.\n"
        "Run the same command again: what has been fetched is kept."
    ),
    "failed.nothing-to-serve": (
        "There is no wheelhouse in {folder} ({detail}).\n"
        'Make one where there is internet: python3 -m course kit wheelhouse --out "{folder}"'
    ),
    "failed.serve-port": (
        "Port {port} cannot be listened on ({detail}).\n"
        "Name another one: python3 -m course kit serve --port 8080"
    ),
    "failed.no-such-lesson": "There is no lesson {name!r}.\nThese are there: {names}",
    "set-up.working": "{seconds:.0f} s  {line}",
    "interrupted": "Stopped. Run the same command again to go on.",
    # a wheelhouse, on the seat
    "wheelhouse.fetching": "Fetching {count} files, {size:.0f} MB, from {where}.",
    "wheelhouse.verified": "All {count} files for this seat are in {where} and are whole.",
    "wheelhouse.more": "{package} and {more} other packages",
    # a wheelhouse, where it is made and offered
    "wheelhouse.collecting": "Fetching {count} files, {size:.0f} MB.",
    "wheelhouse.building": "Building a wheel from {name}; the package index has none for this machine.",
    "wheelhouse.complete": "{seat:<22}{count} packages, {size:.0f} MB",
    "wheelhouse.incomplete": (
        "{seat:<22}incomplete: the package index has no wheel of {packages}. On a machine of that kind "
        "with internet, kit wheelhouse --platform {platform} builds it."
    ),
    "wheelhouse.made": (
        "{folder} has {count} files, {size:.0f} MB. Carry it to the room, or offer it to the room with\n"
        '    python3 -m course kit serve "{folder}"\n'
        "A seat installs from the folder with\n"
        '    python3 -m course start --wheelhouse "{folder}"'
    ),
    "serve.ready": (
        "For the board:  {url}\n"
        "Whoever opens it finds {checkout}. In its unpacked folder each seat runs\n\n"
        "    python3 -m course start --wheelhouse {url}\n"
    ),
    "serve.alone": "This machine is in no network yet: connect it, stop this and start it again.",
    "serve.stop": "Ctrl-C here stops it.",
    "serve.stopped": "The wheelhouse is no longer offered. Seats that are set up do not need it.",
    # doctor
    "doctor.code": "Code for your instructor: {code}",
    "doctor.environment": "{venv}",
    "doctor.no-environment": "no .venv, but this Python has all packages",
    "doctor.set-up.first": "the course is not set up yet",
    "doctor.set-up.moved": "it was set up at {before}",
    "doctor.set-up.python": "it was set up with {before}, this is {now}",
    "doctor.set-up.bootstrap": "it was set up by an older course",
    "doctor.set-up.requirements": "requirements.txt has changed since it was set up",
    "doctor.set-up.interrupted": "the last set-up did not reach its end",
    "doctor.set-up.damaged": "{what} is missing or changed",
    "codes.all-well": "All {count} seats work.",
    "codes.need-help": "{failed} of {count} seats need help.",
    "codes.seat": "    {name} ({seat}): {checks}",
    "codes.mistyped": "These lines have no code, or one with a slip in it. Ask for it again:",
    "codes.mistyped-line": "    line {number}: {text}",
    "codes.none": "There is no code in {file}. Each line is a name and a code of python3 -m course doctor.",
    "codes.no-file": "{file} cannot be read ({detail}).",
    "codes.unnamed": "line {number}",
    # update
    "update.nothing": "Every lesson in {workspace} is the newest, or has the newest beside it.",
    "update.no-original": "{detail}",
    "update.copied": "{name}: copied.",
    "update.replaced": "{file}: you had not changed it; it is the new edition now.",
    "update.beside": "{name}: yours stays as it is. The new edition is beside it: {file}",
    "update.unreadable": (
        "{name}: yours cannot be read as a notebook ({detail}) and stays as it is. "
        "The new edition is beside it: {file}"
    ),
    "update.line": "    {what:<18}{title}",
    "update.ours-added": "added by us",
    "update.ours-removed": "removed by us",
    "update.ours-changed": "changed by us",
    "update.yours-added": "added by you",
    "update.yours-removed": "removed by you",
    "update.yours-changed": "changed by you",
    "update.both": "changed by both",
    "update.differs": "differs",
    "update.page": "Both editions beside each other, cell by cell: {path}",
    "update.page-title": "What changed in the lessons",
    "update.page-intro": (
        "Your notebooks are as you left them. Each box is a cell that is not the same in the new edition; "
        "copy into yours what you like, or go on in the new one."
    ),
    "update.page-ours": "The new edition",
    "update.page-yours": "Yours",
    # start
    "lessons.copied": "Copied to {workspace}: {names}. Work on these copies; they are yours.",
    "lessons.newer": (
        "The course has a newer version of: {names}. Yours stays as it is; "
        "python3 -m course update puts the new one beside it."
    ),
    "lab.ready": "JupyterLab is ready: {url}",
    "lab.stop": "Ctrl-C here stops it.",
    "lab.stopped": "JupyterLab has stopped. Your work is in {workspace}.",
    "start.ready": "Everything is set up. Start with: python3 -m course start",
    # new
    "new.begun": "Begun: {name}. Each TODO in it is something to write.",
    "new.file": "    {path}: {what}",
    "new.next-lesson": (
        "Add the lesson to the table in README.md. An exercise begins with\n"
        "    python3 -m course new exercise {short}.<what-it-is-about>"
    ),
    "new.next": (
        "When it is written (docs/authoring.md says how):\n"
        "    python3 -m course refresh {notebook}\n"
        "    python3 -m course test --lesson {number}"
    ),
    # test
    "test.screenshots": "The browser's screenshots are in {folder}.",
    # kit: what is printed, shown and planned with
    "kit.built": "Lessons built: {lessons}; files: {files}. Open {index}",
    "kit.written": "Written: {files}",
    "kit.written-for": "Written: {files} (for {day})",
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
