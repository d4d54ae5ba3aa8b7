"""TLS on the one port: who is let in, what is spoken inside, and certificates that change."""

from __future__ import annotations

import shutil
import signal
import socket
import ssl
import subprocess

import grpc
import pytest
from authority import Authority
from grpc_channelz.v1 import channelz_pb2, channelz_pb2_grpc
from processes import Gateway, free_port, run, wait_until

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is missing")

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
HELLO_FAILED = "handshake failure"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="module")
def server_pair(authority):
    return authority.issue("server")


def start(authority, pair, *extra, client=None):
    """A gateway whose venue does not answer: nothing here needs data."""
    return Gateway(
        {"binance": f"127.0.0.1:{free_port()}/binance"}, "--log-level", "error",
        "--tls-certificate", str(pair.certificate), "--tls-key", str(pair.key), *extra,
        tls=authority.client(client))


@pytest.fixture(scope="module")
def secured(authority, server_pair):
    with start(authority, server_pair) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def mutual(authority, server_pair):
    with start(authority, server_pair, "--tls-client-ca", str(authority.certificate),
               client=authority.issue("probe")) as gateway:
        yield gateway


def connect(gateway, context, name: str = "localhost") -> ssl.SSLSocket:
    host, _, port = gateway.address.rpartition(":")
    plain = socket.create_connection((host, int(port)), timeout=5)
    return context.wrap_socket(plain, server_hostname=name)


def common_name(connection: ssl.SSLSocket) -> str:
    subject = dict(pair for [pair] in connection.getpeercert()["subject"])
    return subject["commonName"]


def credentials(authority, pair=None):
    return grpc.ssl_channel_credentials(
        authority.certificate.read_bytes(), pair and pair.key.read_bytes(),
        pair and pair.certificate.read_bytes())


def check(channel) -> bytes:
    """The answer of the health service: field 1 is 1 when it serves."""
    return channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=10)


def curl(authority, *arguments: str) -> tuple[str, str]:
    """HTTP version and status."""
    ended = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", "-m", "10",
         "--cacert", authority.certificate, *arguments], capture_output=True, text=True, timeout=15)
    version, status = ended.stdout.split()
    return version, status


def s_client(gateway, authority, *arguments: str, said: str = "") -> str:
    """Everything openssl prints; its input ends after `said`."""
    ended = subprocess.run(
        ["openssl", "s_client", "-connect", gateway.address, "-CAfile", authority.certificate,
         *map(str, arguments)], input=said, capture_output=True, text=True, timeout=20)
    return ended.stdout + ended.stderr


# What is spoken inside


def test_grpc_over_tls(secured, authority):
    with grpc.secure_channel(secured.address, credentials(authority)) as channel:
        assert check(channel) == b"\x08\x01"


@pytest.mark.parametrize("limit", [[], ["--tls-max", "1.2"]], ids=["1.3", "1.2"])
@pytest.mark.parametrize("flag, version", [("--http2", "2"), ("--http1.1", "1.1"),
                                           ("--no-alpn", "1.1")])
def test_alpn_or_the_first_bytes_choose_the_protocol(flag, version, limit, secured, authority):
    url = f"https://{secured.address}/healthz"
    assert curl(authority, flag, *limit, url) == (version, "200")


def test_http_2_without_alpn_is_recognised_by_its_preface(secured, authority):
    with connect(secured, authority.client()) as connection:
        assert connection.selected_alpn_protocol() is None
        connection.sendall(PREFACE)
        assert connection.recv(9)[3] == 4  # SETTINGS


def test_a_protocol_that_was_negotiated_binds(secured, authority):
    with connect(secured, authority.client(None, "http/1.1")) as connection:
        connection.sendall(PREFACE)
        assert connection.recv(100).startswith(b"HTTP/1.1 ")
    with connect(secured, authority.client(None, "h2")) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        frames = b"".join(iter(lambda: connection.recv(1000), b""))
        assert frames[3] == 4 and b"HTTP/1.1" not in frames


@pytest.mark.skipif(not shutil.which("h2load"), reason="nghttp2-client is missing")
def test_many_requests_over_tls_all_succeed(secured):
    ended = subprocess.run(
        ["h2load", "-n", "2000", "-c", "20", "-m", "10", f"https://{secured.address}/healthz"],
        capture_output=True, text=True, timeout=60)
    assert "2000 succeeded, 0 failed, 0 errored" in ended.stdout, ended.stdout + ended.stderr


