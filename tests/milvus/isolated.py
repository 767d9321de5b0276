"""Run a program in a network namespace of its own, reachable only through one port of the loopback.

    python isolated.py FOLDER PORT PROGRAM [ARGUMENT ...]

The real Milvus server listens on every interface of the machine. Here it has none but a loopback of
its own, on which it may take its usual ports; what reaches the one port that this process prints is
carried to its PORT. A line "start" on the standard input starts the program in FOLDER (again), and
its process id is printed; the end of the standard input kills it and ends this process. Linux only.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def leave_the_network() -> None:
    """Enter a new network namespace, as another user where that takes one, and bring its lo up."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "no network namespace of one's own may be made here")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes until one side ends."""
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


async def serve(listener: socket.socket, folder: Path, port: int, command: list[str]) -> None:
    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:  # the program is not there: neither is its port
            writer.close()
            return
        await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))

    await asyncio.start_server(relay, sock=listener)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    process: subprocess.Popen[bytes] | None = None
    while await orders.readline():
        if process:
            process.wait()
        with (folder / "stdout.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        say(process.pid)
    if process:
        process.kill()
        process.wait()


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    folder, port, *command = sys.argv[1:]
    # A socket stays in the namespace that it was made in.
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        leave_the_network()
    except OSError as error:
        sys.exit(f"{error.strerror} (errno {error.errno})")
    say(listener.getsockname()[1])
    asyncio.run(serve(listener, Path(folder), int(port), command))
    os._exit(0)  # connections that are open do not keep this process


if __name__ == "__main__":
    main()
