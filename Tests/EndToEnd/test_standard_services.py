"""The services that every gRPC server offers, asked with grpc's own clients: health, reflection and
channelz; and that they tell the truth about the feeds."""

from __future__ import annotations

import ipaddress
import threading
import time

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_channelz.v1 import channelz_pb2, channelz_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from penstock.v1 import market_data_pb2, market_data_pb2_grpc
from processes import Gateway, Simulator, free_port, wait_until

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
READY = channelz_pb2.ChannelConnectivityState.READY
MARKET_DATA = "penstock.v1.MarketData"
CHANGE_SECONDS = 20.0
OWN_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]


@pytest.fixture
def channel(market):
    with grpc.insecure_channel(market.address) as channel:
        yield channel


@pytest.fixture
def channelz(channel):
    return channelz_pb2_grpc.ChannelzStub(channel)


class Watch:
    """Every status of one service, as Watch tells it, on a thread of its own."""

    def __init__(self, channel: grpc.Channel, service: str) -> None:
        self.statuses: list[int] = []
        self._changed = threading.Condition()
        request = health_pb2.HealthCheckRequest(service=service)
        self._call = health_pb2_grpc.HealthStub(channel).Watch(request)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for answer in self._call:
                with self._changed:
                    self.statuses.append(answer.status)
                    self._changed.notify_all()
        except grpc.RpcError:
            pass

    def wait_for(self, statuses: list[int]) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: len(self.statuses) >= len(statuses), timeout=CHANGE_SECONDS)
            assert self.statuses == statuses

    def cancel(self) -> None:
        self._call.cancel()
        self._thread.join(5)


def check(channel: grpc.Channel, service: str) -> int:
    request = health_pb2.HealthCheckRequest(service=service)
    return health_pb2_grpc.HealthStub(channel).Check(request, timeout=10).status


def statuses(channel: grpc.Channel) -> dict[str, int]:
    answer = health_pb2_grpc.HealthStub(channel).List(health_pb2.HealthListRequest(), timeout=10)
    return {name: each.status for name, each in answer.statuses.items()}


# Health


def test_health_follows_a_feed_that_is_cut_and_comes_back():
    address = f"127.0.0.1:{free_port()}"
    services = ["", MARKET_DATA, "venue:binance"]
    simulator = Simulator(address=address)
    with Gateway(
        {"binance": f"{address}/binance"}, "--instruments", "BTC/USDT",
    ) as gateway, grpc.insecure_channel(gateway.address) as channel:
        gateway.wait_until_serving()
        watches = [Watch(channel, service) for service in services]
        stranger = Watch(channel, "venue:nobody")
        try:
            for watch in watches:
                watch.wait_for([SERVING])
            begin = time.monotonic()
            simulator.kill()
            for watch in watches:
                watch.wait_for([SERVING, NOT_SERVING])
            assert time.monotonic() - begin < 2
            assert gateway.get("/healthz") == (503, "critical: no venue is connected\n")
            assert statuses(channel) == dict.fromkeys(services, NOT_SERVING)
            with Simulator(address=address):
                for watch in watches:
                    watch.wait_for([SERVING, NOT_SERVING, SERVING])
                assert gateway.get("/healthz") == (200, "healthy\n")
                assert [check(channel, service) for service in services] == [SERVING] * 3
                assert statuses(channel) == dict.fromkeys(services, SERVING)
                stranger.wait_for([UNKNOWN])
        finally:
            for watch in [*watches, stranger]:
                watch.cancel()


def test_one_venue_of_two_is_enough_to_serve():
    with Simulator() as simulator, Gateway(
        {"binance": f"{simulator.address}/binance",
         "binance_us": f"127.0.0.1:{free_port()}/binance_us"},
        "--instruments", "BTC/USDT",
    ) as gateway, grpc.insecure_channel(gateway.address) as channel:
        gateway.wait_until_serving()
        assert gateway.get("/healthz") == (200, "degraded: not every venue is connected\n")
        assert statuses(channel) == {
            "": SERVING, MARKET_DATA: SERVING, "venue:binance": SERVING,
            "venue:binance_us": NOT_SERVING}


def test_a_gateway_that_is_asked_for_nothing_serves():
    with Gateway({"binance": f"127.0.0.1:{free_port()}/binance"}) as gateway:
        assert gateway.get("/healthz")[0] == 200


