"""Who may call, what they may have, and for how long."""

from __future__ import annotations

import hashlib
import json
import signal
import ssl
import time

import grpc
import jwt
import pytest
from authority import Authority
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from identities import ALGORITHMS, AUDIENCE, Issuer
from penstock import Client, Rejected, RequestError
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataStub
from processes import Gateway, Simulator, run, wait_until

TICK, BOOK = "tick:binance:BTC/USDT", "book:binance:BTC/USDT"
FORBIDDEN = 7
UNAUTHENTICATED = grpc.StatusCode.UNAUTHENTICATED
DENIED = grpc.StatusCode.PERMISSION_DENIED
TOKEN, TICKS_TOKEN, NO_ROLE_TOKEN = "a-token-for-everything", "a-token-for-ticks", "b" * 16


@pytest.fixture(scope="module")
def simulator():
    with Simulator(seed=7) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def start(simulator, tmp_path_factory):
    """Starts a gateway with an `auth` section, on the shared market."""
    def start(*extra: str, tls: ssl.SSLContext | None = None, **auth: object) -> Gateway:
        path = tmp_path_factory.mktemp("auth") / "config.json5"
        path.write_text(json.dumps({"auth": auth}))
        return Gateway({"binance": f"{simulator.address}/binance"}, "--config", str(path),
                       "--instruments", "BTC/USDT", *extra, tls=tls)
    return start


@pytest.fixture(scope="module")
def issuer():
    return Issuer()


@pytest.fixture(scope="module")
def jwks(issuer, tmp_path_factory):
    return issuer.write(tmp_path_factory.mktemp("keys") / "jwks.json")


@pytest.fixture(scope="module")
def jwt_gateway(start, jwks):
    with start(mode="jwt", jwksFile=str(jwks), audiences=[AUDIENCE], issuers=["tests", "others"],
               clockSkew=0, expiryGrace=0) as gateway:
        yield gateway


def tokens_file(path, *entries: dict):
    path.write_text(json.dumps({"tokens": entries}))
    return path


EVERYTHING = {"subject": "ada", "token": TOKEN, "roles": ["viewer"]}
TICKS = {"subject": "tom", "roles": ["viewer"], "topics": ["tick:**"],
         "sha256": hashlib.sha256(TICKS_TOKEN.encode()).hexdigest()}


@pytest.fixture(scope="module")
def token_gateway(start, tmp_path_factory):
    path = tokens_file(
        tmp_path_factory.mktemp("tokens") / "tokens.json", EVERYTHING, TICKS,
        {"subject": "nobody", "token": NO_ROLE_TOKEN, "roles": []})
    with start(mode="token", tokensFile=str(path), openMetrics=False) as gateway:
        yield gateway


def reason_of(error: grpc.RpcError) -> str:
    """For programs: what the ErrorInfo says. The status inside is that outside."""
    trailers = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    assert status.code == error.code().value[0]
    assert status.message == error.details()
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.domain == "penstock"
    return info.reason


def refusal(address: str, *metadata: tuple[str, str]) -> tuple[grpc.StatusCode, str]:
    """What ListInstruments is refused with, and the reason; OK if it is not."""
    with grpc.insecure_channel(address) as channel:
        try:
            MarketDataStub(channel).ListInstruments(
                wire.ListInstrumentsRequest(), metadata=metadata, timeout=10)
        except grpc.RpcError as error:
            assert all(value[-16:] not in error.details() for _, value in metadata)
            return error.code(), reason_of(error)
    return grpc.StatusCode.OK, "OK"


def reason(address: str, token: str) -> str:
    code, text = refusal(address, ("authorization", f"Bearer {token}"))
    assert code in (UNAUTHENTICATED, grpc.StatusCode.OK)
    return text


def first_events(client: Client, topics: list[str], count: int = 2) -> list:
    subscription = client.subscribe(topics, reconnect=False)
    events = []
    for event in subscription:
        events.append(event)
        if len(events) == count:
            subscription.close()
    return events


# Tokens


def test_a_call_without_credentials_is_told_what_is_missing(token_gateway):
    assert refusal(token_gateway.address) == (UNAUTHENTICATED, "TOKEN_MISSING")
    for metadata in (("authorization", "Basic YTpi"), ("authorization", TOKEN)):
        assert refusal(token_gateway.address, metadata) == (
            UNAUTHENTICATED, "TOKEN_SCHEME_UNSUPPORTED")
    pair = ("authorization", f"Bearer {TOKEN}")
    assert refusal(token_gateway.address, pair, pair)[1] == "TOKEN_AMBIGUOUS"