# Versions, sessions, names


def test_tls_1_2_and_1_3_and_nothing_older(secured, authority):
    assert "Protocol  : TLSv1.2" in s_client(secured, authority, "-tls1_2")
    assert "New, TLSv1.3" in s_client(secured, authority, "-tls1_3")
    old = s_client(secured, authority, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
    assert "alert protocol version" in old


@pytest.mark.parametrize("cipher", ["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA"])
def test_suites_without_forward_secrecy_or_authentication_are_refused(cipher, secured, authority):
    assert HELLO_FAILED in s_client(secured, authority, "-tls1_2", "-cipher", cipher)


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_session_is_resumed_by_its_ticket(version, mutual, authority, tmp_path):
    pair = authority.issue("bot-7")
    options = [version, "-cert", pair.certificate, "-key", pair.key]
    request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    session = tmp_path / "session.pem"
    first = s_client(mutual, authority, *options, "-ign_eof", "-sess_out", session, said=request)
    assert "200 OK" in first and "New, TLS" in first
    again = s_client(mutual, authority, *options, "-ign_eof", "-sess_in", session, said=request)
    assert "200 OK" in again and "Reused, TLS" in again
    assert "Max Early Data: 0" in first or version == "-tls1_2"


def test_a_ticket_does_not_outlive_the_certificate_behind_it(mutual, authority, tmp_path):
    pair = authority.issue_for("brief", seconds=4)
    options = ["-cert", pair.certificate, "-key", pair.key, "-ign_eof"]
    request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    session = tmp_path / "session.pem"
    first = s_client(mutual, authority, *options, "-sess_out", session, said=request)
    assert "200 OK" in first
    wait_until(
        lambda: "200 OK" not in s_client(
            mutual, authority, *options, "-sess_in", session, said=request), 15, "a refusal")
    assert "Reused, TLS" in s_client(mutual, authority, *options, "-sess_in", session)


def test_renegotiation_is_refused(secured, authority):
    output = s_client(secured, authority, "-tls1_2", said="R\n")
    assert "no renegotiation" in output or "RENEGOTIATING" in output and "error" in output


def test_a_client_without_a_common_protocol_gets_the_alert(secured, authority):
    output = s_client(secured, authority, "-alpn", "spdy/1")
    assert "alert no application protocol" in output


def test_a_name_chooses_the_certificate(authority, server_pair, tmp_path):
    wild = authority.issue("wild", "DNS:*.desk.example")
    exact = authority.issue("exact", "DNS:a.desk.example")
    path = tmp_path / "config.json5"
    path.write_text("{ tls: { certificates: [" + ",".join(
        f'{{ certificate: "{pair.certificate}", key: "{pair.key}" }}'
        for pair in (server_pair, wild, exact)) + "] } }")
    with Gateway({"binance": f"127.0.0.1:{free_port()}/binance"}, "--config", str(path),
                 tls=authority.client()) as gateway:
        for name, expected in [("localhost", "server"), ("a.desk.example", "exact"),
                               ("b.desk.example", "wild")]:
            with connect(gateway, authority.client(), name) as connection:
                assert common_name(connection) == expected


# Cleartext


def test_cleartext_is_refused_with_a_sentence(secured, authority):
    url = f"http://{secured.address}/healthz"
    assert curl(authority, url) == ("1.1", "400")
    for request in (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", PREFACE):
        host, _, port = secured.address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(1000), b""))
        assert answer.startswith(b"HTTP/1.1 400 ") and b"TLS only" in answer


def test_a_grpc_client_in_cleartext_fails_at_once_and_backs_off(secured):
    refused = secured.metrics()["penstock_gateway_cleartext_refused_total"]
    with grpc.insecure_channel(secured.address) as channel, pytest.raises(grpc.RpcError) as error:
        check(channel)
    assert error.value.code() == grpc.StatusCode.UNAVAILABLE
    assert secured.metrics()["penstock_gateway_cleartext_refused_total"] < refused + 5