def test_a_shutdown_is_told_to_every_watcher():
    with Simulator() as simulator, Gateway(
        {"binance": f"{simulator.address}/binance"}, "--instruments", "BTC/USDT",
    ) as gateway, grpc.insecure_channel(gateway.address) as own:
        gateway.wait_until_serving()
        watches = [Watch(own, service) for service in ("", MARKET_DATA, "venue:binance")]
        for watch in watches:
            watch.wait_for([SERVING])
        gateway.stop()
        for watch in watches:
            watch.wait_for([SERVING, NOT_SERVING])


# Reflection


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_reflection_lists_every_service_with_every_message(channel, version):
    if version == "v1":
        module = pytest.importorskip("grpc_reflection.v1alpha.reflection_pb2")
        call = channel.stream_stream(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            request_serializer=module.ServerReflectionRequest.SerializeToString,
            response_deserializer=module.ServerReflectionResponse.FromString)
        database = ProtoReflectionDescriptorDatabase(channel)
        database._stub.ServerReflectionInfo = call
    else:
        database = ProtoReflectionDescriptorDatabase(channel)
    names = sorted(database.get_services())
    assert names == [
        "grpc.channelz.v1.Channelz", "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
        MARKET_DATA]
    pool = DescriptorPool(database)
    for name in names:
        service = pool.FindServiceByName(name)
        assert service.methods
        for method in service.methods:
            for message in (method.input_type, method.output_type):
                assert GetMessageClass(message)().SerializeToString() == b""
    numbers = database.FindAllExtensionNumbers("google.protobuf.FieldOptions")
    assert list(numbers) == [50100, 50101]
    assert list(database.FindAllExtensionNumbers("google.protobuf.MessageOptions")) == [50102]


def test_the_reflected_well_known_types_are_the_original_ones(channel):
    """So that a client may put them beside its own."""
    from google.protobuf import any_pb2, duration_pb2, timestamp_pb2, wrappers_pb2

    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    for module in (any_pb2, duration_pb2, timestamp_pb2, wrappers_pb2):
        ours = pool.FindFileByName(module.DESCRIPTOR.name)
        for name, original in module.DESCRIPTOR.message_types_by_name.items():
            found = ours.message_types_by_name[name]
            assert [(each.name, each.number, each.type) for each in found.fields] == [
                (each.name, each.number, each.type) for each in original.fields]


@pytest.mark.parametrize("module", [channelz_pb2, health_pb2])
def test_reflected_services_are_wire_compatible_with_grpcs_own(channel, module):
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))

    def compare(ours, original) -> None:
        fields = original.fields_by_number
        for each in ours.fields:
            other = fields[each.number]
            assert (each.name, each.type, each.is_repeated) == (
                other.name, other.type, other.is_repeated)
        for nested in ours.nested_types:
            compare(nested, original.nested_types_by_name[nested.name])

    for name, original in module.DESCRIPTOR.message_types_by_name.items():
        compare(pool.FindMessageTypeByName(original.full_name), original)
    for service in module.DESCRIPTOR.services_by_name.values():
        ours = pool.FindServiceByName(service.full_name)
        assert {method.name for method in ours.methods} == {
            method.name for method in service.methods}


# Channelz


def the_server(channelz):
    answer = channelz.GetServers(channelz_pb2.GetServersRequest(), timeout=10)
    assert answer.end
    [server] = answer.server
    return server


def socket_numbers(channelz, server_id: int) -> list[int]:
    answer = channelz.GetServerSockets(
        channelz_pb2.GetServerSocketsRequest(server_id=server_id), timeout=10)
    assert answer.end
    return [each.socket_id for each in answer.socket_ref]


def sockets(channelz, server_id: int) -> list:
    return [
        channelz.GetSocket(channelz_pb2.GetSocketRequest(socket_id=number), timeout=10).socket
        for number in socket_numbers(channelz, server_id)]


def test_channelz_counts_the_calls_of_the_server(channel, channelz):
    before = the_server(channelz).data
    check(channel, "")
    with pytest.raises(grpc.RpcError):
        check(channel, "venue:nobody")
    after = the_server(channelz).data
    # The first look is over when the second one begins, and is counted with it.
    assert after.calls_started - before.calls_started == 3
    assert after.calls_succeeded - before.calls_succeeded == 2
    assert after.calls_failed - before.calls_failed == 1
    assert abs(after.last_call_started_timestamp.ToSeconds() - time.time()) < 5
    assert after.trace.creation_timestamp.ToSeconds() <= time.time()


