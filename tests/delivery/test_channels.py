"""Every way of delivery alike: whole or not at all, never over another's bytes, and answers come back."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.delivery.conftest import Place, Sshd, make_key, remote
from tsuzuri.delivery import AWAY, CHANNELS, DIFFERS, Secrets, deliver_file, open_channel
from tsuzuri.errors import Stuck
from tsuzuri.forms.receivers import WAYS, Directory

FILE = bytes(range(256)) * 4000     # a megabyte: several of every protocol's pieces


def made(folder: Path, content: bytes = FILE, name: str = "benefits_20251107.dat") -> tuple[Path, str]:
    """A file to carry, and its sha256."""
    path = folder / name
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def test_every_word_of_deliver_is_one_class_and_one_function() -> None:
    assert CHANNELS.keys() == WAYS.keys() == {"directory", "sftp", "s3"}


def test_a_file_arrives_once_and_answers_come_back(place: Place, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path)
    with open_channel("benefits", place.receiver, place.secrets) as channel:
        assert deliver_file(channel, path, sha256)
        assert not deliver_file(channel, path, sha256), "the same bytes again are nothing new"
        assert list(channel.answers()) == []
    assert place.there() == {path.name: FILE}, "and nothing half written lies beside it"
    place.lay("a.answer.json", b"{}")
    place.lay("other.txt", b"no answer")
    with open_channel("benefits", place.receiver, place.secrets) as channel:
        (told,) = channel.answers()
        assert (told.name, told.size, b"".join(channel.answer(told.name))) == ("a.answer.json", 2, b"{}")


def test_other_bytes_under_the_same_name_are_never_overwritten(place: Place, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path)
    with open_channel("benefits", place.receiver, place.secrets) as channel:
        deliver_file(channel, path, sha256)
        for other in (FILE[:-1] + b"x", FILE[:-1]):
            changed, its = made(tmp_path, other)
            with pytest.raises(Stuck) as told:
                deliver_file(channel, changed, its)
            assert told.value.code == DIFFERS
            with pytest.raises(FileExistsError):
                channel.put(path.name, changed, its)
    assert place.there() == {path.name: FILE}


def test_what_a_cut_left_half_written_is_no_file_and_goes(place: Place, tmp_path: Path) -> None:
    path, sha256 = made(tmp_path)
    if (inbox := Path(getattr(place.receiver, "path", ""))).is_dir():
        (inbox / f".{path.name}.0badcafe.part").write_bytes(FILE[:1000])
    with open_channel("benefits", place.receiver, place.secrets) as channel:
        assert deliver_file(channel, path, sha256)
    assert place.there() == {path.name: FILE}


def test_a_folder_that_is_not_mounted_is_not_made(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    with pytest.raises(Stuck) as told, open_channel("benefits", Directory(to="directory", path=str(gone)), Secrets()):
        pytest.fail("it is not there")
    assert told.value.code == AWAY and not gone.exists()


def test_a_server_that_shows_another_key_is_told_nothing(sshd: Sshd, tmp_path: Path) -> None:
    place = remote(sshd, tmp_path, host_key=make_key(tmp_path / "stranger"))
    with pytest.raises(Stuck) as told, open_channel("benefits", place.receiver, place.secrets):
        pytest.fail("its key is not the pinned one")
    assert told.value.code == "host_key_differs"


def test_a_server_without_a_key_of_the_pinned_kind_is_told_nothing(sshd: Sshd, tmp_path: Path) -> None:
    import paramiko

    other = paramiko.RSAKey.generate(2048)
    place = remote(sshd, tmp_path, host_key=f"{other.get_name()} {other.get_base64()}")
    with pytest.raises(Stuck) as told, open_channel("benefits", place.receiver, place.secrets):
        pytest.fail("its key is not the pinned one")
    assert told.value.code == "host_key_differs"


def test_who_is_not_let_in_hears_what_to_mend(sshd: Sshd, tmp_path: Path) -> None:
    place = remote(sshd, tmp_path)
    keys = tmp_path / "keys"
    keys.mkdir()
    make_key(keys / "benefits.key")
    for secrets in (Secrets(keys), Secrets(None, {"benefits": "hush-hush"}), Secrets()):
        with pytest.raises(Stuck) as told, open_channel("benefits", place.receiver, secrets):
            pytest.fail("nobody let us in")
        assert told.value.code == "receiver_refused" and "hush" not in str(told.value) + repr(secrets)
    lost = place.receiver.model_copy(update={"path": str(tmp_path / "nowhere")})
    path, sha256 = made(tmp_path)
    with pytest.raises(Stuck) as told, open_channel("benefits", lost, place.secrets) as channel:
        deliver_file(channel, path, sha256)
    assert told.value.code == "receiver_refused"
