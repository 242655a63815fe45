"""A gRPC client that shares no code with the server: grpc's C core, driven by raw bytes.

Messages are google.protobuf wrappers, whose one field makes them easy to write by hand. Prints one line per check
and ends with "all passed"; any surprise is a traceback and a non-zero exit.
"""

import concurrent.futures
import sys
import time

import grpc

identity = lambda b: b
OPTIONS = [
    ("grpc.max_receive_message_length", 32 << 20),
    ("grpc.max_send_message_length", 32 << 20),
    ("grpc.default_authority", "localhost"),
]


def varint(n):
    out = b""
    while n > 0x7F:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def blob(value):
    return b"" if not value else b"\x0a" + varint(len(value)) + value


def text(value):
    return blob(value.encode())


def number(value):
    return b"" if value == 0 else b"\x08" + varint(value)


def check(name, condition):
    if not condition:
        raise AssertionError(name)
    print("ok", name, flush=True)


def fails(call, code):
    try:
        call()
    except grpc.RpcError as e:
        check(f"status {code}", e.code() == code)
        return e
    raise AssertionError(f"expected {code}")


def main(path):
    with grpc.insecure_channel("unix:" + path, options=OPTIONS) as channel:
        unary = lambda name: channel.unary_unary("/test.Echo/" + name, identity, identity)
        stream = lambda name: channel.unary_stream("/test.Echo/" + name, identity, identity)
        echo = unary("Echo")

        check("empty message", echo(b"", timeout=20) == b"")
        check("small message", echo(blob(b"hello"), timeout=20) == blob(b"hello"))
        large = blob(bytes(range(256)) * (15 << 12))
        check("15 MiB both ways", echo(large, timeout=20) == large)
        check("gzip request", echo(large, timeout=20, compression=grpc.Compression.Gzip) == large)
        e = fails(lambda: echo(blob(b"x" * (17 << 20)), timeout=20), grpc.StatusCode.RESOURCE_EXHAUSTED)
        check("limit named", "16777216" in e.details())
        check("connection still good", echo(blob(b"again"), timeout=20) == blob(b"again"))

        for message in ["plain", "100 % naïve — контейнер ☃ 😀\nsecond line"]:
            e = fails(lambda: unary("Fail")(text(message), timeout=20), grpc.StatusCode.NOT_FOUND)
            check("message " + ascii(message), e.details() == message)
        e = fails(lambda: unary("Fail")(text("я" * 100000), timeout=20), grpc.StatusCode.NOT_FOUND)
        check("long message cut", e.details().startswith("яяя") and e.details().endswith("..."))
        fails(lambda: unary("Missing")(b"", timeout=20), grpc.StatusCode.UNIMPLEMENTED)

        check("deadline reaches the handler", unary("Wait")(number(1), timeout=20) == text("deadline"))
        check("no deadline", unary("Wait")(number(1)) == text("no deadline"))
        begun = time.monotonic()
        fails(lambda: unary("Wait")(number(60000), timeout=0.3), grpc.StatusCode.DEADLINE_EXCEEDED)
        check("deadline kept", time.monotonic() - begun < 10)

        check("stream", [m for m in stream("Count")(number(1000), timeout=20)] == [number(i) for i in range(1, 1001)])
        seen = []

        def read_failing():
            for m in stream("Count")(number((1 << 64) - 3), timeout=20):
                seen.append(m)

        e = fails(read_failing, grpc.StatusCode.ABORTED)
        check("messages before the failure", seen == [number(1), number(2), number(3)])

        forever = stream("Forever")(b"")
        check("first message of an endless stream", next(forever) == b"")
        forever.cancel()
        fails(lambda: next(forever), grpc.StatusCode.CANCELLED)

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            values = [blob(f"call {i}".encode()) for i in range(400)]
            check("concurrent calls", list(pool.map(lambda v: echo(v, timeout=20), values)) == values)
    print("all passed", flush=True)


main(sys.argv[1])