def test_channelz_shows_what_a_connection_did(market, channelz):
    server = the_server(channelz)
    with grpc.insecure_channel(market.address, options=OWN_CONNECTION) as own:
        stub = market_data_pb2_grpc.MarketDataStub(own)
        call = stub.Subscribe(market_data_pb2.SubscribeRequest(
            topics=["tick:binance:BTC/USDT", "trade:binance:BTC/USDT"]))
        for _ in range(20):
            next(call)
        [socket] = [each for each in sockets(channelz, server.ref.server_id)
                    if each.data.messages_sent >= 20 and each.data.streams_started == 1]
        data = socket.data
        assert data.streams_started == 1 and data.messages_received == 1
        assert data.streams_failed == data.streams_succeeded == 0
        now = time.time()
        for stamp in (data.last_message_sent_timestamp, data.last_message_received_timestamp,
                      data.last_remote_stream_created_timestamp):
            assert now - 30 < stamp.ToNanoseconds() / 1e9 <= now + 1
        assert not data.HasField("last_local_stream_created_timestamp")
        assert data.local_flow_control_window.value > 0
        assert data.remote_flow_control_window.value >= 65535
        options = {option.name: option for option in data.option}
        assert options["TCP_NODELAY"].value == "1"
        information = channelz_pb2.SocketOptionTcpInfo()
        assert options["TCP_INFO"].additional.Unpack(information)
        assert information.tcpi_snd_mss > 0
        host, _, port = market.address.rpartition(":")
        assert socket.local.tcpip_address.ip_address == ipaddress.ip_address(host).packed
        assert socket.local.tcpip_address.port == int(port)
        assert socket.remote.tcpip_address.ip_address == ipaddress.ip_address("127.0.0.1").packed
        assert socket.ref.name == f"127.0.0.1:{socket.remote.tcpip_address.port}"
        summary = channelz.GetSocket(channelz_pb2.GetSocketRequest(
            socket_id=socket.ref.socket_id, summary=True), timeout=10).socket
        assert not summary.data.option and summary.data.streams_started == 1
    wait_until(
        lambda: socket.ref.socket_id not in socket_numbers(channelz, server.ref.server_id),
        5, "the socket to be gone")


class Counter:
    """Counts the messages of one Subscribe call on a connection of its own."""

    def __init__(self, address: str, request: market_data_pb2.SubscribeRequest) -> None:
        self.count = 0
        self.first = None
        self._channel = grpc.insecure_channel(address, options=OWN_CONNECTION)
        self._call = market_data_pb2_grpc.MarketDataStub(self._channel).Subscribe(request)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for update in self._call:
                self.count += 1
                if self.first is None and update.HasField("trade"):
                    self.first = update
        except grpc.RpcError:
            pass

    def close(self) -> None:
        self._call.cancel()
        self._thread.join(5)
        self._channel.close()


def test_channelz_counts_every_message_that_a_client_got():
    trades = "trade:binance:BTC/USDT"
    simulator = Simulator(seed=3)
    counters = []
    with Gateway({"binance": f"{simulator.address}/binance"}) as gateway, \
            grpc.insecure_channel(gateway.address) as channel:
        channelz = channelz_pb2_grpc.ChannelzStub(channel)
        server_id = the_server(channelz).ref.server_id

        def sent() -> list[int]:
            return sorted(each.data.messages_sent for each in sockets(channelz, server_id)
                          if each.data.streams_started == 1)

        try:
            counters.append(Counter(gateway.address, market_data_pb2.SubscribeRequest(
                topics=[trades, "book:binance:BTC/USDT", "tick:binance:ETH/USDT"])))
            wait_until(lambda: counters[0].count > 100, 30, "a hundred updates")
            first = counters[0].first
            # What the second one missed comes in few frames with many messages.
            counters.append(Counter(gateway.address, market_data_pb2.SubscribeRequest(
                topics=[trades], resume=[market_data_pb2.Position(
                    topic=trades, epoch=first.epoch, sequence=first.sequence)])))
            wait_until(lambda: counters[1].count > 10, 30, "the trades missed")
            simulator.kill()
            wait_until(
                lambda: sent() == sorted(each.count for each in counters), 10,
                "the server and the clients to count the same")
        finally:
            for each in counters:
                each.close()