def test_static_tokens_by_text_and_by_digest_are_accepted(token_gateway):
    assert reason(token_gateway.address, TOKEN) == "OK"
    assert reason(token_gateway.address, TICKS_TOKEN) == "OK"
    assert reason(token_gateway.address, TOKEN + "x") == "TOKEN_UNKNOWN"


def test_the_python_client_sends_its_token(token_gateway):
    with Client(token_gateway.address, token=TOKEN) as client:
        assert {event.topic for event in first_events(client, [BOOK])} == {BOOK}
        assert client.instruments()
    with Client(token_gateway.address, token=lambda: TOKEN) as client:
        assert client.instruments()


def test_a_forbidden_topic_is_rejected_in_band_and_others_work(token_gateway):
    with Client(token_gateway.address, token=TICKS_TOKEN) as client:
        events = first_events(client, [BOOK, BOOK + ":10", TICK], 3)
        rejected = {each.topic: each.code for each in events if isinstance(each, Rejected)}
        assert rejected == {BOOK: FORBIDDEN, BOOK + ":10": FORBIDDEN}
        answer = client.stub.GetSnapshot(wire.GetSnapshotRequest(topics=[BOOK, TICK]), timeout=10)
        assert [each.name for each in answer.subscribed.accepted] == [TICK]
        assert [each.code for each in answer.subscribed.rejected] == [FORBIDDEN]


def test_only_forbidden_topics_are_permission_denied(token_gateway):
    with Client(token_gateway.address, token=TICKS_TOKEN) as client:
        with pytest.raises(RequestError) as refused:
            list(client.subscribe([BOOK], reconnect=False))
        assert refused.value.code is DENIED
        with pytest.raises(grpc.RpcError) as error:
            client.stub.GetSnapshot(wire.GetSnapshotRequest(topics=[BOOK]), timeout=10)
        assert error.value.code() is DENIED


def test_a_principal_without_the_role_is_permission_denied(token_gateway):
    pair = ("authorization", f"Bearer {NO_ROLE_TOKEN}")
    assert refusal(token_gateway.address, pair) == (DENIED, "ROLE_MISSING")


