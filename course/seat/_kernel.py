"""Starts a kernel as a notebook does and prints which environment answers.

A program of its own: it must not depend on the event loop or the health of the kernel that asks.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Start the kernel named ``python3``, let it work something out, print its prefix as JSON."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        reply = client.execute_interactive(
            "",
            user_expressions={"prefix": "__import__('sys').prefix", "sum": "6 * 7"},
            timeout=30,
            silent=True,
        )
        said = reply["content"]["user_expressions"]
        if said["sum"]["data"]["text/plain"] != "42":
            sys.exit("the kernel cannot work out 6 * 7")
        from ast import literal_eval

        print(json.dumps({"prefix": literal_eval(said["prefix"]["data"]["text/plain"])}))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