def test_channelz_pages_through_sockets(market, channelz):
    server_id = the_server(channelz).ref.server_id
    extra = [grpc.insecure_channel(market.address, options=OWN_CONNECTION) for _ in range(4)]
    try:
        for each in extra:
            assert check(each, "") == SERVING
        seen, start, pages = [], 0, 0
        while True:
            answer = channelz.GetServerSockets(channelz_pb2.GetServerSocketsRequest(
                server_id=server_id, start_socket_id=start, max_results=2), timeout=10)
            page = [each.socket_id for each in answer.socket_ref]
            assert len(page) <= 2 and (page or answer.end)
            seen += page
            pages += 1
            if answer.end:
                break
            start = page[-1] + 1
        assert seen == sorted(set(seen)) and len(seen) >= 5 and pages >= 3
        # Exactly full is the end.
        answer = channelz.GetServerSockets(channelz_pb2.GetServerSocketsRequest(
            server_id=server_id, start_socket_id=seen[-2], max_results=2), timeout=10)
        assert [each.socket_id for each in answer.socket_ref] == seen[-2:] and answer.end
    finally:
        for each in extra:
            each.close()


def test_channelz_shows_the_feed_as_a_channel(market, channelz):
    market.wait_until_serving()
    answer = channelz.GetTopChannels(channelz_pb2.GetTopChannelsRequest(), timeout=10)
    assert answer.end
    [channel] = answer.channel
    assert channel.ref.name == "venue:binance"
    assert channel.data.target.startswith("ws://127.0.0.1:")
    assert channel.data.state.state == READY
    assert channel.data.calls_started >= channel.data.calls_succeeded >= 1
    assert [event.description for event in channel.data.trace.events] == ["connecting", "ready"]
    again = channelz.GetChannel(
        channelz_pb2.GetChannelRequest(channel_id=channel.ref.channel_id), timeout=10).channel
    assert again.ref == channel.ref and again.socket_ref == channel.socket_ref
    [reference] = channel.socket_ref
    socket = channelz.GetSocket(
        channelz_pb2.GetSocketRequest(socket_id=reference.socket_id), timeout=10).socket
    assert socket.data.messages_received > 0 and socket.data.messages_sent >= 1
    assert socket.remote_name == channel.data.target
    assert socket.remote.tcpip_address.port and socket.local.tcpip_address.port


def test_channelz_shows_the_listener(market, channelz):
    server = the_server(channelz)
    assert server.ref.name == market.address
    again = channelz.GetServer(
        channelz_pb2.GetServerRequest(server_id=server.ref.server_id), timeout=10).server
    assert again.ref == server.ref
    [reference] = server.listen_socket
    socket = channelz.GetSocket(
        channelz_pb2.GetSocketRequest(socket_id=reference.socket_id), timeout=10).socket
    assert socket.local.tcpip_address.port == int(market.address.rpartition(":")[2])
    assert not socket.HasField("remote")


@pytest.mark.parametrize(("method", "request_", "code"), [
    ("GetServer", channelz_pb2.GetServerRequest(server_id=999_999), "NOT_FOUND"),
    ("GetServerSockets", channelz_pb2.GetServerSocketsRequest(server_id=999_999), "NOT_FOUND"),
    ("GetChannel", channelz_pb2.GetChannelRequest(channel_id=999_999), "NOT_FOUND"),
    ("GetSubchannel", channelz_pb2.GetSubchannelRequest(subchannel_id=1), "NOT_FOUND"),
    ("GetSocket", channelz_pb2.GetSocketRequest(), "NOT_FOUND"),
    ("GetServers", channelz_pb2.GetServersRequest(start_server_id=-1), "INVALID_ARGUMENT"),
    ("GetTopChannels", channelz_pb2.GetTopChannelsRequest(max_results=-1), "INVALID_ARGUMENT"),
])
def test_channelz_says_what_does_not_exist(channelz, method, request_, code):
    with pytest.raises(grpc.RpcError) as refused:
        getattr(channelz, method)(request_, timeout=10)
    assert refused.value.code().name == code