def test_health_is_open_reflection_and_metrics_are_not(token_gateway):
    with grpc.insecure_channel(token_gateway.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        assert health.Check(health_pb2.HealthCheckRequest(), timeout=10).status == 1
        reflection = reflection_pb2_grpc.ServerReflectionStub(channel)
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        with pytest.raises(grpc.RpcError) as error:
            list(reflection.ServerReflectionInfo(iter([request]), timeout=10))
        assert error.value.code() is UNAUTHENTICATED
        answers = reflection.ServerReflectionInfo(
            iter([request]), metadata=[("authorization", f"Bearer {TOKEN}")], timeout=10)
        assert [each.name for each in next(answers).list_services_response.service]
    assert token_gateway.get("/healthz")[0] == 200
    assert token_gateway.get("/metrics")[0] == 403


def test_a_method_that_nobody_listed_is_unimplemented_for_those_who_may_ask(token_gateway):
    with grpc.insecure_channel(token_gateway.address) as channel:
        method = channel.unary_unary("/some.Service/Method")
        for metadata, code in [((), UNAUTHENTICATED), (
                [("authorization", f"Bearer {TOKEN}")], grpc.StatusCode.UNIMPLEMENTED)]:
            with pytest.raises(grpc.RpcError) as error:
                method(b"", metadata=metadata, timeout=10)
            assert error.value.code() is code


def test_a_token_that_is_taken_out_ends_its_streams(start, tmp_path):
    path = tokens_file(tmp_path / "tokens.json", EVERYTHING, TICKS)
    with start(mode="token", tokensFile=str(path)) as gateway, \
            Client(gateway.address, token=TOKEN) as client, \
            Client(gateway.address, token=TICKS_TOKEN) as other:
        gone = iter(client.subscribe([TICK], reconnect=False))
        stays = iter(other.subscribe([TICK], reconnect=False))
        next(gone), next(stays)

        path.write_text("{")  # no file of tokens: everything stays
        gateway.send_signal(signal.SIGHUP)
        wait_until(lambda: any("not reloaded" in line for line in gateway.errors), 5, "a log line")
        assert reason(gateway.address, TOKEN) == "OK"

        tokens_file(path, TICKS)
        gateway.send_signal(signal.SIGHUP)
        with pytest.raises(RequestError) as ended:
            for _ in gone:
                pass
        assert ended.value.code is UNAUTHENTICATED
        assert "not known" in ended.value.details
        assert reason(gateway.address, TOKEN) == "TOKEN_UNKNOWN"
        next(stays)

        tokens_file(path, {**TICKS, "topics": ["book:**"]})
        gateway.send_signal(signal.SIGHUP)
        with pytest.raises(RequestError) as ended:
            for _ in stays:
                pass
        assert ended.value.code is DENIED
        assert not any("not reloaded" in line for line in gateway.errors[-1:])


def test_a_file_that_changes_during_a_reload_changes_all_loops_or_none(start, tmp_path):
    path = tokens_file(tmp_path / "tokens.json", EVERYTHING)
    with start("--loops", "3", mode="token", tokensFile=str(path)) as gateway:
        # New connections go to the loop that has the fewest: these are dealt to all of them.
        own = [("grpc.use_local_subchannel_pool", 1)]
        channels = [grpc.insecure_channel(gateway.address, options=own) for _ in range(6)]
        for count in range(1, 11):
            gateway.send_signal(signal.SIGHUP)
            entry = EVERYTHING
            while sum("credentials reloaded" in line for line in gateway.errors) < count:
                entry = TICKS if entry is EVERYTHING else EVERYTHING
                tokens_file(tmp_path / "fresh.json", entry).replace(path)
            believed = set()
            for channel in channels:
                stub = MarketDataStub(channel)
                for token in (TOKEN, TICKS_TOKEN):
                    metadata = [("authorization", f"Bearer {token}")]
                    try:
                        stub.ListInstruments(
                            wire.ListInstrumentsRequest(), timeout=10, metadata=metadata)
                        believed.add(token)
                    except grpc.RpcError as error:
                        assert error.code() is UNAUTHENTICATED
            assert len(believed) == 1
        for channel in channels:
            channel.close()


# JSON Web Tokens


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_of_each_algorithm_is_accepted(algorithm, jwt_gateway, issuer):
    assert reason(jwt_gateway.address, issuer.token(algorithm, iss="tests")) == "OK"
    strangers = Issuer()
    strangers.names = issuer.names
    forged = strangers.token(algorithm, iss="tests")
    assert reason(jwt_gateway.address, forged) == "TOKEN_SIGNATURE_INVALID"


@pytest.mark.parametrize("claims, expected", [
    ({"seconds": -5}, "TOKEN_EXPIRED"),
    ({"exp": None}, "TOKEN_EXPIRY_MISSING"),
    ({"exp": "soon"}, "TOKEN_CLAIM_INVALID"),
    ({"aud": "somebody"}, "TOKEN_AUDIENCE_MISMATCH"),
    ({"aud": None}, "TOKEN_AUDIENCE_MISMATCH"),
    ({"aud": ["somebody", AUDIENCE]}, "OK"),
    ({"iss": "strangers"}, "TOKEN_ISSUER_MISMATCH"),
    ({"sub": None}, "TOKEN_SUBJECT_MISSING"),
    ({"nbf": 4_000_000_000}, "TOKEN_NOT_YET_VALID"),
    ({"iat": 4_000_000_000}, "TOKEN_ISSUED_IN_FUTURE"),
    ({"topics": "::"}, "TOKEN_TOPICS_INVALID"),
], ids=str)
def test_claims_are_judged(claims, expected, jwt_gateway, issuer):
    def encode(exp=..., **rest):
        if isinstance(exp, str):  # PyJWT would not sign it
            rest = {"sub": "ada", "aud": AUDIENCE, "iss": "tests", "exp": exp, **rest}
            return jwt.api_jws.encode(
                json.dumps(rest).encode(), issuer.keys["EdDSA"], algorithm="EdDSA",
                headers={"kid": issuer.names["EdDSA"]})
        extra = {} if exp is ... else {"exp": exp}
        return issuer.token(**{"iss": "tests", **extra, **rest})
    assert reason(jwt_gateway.address, encode(**claims)) == expected


def test_unsigned_and_confused_tokens_are_refused(jwt_gateway, issuer):
    claims = {"sub": "eve", "aud": AUDIENCE, "iss": "tests", "exp": time.time() + 60}
    unsigned = jwt.encode(claims, None, algorithm="none")
    assert reason(jwt_gateway.address, unsigned) == "TOKEN_ALGORITHM_UNSUPPORTED"
    confused = jwt.encode(claims, b"x" * 32, algorithm="HS256",
                          headers={"kid": issuer.names["RS256"]})
    assert reason(jwt_gateway.address, confused) == "TOKEN_KEY_MISMATCH"
    assert reason(jwt_gateway.address, "no.token") == "TOKEN_MALFORMED"
    nameless = jwt.encode(claims, issuer.keys["EdDSA"], algorithm="EdDSA")
    assert reason(jwt_gateway.address, nameless) == "OK"


def test_topics_and_roles_come_from_the_token(jwt_gateway, issuer):
    token = issuer.token(iss="tests", topics=["tick:*:BTC/USDT"], roles="viewer stranger")
    with Client(jwt_gateway.address, token=token) as client:
        events = first_events(client, ["tick:binance:ETH/USDT", TICK])
        assert [each.code for each in events if isinstance(each, Rejected)] == [FORBIDDEN]
    pair = ("authorization", f"Bearer {issuer.token(iss='tests', roles=['stranger'])}")
    assert refusal(jwt_gateway.address, pair) == (DENIED, "ROLE_MISSING")


def test_a_living_stream_ends_within_a_second_of_its_tokens_expiry(jwt_gateway, issuer):
    expiry = time.time() + 2
    token = issuer.token(iss="tests", exp=expiry)
    with Client(jwt_gateway.address, token=token) as client:
        with pytest.raises(RequestError) as ended:
            for _ in client.subscribe([TICK], reconnect=False):
                assert time.time() < expiry + 1
    assert expiry <= time.time() < expiry + 1
    assert ended.value.code is UNAUTHENTICATED
    assert ended.value.details == "the token has expired"
    assert reason(jwt_gateway.address, token) == "TOKEN_EXPIRED"


def test_the_grace_lets_a_stream_go_on_after_its_tokens_expiry(start, jwks, issuer):
    with start(mode="jwt", jwksFile=str(jwks), audiences=[AUDIENCE], clockSkew=0,
               expiryGrace=1.5) as gateway:
        expiry = time.time() + 1
        with Client(gateway.address, token=issuer.token(exp=expiry)) as client:
            with pytest.raises(RequestError):
                for _ in client.subscribe([TICK], reconnect=False):
                    pass
        assert expiry + 1.5 <= time.time() < expiry + 2.5


def test_keys_rotate_at_a_hangup_and_streams_go_with_their_keys(start, tmp_path):
    old, new = Issuer(), Issuer()
    path = old.write(tmp_path / "jwks.json")
    with start(mode="jwt", jwksFile=str(path), audiences=[AUDIENCE]) as gateway, \
            Client(gateway.address, token=old.token()) as client:
        stream = iter(client.subscribe([TICK], reconnect=False))
        next(stream)
        assert reason(gateway.address, old.token()) == "OK"
        assert reason(gateway.address, new.token()) == "TOKEN_KEY_UNKNOWN"

        for text in ("nonsense", '{"keys": []}'):
            count = len(gateway.errors)
            path.write_text(text)
            gateway.send_signal(signal.SIGHUP)
            # The line of an earlier refusal may come later than its answer.
            wait_until(
                lambda: any("not reloaded" in line for line in gateway.errors[count:]), 5,
                "a log line")
            [line] = [line for line in gateway.errors[count:] if "not reloaded" in line]
            assert str(path) in line
            assert reason(gateway.address, old.token()) == "OK"

        new.write(path, old)
        gateway.send_signal(signal.SIGHUP)
        wait_until(lambda: reason(gateway.address, new.token()) == "OK", 5, "the new keys")
        assert reason(gateway.address, old.token()) == "OK"
        next(stream)

        new.write(path)
        gateway.send_signal(signal.SIGHUP)
        with pytest.raises(RequestError) as ended:
            for _ in stream:
                pass
        assert ended.value.code is UNAUTHENTICATED
        assert reason(gateway.address, new.token()) == "OK"
        assert reason(gateway.address, old.token()) == "TOKEN_KEY_UNKNOWN"


def test_refusals_are_counted_and_logged_once_a_second_without_the_token(jwt_gateway, issuer):
    def count() -> float:
        return jwt_gateway.metrics()['penstock_auth_refusals_total{reason="TOKEN_EXPIRED"}']
    token = issuer.token(iss="tests", seconds=-5)
    before, lines, begin = count(), len(jwt_gateway.errors), time.monotonic()
    for _ in range(50):
        assert reason(jwt_gateway.address, token) == "TOKEN_EXPIRED"
    assert count() == before + 50
    logged = [line for line in jwt_gateway.errors[lines:] if "refused" in line]
    assert len(logged) <= time.monotonic() - begin + 2
    assert not any(token in line or token[-20:] in line for line in jwt_gateway.errors)


# Client certificates


def test_client_certificates_are_judged_by_rules(start, tmp_path):
    authority = Authority(tmp_path / "authority")
    server, bot = authority.issue("server"), authority.issue("bot-7")
    desk = authority.issue("ada", "DNS:ada.desk.example")
    stranger = authority.issue("stranger")
    rules = [
        {"commonName": "bot-*", "roles": ["viewer"], "topics": ["tick:**"]},
        {"subject": "CN=*,O=Desk", "alternativeName": "DNS:*.desk.example", "roles": ["operator"]},
    ]

    def channel(gateway, pair):
        return grpc.secure_channel(
            gateway.address.replace("127.0.0.1", "localhost"), grpc.ssl_channel_credentials(
                authority.certificate.read_bytes(), pair.key.read_bytes(),
                pair.certificate.read_bytes()))

    with start("--tls-certificate", str(server.certificate), "--tls-key", str(server.key),
               "--tls-client-ca", str(authority.certificate), tls=authority.client(bot),
               mode="mtls", certificates=rules) as gateway:
        messages = 'penstock_feed_messages_total{venue="binance",stream="bookTicker"}'
        wait_until(lambda: gateway.metrics().get(messages, 0) > 0, 20, "a tick")
        with channel(gateway, bot) as secured:
            answer = MarketDataStub(secured).GetSnapshot(
                wire.GetSnapshotRequest(topics=[BOOK, TICK]), timeout=10)
            assert [each.name for each in answer.subscribed.accepted] == [TICK]
            assert [each.code for each in answer.subscribed.rejected] == [FORBIDDEN]
        with channel(gateway, desk) as secured:
            MarketDataStub(secured).ListInstruments(wire.ListInstrumentsRequest(), timeout=10)
        with channel(gateway, stranger) as secured, pytest.raises(grpc.RpcError) as error:
            MarketDataStub(secured).ListInstruments(wire.ListInstrumentsRequest(), timeout=10)
        assert error.value.code() is UNAUTHENTICATED
        assert reason_of(error.value) == "CERTIFICATE_NOT_MAPPED"


def test_a_living_stream_ends_with_its_client_certificate(start, tmp_path):
    authority = Authority(tmp_path / "authority")
    server, bot = authority.issue("server"), authority.issue("bot")
    rules = [{"commonName": "*", "roles": ["viewer"], "topics": ["tick:**"]}]
    with start("--tls-certificate", str(server.certificate), "--tls-key", str(server.key),
               "--tls-client-ca", str(authority.certificate), tls=authority.client(bot),
               mode="mtls", certificates=rules, expiryGrace=0) as gateway:
        brief = authority.issue_for("brief", 4)
        with grpc.secure_channel(
                gateway.address.replace("127.0.0.1", "localhost"), grpc.ssl_channel_credentials(
                    authority.certificate.read_bytes(), brief.key.read_bytes(),
                    brief.certificate.read_bytes())) as channel:
            call = MarketDataStub(channel).Subscribe(
                wire.SubscribeRequest(topics=[TICK]), timeout=20)
            with pytest.raises(grpc.RpcError) as error:
                for _ in call:
                    pass
            assert error.value.code() is UNAUTHENTICATED
            assert reason_of(error.value) == "CERTIFICATE_EXPIRED"
            # A new call on the old connection is no way round it.
            with pytest.raises(grpc.RpcError) as error:
                MarketDataStub(channel).ListInstruments(
                    wire.ListInstrumentsRequest(), timeout=10)
            assert error.value.code() in (UNAUTHENTICATED, grpc.StatusCode.UNAVAILABLE)


# Configuration


def test_no_authentication_is_for_loopback_unless_forced():
    ended = run("serve", "--check", "--listen", "0.0.0.0:7400")
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert "0.0.0.0:7400" in line and "--auth-force-none" in line and "--auth token" in line
    assert run("serve", "--check", "--listen", "0.0.0.0:7400", "--auth-force-none").returncode == 0
    assert run("serve", "--check", "--listen", "127.8.9.1:7400").returncode == 0
    assert run("serve", "--check", "--listen", "[::1]:7400").returncode == 0
    assert run("serve", "--check", "--listen", "[::]:7400").returncode == 2


WRONG_SECTIONS = [
    ({"mode": "magic"}, "magic"),
    ({"wings": 2}, "wings"),
    ({"mode": "token"}, "--auth-tokens"),
    ({"mode": "jwt"}, "--auth-jwks"),
    ({"mode": "mtls"}, "auth.certificates"),
    ({"mode": "token", "tokensFile": "nowhere.json"}, "nowhere.json"),
    ({"mode": "jwt", "jwksFile": "nowhere.json"}, "nowhere.json"),
    ({"jwksFile": "nowhere.json"}, "--auth jwt"),
    ({"tokensFile": "nowhere.json"}, "--auth token"),
    ({"algorithms": ["HS512"]}, "HS512"),
    ({"algorithms": []}, "algorithm"),
    ({"roles": ["king"]}, "king"),
    ({"topics": ["tick::"]}, "tick::"),
    ({"clockSkew": -1}, "clockSkew"),
    ({"expiryGrace": 86_401}, "expiryGrace"),
    ({"certificates": [{"roles": []}]}, "certificates[0]"),
    ({"certificates": [{"commonName": "x", "roles": ["king"]}]}, "king"),
    ({"certificates": [{"commonName": "x", "wings": 2}]}, "wings"),
]


@pytest.mark.parametrize("section, named", WRONG_SECTIONS, ids=str)
def test_what_cannot_be_configured_is_one_clear_line(section, named, tmp_path):
    path = tmp_path / "config.json5"
    path.write_text(json.dumps({"auth": section}))
    ended = run("serve", "--check", "--config", str(path))
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert named in line, line


@pytest.mark.parametrize("flag, entry, named", [
    ("--auth-tokens", {"subject": "a", "token": "short", "roles": []}, "16"),
    ("--auth-tokens", {"subject": "a", "token": TOKEN, "roles": ["king"]}, "king"),
])
def test_a_bad_file_of_tokens_is_named_without_the_token(flag, entry, named, tmp_path):
    path = tokens_file(tmp_path / "tokens.json", entry)
    ended = run("serve", "--check", "--auth", "token", flag, str(path))
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert named in line and str(path) in line and "tokens[0]" in line
    assert entry["token"] not in line


def test_client_certificates_need_rules_and_an_authority(tmp_path):
    authority = Authority(tmp_path / "authority")
    server = authority.issue("server")
    secured = ["--tls-certificate", str(server.certificate), "--tls-key", str(server.key)]
    vouched = [*secured, "--tls-client-ca", str(authority.certificate)]
    path = tmp_path / "config.json5"
    for rules, extra, named in [([{"commonName": "bot-*"}], secured, "--tls-client-ca"),
                                ([], vouched, "auth.certificates")]:
        path.write_text(json.dumps({"auth": {"mode": "mtls", "certificates": rules}}))
        ended = run("serve", "--check", "--config", str(path), *extra)
        assert ended.returncode == 2
        assert named in ended.stderr
    path.write_text(json.dumps({"auth": {"mode": "mtls", "certificates": [
        {"commonName": "bot-*", "roles": ["viewer"], "topics": ["tick:**"]}]}}))
    assert run("serve", "--check", "--config", str(path), *vouched).returncode == 0


def test_files_are_named_relative_to_the_configuration(issuer, tmp_path):
    issuer.write(tmp_path / "keys.json")
    path = tmp_path / "config.json5"
    path.write_text(json.dumps({"auth": {"mode": "jwt", "jwksFile": "keys.json"}}))
    assert run("serve", "--check", "--config", str(path)).returncode == 0
