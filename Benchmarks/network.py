"""A proxy that counts what passes and delays it, and the peers' servers behind it, all on the loopback interface."""
import asyncio
import http.server
import os
import pathlib
import socketserver
import subprocess
import threading
import time

from bench import run


class Proxy:
    """Forwards connections to a port on this machine. `delay`: seconds each way, without narrowing the stream."""

    def __init__(self, target):
        self.target, self.delay = target, 0.0
        self.reset()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._serve, args=(ready,), daemon=True).start()
        ready.wait()

    def reset(self):
        self.sent = self.received = self.connections = 0

    def _serve(self, ready):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    async def _accept(self, reader, writer):
        self.connections += 1
        if self.delay:
            await asyncio.sleep(2 * self.delay)  # the handshake
        upstream, downstream = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self._pump(reader, downstream, "sent"), self._pump(upstream, writer, "received"))

    async def _pump(self, reader, writer, counter):
        queue = asyncio.Queue()

        async def deliver():
            while (item := await queue.get()) is not None:
                due, data = item
                await asyncio.sleep(max(0, due - self.loop.time()))
                writer.write(data)
                await writer.drain()
            try:
                writer.close()
            except OSError:
                pass

        task = asyncio.ensure_future(deliver())
        try:
            while data := await reader.read(1 << 16):
                setattr(self, counter, getattr(self, counter) + len(data))
                await queue.put((self.loop.time() + self.delay, data))
        except OSError:
            pass
        await queue.put(None)
        try:
            await task
        except OSError:
            pass


class GitServer:
    """git's smart HTTP, by `git http-backend` behind a small server."""

    def __init__(self, root):
        handler = type("Handler", (GitHandler,), {"root": root})
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()


class GitHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while length := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(body)

    def answer(self, body):
        path, _, query = self.path.partition("?")
        environment = dict(
            os.environ, GIT_PROJECT_ROOT=str(self.root), GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query, REMOTE_USER="bench",
            REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""), GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
        output = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True).stdout
        head, _, content = output.partition(b"\r\n\r\n")
        fields = [line.split(b": ", 1) for line in head.split(b"\r\n")]
        status = next((int(value.split()[0]) for name, value in fields if name == b"Status"), 200)
        self.send_response(status)
        for name, value in fields:
            if name != b"Status":
                self.send_header(name.decode(), value.decode())
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


class Process:
    """A server that tells its port in a file, or listens on one that is given."""

    def __init__(self, *command, ready=None, port=None):
        self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        self.port = port
        while time.monotonic() < deadline:
            if ready and pathlib.Path(ready).exists() and (text := pathlib.Path(ready).read_text().strip()):
                self.port = int(text.rsplit(":", 1)[1])
                return
            if port and run("curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{port}/", fails=True).wall and self._listens():
                return
            time.sleep(0.05)
        raise SystemExit(f"{command[0]} does not start")

    def _listens(self):
        import socket
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self.process.terminate()
        self.process.wait()
