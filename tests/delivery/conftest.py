"""Receivers that are real: a folder, an OpenSSH server, an S3 server, each a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tsuzuri.delivery import Secrets
from tsuzuri.forms.receivers import S3, Directory, Receiver, Sftp
from tsuzuri.settings import REPO
from tsuzuri.up import free_port

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:{REPO / '.cache/root/usr/sbin'}")
KEYGEN = shutil.which("ssh-keygen", path=f"{os.environ.get('PATH', '')}:{REPO / '.cache/root/usr/bin'}")
PATIENCE_S = 20.0


@dataclass
class Place:
    """A receiver: what a target says of it, what opens it, and how to put and see files there from the other side."""

    receiver: Receiver
    secrets: Secrets
    there: Callable[[], dict[str, bytes]]
    lay: Callable[[str, bytes], None]
    end: Callable[[], None] = lambda: None


def listening(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def await_port(process: subprocess.Popen[bytes], port: int) -> None:
    """Until the server answers; it says why if it ends."""
    deadline = time.monotonic() + PATIENCE_S
    while not listening(port):
        assert process.poll() is None and time.monotonic() < deadline, process.stderr and process.stderr.read()
        time.sleep(0.02)


def kill(process: subprocess.Popen[bytes]) -> None:
    """It and what it began, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stderr:
        process.stderr.close()


def folder(root: Path) -> Place:
    """A folder as receiver, whose answers lie beside."""
    inbox, outbox = root / "inbox", root / "answers"
    inbox.mkdir(parents=True)
    outbox.mkdir()
    return Place(Directory(to="directory", path=str(inbox), answers=str(outbox)), Secrets(), lambda: seen(inbox),
                 lambda name, content: void((outbox / name).write_bytes(content)))


def void(_: object) -> None:
    """Nothing."""


def seen(root: Path) -> dict[str, bytes]:
    """What lies in a folder."""
    return {path.name: path.read_bytes() for path in sorted(root.iterdir()) if path.is_file()}


@dataclass
class Sshd:
    """An OpenSSH server of one's own: its port, its public host key, and the key that it lets in."""

    root: Path
    port: int
    host_key: str
    keys: Path
    process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start it (again)."""
        self.process = begin_sshd(self.root)
        await_port(self.process, self.port)


def make_key(path: Path) -> str:
    """A new key pair; the public one."""
    assert KEYGEN is not None
    subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True, stdin=subprocess.DEVNULL)
    return path.with_name(f"{path.name}.pub").read_text().strip()


def begin_sshd(root: Path) -> subprocess.Popen[bytes]:
    """The server's process."""
    assert SSHD is not None
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)      # where its unprivileged half lives; packages leave it to the start
    return subprocess.Popen([SSHD, "-D", "-e", "-f", str(root / "sshd_config")], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A running sshd with internal-sftp and public keys only."""
    if SSHD is None or KEYGEN is None:
        pytest.skip("no sshd here: .ci/packages openssh-server")
    root = tmp_path_factory.mktemp("sshd")
    keys = root / "keys"
    keys.mkdir()
    host = make_key(root / "host")
    (root / "allowed").write_text(make_key(keys / "benefits.key") + "\n")
    port = free_port("127.0.0.1", 0)
    (root / "sshd_config").write_text("\n".join([
        f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {root / 'host'}", f"AuthorizedKeysFile {root / 'allowed'}",
        f"PidFile {root / 'pid'}", "StrictModes no", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password", "UsePAM no", "Subsystem sftp internal-sftp", "LogLevel ERROR"]) + "\n")
    server = Sshd(root, port, host, keys, begin_sshd(root))
    await_port(server.process, port)
    yield server
    kill(server.process)


def remote(server: Sshd, root: Path, **changed: str) -> Place:
    """A folder behind that server."""
    import getpass

    inbox, outbox = root / "inbox", root / "answers"
    inbox.mkdir(parents=True)
    outbox.mkdir()
    told = {"to": "sftp", "host": "127.0.0.1", "port": server.port, "user": getpass.getuser(), "host_key": server.host_key,
            "path": str(inbox), "answers": str(outbox), **changed}
    return Place(Sftp.model_validate(told), Secrets(server.keys), lambda: seen(inbox),
                 lambda name, content: void((outbox / name).write_bytes(content)), lambda: kill(server.process))


@dataclass
class Bucketed:
    """An S3 server of one's own."""

    url: str
    process: subprocess.Popen[bytes]


def begin_s3() -> Bucketed:
    """moto's server in a process of its own."""
    port = free_port("127.0.0.1", 0)
    process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    await_port(process, port)
    return Bucketed(f"http://127.0.0.1:{port}", process)


@pytest.fixture(scope="module")
def s3() -> Iterator[Bucketed]:
    """A running S3."""
    server = begin_s3()
    yield server
    kill(server.process)


@pytest.fixture
def s3_alone() -> Iterator[Callable[[], Bucketed]]:
    """Starts one that may be killed."""
    begun = list[Bucketed]()

    def start() -> Bucketed:
        begun.append(begin_s3())
        return begun[-1]

    yield start
    for server in begun:
        kill(server.process)


def bucket(server: Bucketed, name: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A bucket of that server."""
    import boto3

    for said in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(said, "fictional")
    client = boto3.client("s3", endpoint_url=server.url, region_name="ap-northeast-1")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})

    def there() -> dict[str, bytes]:
        listed = client.list_objects_v2(Bucket=name, Prefix="inbox/").get("Contents", ())
        return {one["Key"].removeprefix("inbox/"): client.get_object(Bucket=name, Key=one["Key"])["Body"].read() for one in listed}

    told = {"to": "s3", "bucket": name, "path": "inbox", "answers": "answers", "endpoint": server.url, "region": "ap-northeast-1"}
    return Place(S3.model_validate(told), Secrets(), there,
                 lambda key, content: void(client.put_object(Bucket=name, Key=f"answers/{key}", Body=content)))


@pytest.fixture(params=["directory", "sftp", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A receiver of each kind, empty."""
    if request.param == "directory":
        return folder(tmp_path / "there")
    if request.param == "sftp":
        return remote(request.getfixturevalue("sshd"), tmp_path / "there")
    return bucket(request.getfixturevalue("s3"), f"b{abs(hash(str(tmp_path))) % 10**9}", monkeypatch)
