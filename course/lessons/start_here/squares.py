"""A script as you would start it from a terminal: its last line calls asyncio.run."""

import asyncio


async def square(n: int) -> int:
    """Pretend to ask somebody else."""
    await asyncio.sleep(0.01)
    return n * n


async def main() -> None:
    """Add up what four of them say."""
    print("sum:", sum(await asyncio.gather(*(square(n) for n in range(4)))))


if __name__ == "__main__":
    asyncio.run(main())