def test_cleartext_is_served_beside_tls_where_it_is_allowed(authority, server_pair):
    with start(authority, server_pair, "--tls-allow-cleartext") as gateway:
        for scheme in ("http", "https"):
            assert curl(authority, f"{scheme}://{gateway.address}/healthz")[1] == "200"
        assert curl(authority, "--http2-prior-knowledge",
                    f"http://{gateway.address}/healthz") == ("2", "200")
        with grpc.insecure_channel(gateway.address) as channel:
            assert check(channel) == b"\x08\x01"


def test_an_upgrade_to_h2c_is_answered_without_upgrading(market, authority):
    assert curl(authority, "--http2", f"http://{market.address}/healthz") == ("1.1", "200")


def test_a_tls_client_of_a_cleartext_port_gets_an_alert(market, authority):
    assert HELLO_FAILED in s_client(market, authority)
    assert market.get("/healthz")[0] == 200


# Clients that say who they are


def test_a_client_of_the_authority_is_let_in(mutual, authority):
    pair = authority.issue("bot-8")
    with grpc.secure_channel(mutual.address, credentials(authority, pair)) as channel:
        assert check(channel) == b"\x08\x01"


@pytest.mark.parametrize("who", ["nobody", "foreign", "expired"])
def test_any_other_client_is_not(who, mutual, authority, foreign):
    pair = {"nobody": lambda: None, "foreign": lambda: foreign.issue("bot-9"),
            "expired": lambda: authority.issue("old", days=-1)}[who]()
    failed = mutual.metrics()["penstock_gateway_tls_handshakes_failed_total"]
    with grpc.secure_channel(mutual.address, credentials(authority, pair)) as channel:
        with pytest.raises(grpc.RpcError) as error:
            check(channel)
    assert error.value.code() == grpc.StatusCode.UNAVAILABLE
    assert mutual.metrics()["penstock_gateway_tls_handshakes_failed_total"] > failed


def test_where_it_is_only_requested_a_client_may_stay_nameless(authority, server_pair, foreign):
    with start(authority, server_pair, "--tls-client-ca", str(authority.certificate),
               "--tls-client-certificates", "requested") as gateway:
        with grpc.secure_channel(gateway.address, credentials(authority)) as channel:
            assert check(channel) == b"\x08\x01"
        stranger = credentials(authority, foreign.issue("bot-9"))
        with grpc.secure_channel(gateway.address, stranger) as channel:
            with pytest.raises(grpc.RpcError):
                check(channel)


# Certificates that change


def presented(gateway, authority) -> str:
    with connect(gateway, authority.client()) as connection:
        return common_name(connection)


def test_sighup_takes_new_files_and_keeps_living_connections(authority):
    pair = authority.issue("before", stem="live")
    with start(authority, pair) as gateway:
        with grpc.secure_channel(gateway.address, credentials(authority)) as channel:
            watch = channel.unary_stream("/grpc.health.v1.Health/Watch")(b"")
            assert next(watch) == b"\x08\x01"
            authority.issue("after", stem="live")
            assert presented(gateway, authority) == "before"
            gateway.send_signal(signal.SIGHUP)
            wait_until(lambda: presented(gateway, authority) == "after", 10, "a reload")
            handshakes = gateway.metrics()["penstock_gateway_tls_handshakes_total"]
            assert check(channel) == b"\x08\x01"
            assert gateway.metrics()["penstock_gateway_tls_handshakes_total"] == handshakes + 1
            watch.cancel()


@pytest.mark.parametrize("damage, reason", [
    ("missing", "No such file or directory"), ("foreign key", "does not belong to certificate"),
    ("no certificate", "holds no certificate in PEM")])
def test_bad_files_are_one_error_line_and_the_old_ones_stay(damage, reason, authority):
    pair = authority.issue("before", stem="damaged")
    with start(authority, pair) as gateway:
        if damage == "missing":
            named = pair.key
            pair.key.unlink()
        elif damage == "foreign key":
            named = pair.key
            shutil.copy(authority.issue("other").key, pair.key)
        else:
            named = pair.certificate
            pair.certificate.write_text("nothing\n")
        gateway.send_signal(signal.SIGHUP)
        wait_until(lambda: gateway.errors, 10, "an error line")
        assert presented(gateway, authority) == "before"
        authority.issue("after", stem="damaged")
        gateway.send_signal(signal.SIGHUP)
        wait_until(lambda: presented(gateway, authority) == "after", 10, "a reload")
        [line] = gateway.errors
        assert " error serve: " in line and str(named) in line and reason in line


