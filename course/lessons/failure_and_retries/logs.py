"""What a logger was told, as a list."""

import logging


class LogList(logging.Handler):
    """Collects what a logger is told from now on, in place of a terminal; shown as one line per record.

    Args:
        name: the logger. An older list of the same logger is replaced, so a cell may run again.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        logger = logging.getLogger(name)
        for handler in [handler for handler in logger.handlers if isinstance(handler, LogList)]:
            logger.removeHandler(handler)
        logger.addHandler(self)
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record."""
        self.records.append(record)

    def clear(self) -> None:
        """Forget what there is."""
        self.records.clear()

    def __repr__(self) -> str:
        return "\n".join(map(_line, self.records)) or "nothing"


def _line(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    cause = f" [{type(error).__name__}: {error}]" if error else ""
    return f"{record.levelname}: {record.getMessage()}{cause}"