# What cannot be is one line


@pytest.fixture(scope="module")
def wrong_files(authority, foreign, server_pair, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "text.pem").write_text("nothing\n")
    locked = folder / "locked.key"
    subprocess.run(["openssl", "ec", "-in", server_pair.key, "-aes128", "-passout", "pass:secret",
                    "-out", locked], check=True, capture_output=True)
    return {"CERT": server_pair.certificate, "KEY": server_pair.key, "TEXT": folder / "text.pem",
            "OTHER": foreign.issue("x").key, "GONE": folder / "gone.pem", "LOCKED": locked}


@pytest.mark.parametrize("flags, named", [
    ("--tls-certificate GONE --tls-key KEY", ["GONE", "No such file"]),
    ("--tls-certificate CERT --tls-key GONE", ["GONE", "No such file"]),
    ("--tls-certificate TEXT --tls-key KEY", ["TEXT", "no certificate in PEM"]),
    ("--tls-certificate CERT --tls-key TEXT", ["TEXT", "no private key in PEM"]),
    ("--tls-certificate CERT --tls-key OTHER", ["OTHER", "does not belong", "CERT"]),
    ("--tls-certificate CERT --tls-key LOCKED", ["LOCKED", "password"]),
    ("--tls-certificate CERT --tls-key KEY --tls-client-ca GONE", ["GONE", "No such file"]),
    ("--tls-certificate CERT --tls-key KEY --tls-client-ca TEXT", ["TEXT", "no certificate"]),
    ("--tls-certificate CERT", ["--tls-key"]),
    ("--tls-client-ca CERT", ["--tls-certificate"]),
    ("--tls-certificate CERT --tls-key KEY --tls-client-certificates required", ["clientCA"]),
    ("--tls-certificate CERT --tls-key KEY --tls-client-certificates maybe", ["maybe", "off"]),
])
def test_check_names_what_is_wrong(flags, named, wrong_files):
    words = [str(wrong_files.get(word, word)) for word in flags.split()]
    ended = run("serve", "--check", *words)
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    for part in named:
        assert str(wrong_files.get(part, part)) in line, line


@pytest.mark.parametrize("section, named", [
    ("{}", "tls.certificates"), ("{ certificate: 'x' }", "certificate"),
    ("{ certificates: [{ certificate: 'x', key: 'y', pass: 'z' }] }", "pass"),
    ("{ certificates: [{ certificate: 'gone.pem', key: 'gone.key' }] }", "/gone.pem"),
    ("{ certificates: [{ certificate: 'x', key: 'y' }], clientCertificates: 'x' }", "requested"),
])
def test_check_names_what_is_wrong_in_the_files_section(section, named, tmp_path):
    path = tmp_path / "config.json5"
    path.write_text(f"{{ tls: {section} }}")
    ended = run("serve", "--check", "--config", str(path))
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert named in line, line


def test_check_accepts_what_is_right(server_pair, authority):
    ended = run("serve", "--check", "--tls-certificate", str(server_pair.certificate), "--tls-key",
                str(server_pair.key), "--tls-client-ca", str(authority.certificate))
    assert ended.returncode == 0, ended.stderr


def test_channelz_shows_the_cipher_and_both_certificates(authority, server_pair, mutual):
    pair = authority.issue("operator")
    with grpc.secure_channel(mutual.address, credentials(authority, pair)) as channel:
        channelz = channelz_pb2_grpc.ChannelzStub(channel)
        [server] = channelz.GetServers(channelz_pb2.GetServersRequest(), timeout=10).server
        [reference, *_] = reversed(channelz.GetServerSockets(
            channelz_pb2.GetServerSocketsRequest(server_id=server.ref.server_id),
            timeout=10).socket_ref)
        socket = channelz.GetSocket(
            channelz_pb2.GetSocketRequest(socket_id=reference.socket_id), timeout=10).socket
    tls = socket.security.tls
    assert tls.standard_name.startswith("TLS_")
    shown = {tls.local_certificate: server_pair, tls.remote_certificate: pair}
    for der, expected in shown.items():
        assert ssl.DER_cert_to_PEM_cert(der).strip() in expected.certificate.read_text()
