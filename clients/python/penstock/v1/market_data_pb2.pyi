from penstock.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATUS_UNSPECIFIED: _ClassVar[Status]
    STATUS_LIVE: _ClassVar[Status]
    STATUS_STALE: _ClassVar[Status]
    STATUS_RESYNCING: _ClassVar[Status]

class Side(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIDE_UNSPECIFIED: _ClassVar[Side]
    SIDE_BUY: _ClassVar[Side]
    SIDE_SELL: _ClassVar[Side]

class Start(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    START_UNSPECIFIED: _ClassVar[Start]
    START_LATEST: _ClassVar[Start]
    START_LIVE: _ClassVar[Start]

class Overflow(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OVERFLOW_UNSPECIFIED: _ClassVar[Overflow]
    OVERFLOW_CONFLATE: _ClassVar[Overflow]
    OVERFLOW_GAP: _ClassVar[Overflow]
    OVERFLOW_CLOSE: _ClassVar[Overflow]
STATUS_UNSPECIFIED: Status
STATUS_LIVE: Status
STATUS_STALE: Status
STATUS_RESYNCING: Status
SIDE_UNSPECIFIED: Side
SIDE_BUY: Side
SIDE_SELL: Side
START_UNSPECIFIED: Start
START_LATEST: Start
START_LIVE: Start
OVERFLOW_UNSPECIFIED: Overflow
OVERFLOW_CONFLATE: Overflow
OVERFLOW_GAP: Overflow
OVERFLOW_CLOSE: Overflow

class Position(_message.Message):
    __slots__ = ("topic", "epoch", "sequence")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    topic: str
    epoch: int
    sequence: int
    def __init__(self, topic: _Optional[str] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ...) -> None: ...

class SubscribeRequest(_message.Message):
    __slots__ = ("topics", "resume", "filter", "from_sequence", "from_time", "from_count")
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FROM_TIME_FIELD_NUMBER: _ClassVar[int]
    FROM_COUNT_FIELD_NUMBER: _ClassVar[int]
    topics: _containers.RepeatedScalarFieldContainer[str]
    resume: _containers.RepeatedCompositeFieldContainer[Position]
    filter: str
    from_sequence: int
    from_time: int
    from_count: int
    def __init__(self, topics: _Optional[_Iterable[str]] = ..., resume: _Optional[_Iterable[_Union[Position, _Mapping]]] = ..., filter: _Optional[str] = ..., from_sequence: _Optional[int] = ..., from_time: _Optional[int] = ..., from_count: _Optional[int] = ...) -> None: ...

class Subscribed(_message.Message):
    __slots__ = ("accepted", "rejected")
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    accepted: _containers.RepeatedCompositeFieldContainer[AcceptedTopic]
    rejected: _containers.RepeatedCompositeFieldContainer[RejectedTopic]
    def __init__(self, accepted: _Optional[_Iterable[_Union[AcceptedTopic, _Mapping]]] = ..., rejected: _Optional[_Iterable[_Union[RejectedTopic, _Mapping]]] = ...) -> None: ...

class AcceptedTopic(_message.Message):
    __slots__ = ("name", "number", "epoch", "sequence", "status", "resumed", "start_sequence")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    RESUMED_FIELD_NUMBER: _ClassVar[int]
    START_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    epoch: int
    sequence: int
    status: Status
    resumed: bool
    start_sequence: int
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., status: _Optional[_Union[Status, str]] = ..., resumed: _Optional[bool] = ..., start_sequence: _Optional[int] = ...) -> None: ...

class RejectedTopic(_message.Message):
    __slots__ = ("name", "code", "message")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    code: int
    message: str
    def __init__(self, name: _Optional[str] = ..., code: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...

class Update(_message.Message):
    __slots__ = ("topic", "epoch", "sequence", "base_sequence", "event_time", "receive_time", "publish_time", "venue_sequence", "status", "tick", "trade", "book", "gap", "subscribed", "rejected", "data", "control")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    BASE_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIVE_TIME_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_TIME_FIELD_NUMBER: _ClassVar[int]
    VENUE_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    TRADE_FIELD_NUMBER: _ClassVar[int]
    BOOK_FIELD_NUMBER: _ClassVar[int]
    GAP_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    CONTROL_FIELD_NUMBER: _ClassVar[int]
    topic: int
    epoch: int
    sequence: int
    base_sequence: int
    event_time: int
    receive_time: int
    publish_time: int
    venue_sequence: int
    status: Status
    tick: Tick
    trade: Trade
    book: Book
    gap: Gap
    subscribed: Subscribed
    rejected: RejectedTopic
    data: bytes
    control: Control
    def __init__(self, topic: _Optional[int] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., base_sequence: _Optional[int] = ..., event_time: _Optional[int] = ..., receive_time: _Optional[int] = ..., publish_time: _Optional[int] = ..., venue_sequence: _Optional[int] = ..., status: _Optional[_Union[Status, str]] = ..., tick: _Optional[_Union[Tick, _Mapping]] = ..., trade: _Optional[_Union[Trade, _Mapping]] = ..., book: _Optional[_Union[Book, _Mapping]] = ..., gap: _Optional[_Union[Gap, _Mapping]] = ..., subscribed: _Optional[_Union[Subscribed, _Mapping]] = ..., rejected: _Optional[_Union[RejectedTopic, _Mapping]] = ..., data: _Optional[bytes] = ..., control: _Optional[_Union[Control, _Mapping]] = ...) -> None: ...

class Tick(_message.Message):
    __slots__ = ("bid_price", "bid_quantity", "ask_price", "ask_quantity", "price_exponent", "quantity_exponent")
    BID_PRICE_FIELD_NUMBER: _ClassVar[int]
    BID_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    ASK_PRICE_FIELD_NUMBER: _ClassVar[int]
    ASK_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    PRICE_EXPONENT_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_EXPONENT_FIELD_NUMBER: _ClassVar[int]
    bid_price: int
    bid_quantity: int
    ask_price: int
    ask_quantity: int
    price_exponent: int
    quantity_exponent: int
    def __init__(self, bid_price: _Optional[int] = ..., bid_quantity: _Optional[int] = ..., ask_price: _Optional[int] = ..., ask_quantity: _Optional[int] = ..., price_exponent: _Optional[int] = ..., quantity_exponent: _Optional[int] = ...) -> None: ...

class Trade(_message.Message):
    __slots__ = ("price", "quantity", "id", "side", "price_exponent", "quantity_exponent", "first_id", "last_id")
    PRICE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    PRICE_EXPONENT_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_EXPONENT_FIELD_NUMBER: _ClassVar[int]
    FIRST_ID_FIELD_NUMBER: _ClassVar[int]
    LAST_ID_FIELD_NUMBER: _ClassVar[int]
    price: int
    quantity: int
    id: int
    side: Side
    price_exponent: int
    quantity_exponent: int
    first_id: int
    last_id: int
    def __init__(self, price: _Optional[int] = ..., quantity: _Optional[int] = ..., id: _Optional[int] = ..., side: _Optional[_Union[Side, str]] = ..., price_exponent: _Optional[int] = ..., quantity_exponent: _Optional[int] = ..., first_id: _Optional[int] = ..., last_id: _Optional[int] = ...) -> None: ...

class Book(_message.Message):
    __slots__ = ("bids", "asks")
    BIDS_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    bids: BookSide
    asks: BookSide
    def __init__(self, bids: _Optional[_Union[BookSide, _Mapping]] = ..., asks: _Optional[_Union[BookSide, _Mapping]] = ...) -> None: ...

class BookSide(_message.Message):
    __slots__ = ("prices", "quantities", "price_exponent", "quantity_exponent")
    PRICES_FIELD_NUMBER: _ClassVar[int]
    QUANTITIES_FIELD_NUMBER: _ClassVar[int]
    PRICE_EXPONENT_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_EXPONENT_FIELD_NUMBER: _ClassVar[int]
    prices: _containers.RepeatedScalarFieldContainer[int]
    quantities: _containers.RepeatedScalarFieldContainer[int]
    price_exponent: int
    quantity_exponent: int
    def __init__(self, prices: _Optional[_Iterable[int]] = ..., quantities: _Optional[_Iterable[int]] = ..., price_exponent: _Optional[int] = ..., quantity_exponent: _Optional[int] = ...) -> None: ...

class Gap(_message.Message):
    __slots__ = ("reason", "from_sequence", "to_sequence", "from_id", "to_id")
    class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        REASON_UNSPECIFIED: _ClassVar[Gap.Reason]
        REASON_VENUE_LOSS: _ClassVar[Gap.Reason]
        REASON_EXPIRED: _ClassVar[Gap.Reason]
        REASON_NEW_EPOCH: _ClassVar[Gap.Reason]
    REASON_UNSPECIFIED: Gap.Reason
    REASON_VENUE_LOSS: Gap.Reason
    REASON_EXPIRED: Gap.Reason
    REASON_NEW_EPOCH: Gap.Reason
    REASON_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TO_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FROM_ID_FIELD_NUMBER: _ClassVar[int]
    TO_ID_FIELD_NUMBER: _ClassVar[int]
    reason: Gap.Reason
    from_sequence: int
    to_sequence: int
    from_id: int
    to_id: int
    def __init__(self, reason: _Optional[_Union[Gap.Reason, str]] = ..., from_sequence: _Optional[int] = ..., to_sequence: _Optional[int] = ..., from_id: _Optional[int] = ..., to_id: _Optional[int] = ...) -> None: ...

class GetSnapshotRequest(_message.Message):
    __slots__ = ("topics",)
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    topics: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, topics: _Optional[_Iterable[str]] = ...) -> None: ...

class GetSnapshotResponse(_message.Message):
    __slots__ = ("subscribed", "snapshots")
    SUBSCRIBED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOTS_FIELD_NUMBER: _ClassVar[int]
    subscribed: Subscribed
    snapshots: _containers.RepeatedCompositeFieldContainer[Update]
    def __init__(self, subscribed: _Optional[_Union[Subscribed, _Mapping]] = ..., snapshots: _Optional[_Iterable[_Union[Update, _Mapping]]] = ...) -> None: ...

class GetHistoryRequest(_message.Message):
    __slots__ = ("topic", "epoch", "from_sequence", "from_time", "last", "to_sequence", "to_time", "max_events", "max_bytes")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FROM_TIME_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    TO_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TO_TIME_FIELD_NUMBER: _ClassVar[int]
    MAX_EVENTS_FIELD_NUMBER: _ClassVar[int]
    MAX_BYTES_FIELD_NUMBER: _ClassVar[int]
    topic: str
    epoch: int
    from_sequence: int
    from_time: int
    last: int
    to_sequence: int
    to_time: int
    max_events: int
    max_bytes: int
    def __init__(self, topic: _Optional[str] = ..., epoch: _Optional[int] = ..., from_sequence: _Optional[int] = ..., from_time: _Optional[int] = ..., last: _Optional[int] = ..., to_sequence: _Optional[int] = ..., to_time: _Optional[int] = ..., max_events: _Optional[int] = ..., max_bytes: _Optional[int] = ...) -> None: ...

class GetHistoryResponse(_message.Message):
    __slots__ = ("events", "epoch", "next_sequence", "gone", "first_sequence", "last_sequence")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    NEXT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    GONE_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[Update]
    epoch: int
    next_sequence: int
    gone: Gap
    first_sequence: int
    last_sequence: int
    def __init__(self, events: _Optional[_Iterable[_Union[Update, _Mapping]]] = ..., epoch: _Optional[int] = ..., next_sequence: _Optional[int] = ..., gone: _Optional[_Union[Gap, _Mapping]] = ..., first_sequence: _Optional[int] = ..., last_sequence: _Optional[int] = ...) -> None: ...

class GetReplayInfoRequest(_message.Message):
    __slots__ = ("topics",)
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    topics: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, topics: _Optional[_Iterable[str]] = ...) -> None: ...

class GetReplayInfoResponse(_message.Message):
    __slots__ = ("topics", "rejected")
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    topics: _containers.RepeatedCompositeFieldContainer[ReplayInfo]
    rejected: _containers.RepeatedCompositeFieldContainer[RejectedTopic]
    def __init__(self, topics: _Optional[_Iterable[_Union[ReplayInfo, _Mapping]]] = ..., rejected: _Optional[_Iterable[_Union[RejectedTopic, _Mapping]]] = ...) -> None: ...

class ReplayInfo(_message.Message):
    __slots__ = ("name", "epoch", "first_sequence", "last_sequence", "first_time", "last_time", "events", "bytes", "events_max")
    NAME_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FIRST_TIME_FIELD_NUMBER: _ClassVar[int]
    LAST_TIME_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    EVENTS_MAX_FIELD_NUMBER: _ClassVar[int]
    name: str
    epoch: int
    first_sequence: int
    last_sequence: int
    first_time: int
    last_time: int
    events: int
    bytes: int
    events_max: int
    def __init__(self, name: _Optional[str] = ..., epoch: _Optional[int] = ..., first_sequence: _Optional[int] = ..., last_sequence: _Optional[int] = ..., first_time: _Optional[int] = ..., last_time: _Optional[int] = ..., events: _Optional[int] = ..., bytes: _Optional[int] = ..., events_max: _Optional[int] = ...) -> None: ...

class ListInstrumentsRequest(_message.Message):
    __slots__ = ("venue",)
    VENUE_FIELD_NUMBER: _ClassVar[int]
    venue: str
    def __init__(self, venue: _Optional[str] = ...) -> None: ...

class ListInstrumentsResponse(_message.Message):
    __slots__ = ("instruments",)
    INSTRUMENTS_FIELD_NUMBER: _ClassVar[int]
    instruments: _containers.RepeatedCompositeFieldContainer[Instrument]
    def __init__(self, instruments: _Optional[_Iterable[_Union[Instrument, _Mapping]]] = ...) -> None: ...

class Instrument(_message.Message):
    __slots__ = ("venue", "symbol", "venue_symbol", "base_asset", "quote_asset", "trading")
    VENUE_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    VENUE_SYMBOL_FIELD_NUMBER: _ClassVar[int]
    BASE_ASSET_FIELD_NUMBER: _ClassVar[int]
    QUOTE_ASSET_FIELD_NUMBER: _ClassVar[int]
    TRADING_FIELD_NUMBER: _ClassVar[int]
    venue: str
    symbol: str
    venue_symbol: str
    base_asset: str
    quote_asset: str
    trading: bool
    def __init__(self, venue: _Optional[str] = ..., symbol: _Optional[str] = ..., venue_symbol: _Optional[str] = ..., base_asset: _Optional[str] = ..., quote_asset: _Optional[str] = ..., trading: _Optional[bool] = ...) -> None: ...

class SessionRequest(_message.Message):
    __slots__ = ("hello", "subscribe", "update", "unsubscribe", "ack", "auth_refresh", "ping", "check")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    UNSUBSCRIBE_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    AUTH_REFRESH_FIELD_NUMBER: _ClassVar[int]
    PING_FIELD_NUMBER: _ClassVar[int]
    CHECK_FIELD_NUMBER: _ClassVar[int]
    hello: Hello
    subscribe: SubscribeTopics
    update: UpdateSubscription
    unsubscribe: Unsubscribe
    ack: Ack
    auth_refresh: AuthRefresh
    ping: Ping
    check: CheckState
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., subscribe: _Optional[_Union[SubscribeTopics, _Mapping]] = ..., update: _Optional[_Union[UpdateSubscription, _Mapping]] = ..., unsubscribe: _Optional[_Union[Unsubscribe, _Mapping]] = ..., ack: _Optional[_Union[Ack, _Mapping]] = ..., auth_refresh: _Optional[_Union[AuthRefresh, _Mapping]] = ..., ping: _Optional[_Union[Ping, _Mapping]] = ..., check: _Optional[_Union[CheckState, _Mapping]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("protocol", "client", "heartbeat_milliseconds", "resume_token")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    protocol: int
    client: str
    heartbeat_milliseconds: int
    resume_token: bytes
    def __init__(self, protocol: _Optional[int] = ..., client: _Optional[str] = ..., heartbeat_milliseconds: _Optional[int] = ..., resume_token: _Optional[bytes] = ...) -> None: ...

class SubscribeTopics(_message.Message):
    __slots__ = ("id", "topics", "fields", "rate", "start", "positions", "overflow", "filter", "from_sequence", "from_time", "from_count")
    ID_FIELD_NUMBER: _ClassVar[int]
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    OVERFLOW_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FROM_TIME_FIELD_NUMBER: _ClassVar[int]
    FROM_COUNT_FIELD_NUMBER: _ClassVar[int]
    id: int
    topics: _containers.RepeatedScalarFieldContainer[str]
    fields: _containers.RepeatedScalarFieldContainer[str]
    rate: Rate
    start: Start
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    overflow: Overflow
    filter: str
    from_sequence: int
    from_time: int
    from_count: int
    def __init__(self, id: _Optional[int] = ..., topics: _Optional[_Iterable[str]] = ..., fields: _Optional[_Iterable[str]] = ..., rate: _Optional[_Union[Rate, _Mapping]] = ..., start: _Optional[_Union[Start, str]] = ..., positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ..., overflow: _Optional[_Union[Overflow, str]] = ..., filter: _Optional[str] = ..., from_sequence: _Optional[int] = ..., from_time: _Optional[int] = ..., from_count: _Optional[int] = ...) -> None: ...

class Rate(_message.Message):
    __slots__ = ("preset", "min_interval_milliseconds", "updates_per_second", "burst")
    class Preset(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PRESET_UNSPECIFIED: _ClassVar[Rate.Preset]
        PRESET_RAW: _ClassVar[Rate.Preset]
        PRESET_UI: _ClassVar[Rate.Preset]
        PRESET_BACKBONE: _ClassVar[Rate.Preset]
        PRESET_PRO: _ClassVar[Rate.Preset]
        PRESET_LOW_BANDWIDTH: _ClassVar[Rate.Preset]
    PRESET_UNSPECIFIED: Rate.Preset
    PRESET_RAW: Rate.Preset
    PRESET_UI: Rate.Preset
    PRESET_BACKBONE: Rate.Preset
    PRESET_PRO: Rate.Preset
    PRESET_LOW_BANDWIDTH: Rate.Preset
    PRESET_FIELD_NUMBER: _ClassVar[int]
    MIN_INTERVAL_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    UPDATES_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    BURST_FIELD_NUMBER: _ClassVar[int]
    preset: Rate.Preset
    min_interval_milliseconds: int
    updates_per_second: int
    burst: int
    def __init__(self, preset: _Optional[_Union[Rate.Preset, str]] = ..., min_interval_milliseconds: _Optional[int] = ..., updates_per_second: _Optional[int] = ..., burst: _Optional[int] = ...) -> None: ...

class UpdateSubscription(_message.Message):
    __slots__ = ("id", "fields", "rate", "overflow", "filter")
    ID_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    OVERFLOW_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    id: int
    fields: _containers.RepeatedScalarFieldContainer[str]
    rate: Rate
    overflow: Overflow
    filter: str
    def __init__(self, id: _Optional[int] = ..., fields: _Optional[_Iterable[str]] = ..., rate: _Optional[_Union[Rate, _Mapping]] = ..., overflow: _Optional[_Union[Overflow, str]] = ..., filter: _Optional[str] = ...) -> None: ...

class Unsubscribe(_message.Message):
    __slots__ = ("id", "topics")
    ID_FIELD_NUMBER: _ClassVar[int]
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    id: int
    topics: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[int] = ..., topics: _Optional[_Iterable[str]] = ...) -> None: ...

class Ack(_message.Message):
    __slots__ = ("positions",)
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    def __init__(self, positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ...) -> None: ...

class AuthRefresh(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    def __init__(self, token: _Optional[str] = ...) -> None: ...

class CheckState(_message.Message):
    __slots__ = ("id", "topic")
    ID_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    id: int
    topic: str
    def __init__(self, id: _Optional[int] = ..., topic: _Optional[str] = ...) -> None: ...

class Ping(_message.Message):
    __slots__ = ("nonce",)
    NONCE_FIELD_NUMBER: _ClassVar[int]
    nonce: int
    def __init__(self, nonce: _Optional[int] = ...) -> None: ...

class Control(_message.Message):
    __slots__ = ("answers", "welcome", "subscribed", "updated", "unsubscribed", "acknowledged", "refreshed", "pong", "refused", "caught_up", "heartbeat", "closed", "drain", "checked")
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    WELCOME_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBED_FIELD_NUMBER: _ClassVar[int]
    UPDATED_FIELD_NUMBER: _ClassVar[int]
    UNSUBSCRIBED_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    REFRESHED_FIELD_NUMBER: _ClassVar[int]
    PONG_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    CAUGHT_UP_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    answers: int
    welcome: Welcome
    subscribed: SubscriptionAnswer
    updated: SubscriptionAnswer
    unsubscribed: Unsubscribed
    acknowledged: Acknowledged
    refreshed: Refreshed
    pong: Pong
    refused: Refusal
    caught_up: CaughtUp
    heartbeat: Heartbeat
    closed: SubscriptionClosed
    drain: Drain
    checked: StateChecked
    def __init__(self, answers: _Optional[int] = ..., welcome: _Optional[_Union[Welcome, _Mapping]] = ..., subscribed: _Optional[_Union[SubscriptionAnswer, _Mapping]] = ..., updated: _Optional[_Union[SubscriptionAnswer, _Mapping]] = ..., unsubscribed: _Optional[_Union[Unsubscribed, _Mapping]] = ..., acknowledged: _Optional[_Union[Acknowledged, _Mapping]] = ..., refreshed: _Optional[_Union[Refreshed, _Mapping]] = ..., pong: _Optional[_Union[Pong, _Mapping]] = ..., refused: _Optional[_Union[Refusal, _Mapping]] = ..., caught_up: _Optional[_Union[CaughtUp, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., closed: _Optional[_Union[SubscriptionClosed, _Mapping]] = ..., drain: _Optional[_Union[Drain, _Mapping]] = ..., checked: _Optional[_Union[StateChecked, _Mapping]] = ...) -> None: ...

class Welcome(_message.Message):
    __slots__ = ("session", "server", "server_start_time", "protocol", "heartbeat_milliseconds", "limits", "restored", "token_refused")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SERVER_FIELD_NUMBER: _ClassVar[int]
    SERVER_START_TIME_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    RESTORED_FIELD_NUMBER: _ClassVar[int]
    TOKEN_REFUSED_FIELD_NUMBER: _ClassVar[int]
    session: int
    server: int
    server_start_time: int
    protocol: int
    heartbeat_milliseconds: int
    limits: Limits
    restored: _containers.RepeatedCompositeFieldContainer[SubscriptionAnswer]
    token_refused: Refusal
    def __init__(self, session: _Optional[int] = ..., server: _Optional[int] = ..., server_start_time: _Optional[int] = ..., protocol: _Optional[int] = ..., heartbeat_milliseconds: _Optional[int] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., restored: _Optional[_Iterable[_Union[SubscriptionAnswer, _Mapping]]] = ..., token_refused: _Optional[_Union[Refusal, _Mapping]] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ("subscriptions", "topics_per_subscription", "topics", "requests_per_second", "requests_at_once", "request_bytes", "close_lag_updates", "filter_bytes", "filter_terms", "filter_depth", "filter_symbols")
    SUBSCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    TOPICS_PER_SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_AT_ONCE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_BYTES_FIELD_NUMBER: _ClassVar[int]
    CLOSE_LAG_UPDATES_FIELD_NUMBER: _ClassVar[int]
    FILTER_BYTES_FIELD_NUMBER: _ClassVar[int]
    FILTER_TERMS_FIELD_NUMBER: _ClassVar[int]
    FILTER_DEPTH_FIELD_NUMBER: _ClassVar[int]
    FILTER_SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    subscriptions: int
    topics_per_subscription: int
    topics: int
    requests_per_second: int
    requests_at_once: int
    request_bytes: int
    close_lag_updates: int
    filter_bytes: int
    filter_terms: int
    filter_depth: int
    filter_symbols: int
    def __init__(self, subscriptions: _Optional[int] = ..., topics_per_subscription: _Optional[int] = ..., topics: _Optional[int] = ..., requests_per_second: _Optional[int] = ..., requests_at_once: _Optional[int] = ..., request_bytes: _Optional[int] = ..., close_lag_updates: _Optional[int] = ..., filter_bytes: _Optional[int] = ..., filter_terms: _Optional[int] = ..., filter_depth: _Optional[int] = ..., filter_symbols: _Optional[int] = ...) -> None: ...

class SubscriptionAnswer(_message.Message):
    __slots__ = ("id", "accepted", "rejected")
    ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    id: int
    accepted: _containers.RepeatedCompositeFieldContainer[SubscribedTopic]
    rejected: _containers.RepeatedCompositeFieldContainer[RejectedTopic]
    def __init__(self, id: _Optional[int] = ..., accepted: _Optional[_Iterable[_Union[SubscribedTopic, _Mapping]]] = ..., rejected: _Optional[_Iterable[_Union[RejectedTopic, _Mapping]]] = ...) -> None: ...

class SubscribedTopic(_message.Message):
    __slots__ = ("name", "number", "epoch", "sequence", "status", "follows", "first_sequence")
    class Follows(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        FOLLOWS_UNSPECIFIED: _ClassVar[SubscribedTopic.Follows]
        FOLLOWS_SNAPSHOT: _ClassVar[SubscribedTopic.Follows]
        FOLLOWS_DELTA: _ClassVar[SubscribedTopic.Follows]
        FOLLOWS_EVENTS: _ClassVar[SubscribedTopic.Follows]
        FOLLOWS_GAP: _ClassVar[SubscribedTopic.Follows]
        FOLLOWS_CHANGE: _ClassVar[SubscribedTopic.Follows]
    FOLLOWS_UNSPECIFIED: SubscribedTopic.Follows
    FOLLOWS_SNAPSHOT: SubscribedTopic.Follows
    FOLLOWS_DELTA: SubscribedTopic.Follows
    FOLLOWS_EVENTS: SubscribedTopic.Follows
    FOLLOWS_GAP: SubscribedTopic.Follows
    FOLLOWS_CHANGE: SubscribedTopic.Follows
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FOLLOWS_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    epoch: int
    sequence: int
    status: Status
    follows: SubscribedTopic.Follows
    first_sequence: int
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., status: _Optional[_Union[Status, str]] = ..., follows: _Optional[_Union[SubscribedTopic.Follows, str]] = ..., first_sequence: _Optional[int] = ...) -> None: ...

class Unsubscribed(_message.Message):
    __slots__ = ("id", "positions")
    ID_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    id: int
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    def __init__(self, id: _Optional[int] = ..., positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ...) -> None: ...

class Acknowledged(_message.Message):
    __slots__ = ("positions",)
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    positions: int
    def __init__(self, positions: _Optional[int] = ...) -> None: ...

class Refreshed(_message.Message):
    __slots__ = ("expiry_time",)
    EXPIRY_TIME_FIELD_NUMBER: _ClassVar[int]
    expiry_time: int
    def __init__(self, expiry_time: _Optional[int] = ...) -> None: ...

class Pong(_message.Message):
    __slots__ = ("nonce", "time")
    NONCE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    nonce: int
    time: int
    def __init__(self, nonce: _Optional[int] = ..., time: _Optional[int] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("code", "message", "field", "id")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    code: int
    message: str
    field: str
    id: int
    def __init__(self, code: _Optional[int] = ..., message: _Optional[str] = ..., field: _Optional[str] = ..., id: _Optional[int] = ...) -> None: ...

class CaughtUp(_message.Message):
    __slots__ = ("id", "topic", "epoch", "sequence", "count", "hash")
    ID_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    id: int
    topic: int
    epoch: int
    sequence: int
    count: int
    hash: int
    def __init__(self, id: _Optional[int] = ..., topic: _Optional[int] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., count: _Optional[int] = ..., hash: _Optional[int] = ...) -> None: ...

class StateChecked(_message.Message):
    __slots__ = ("id", "topic", "epoch", "sequence", "count", "hash")
    ID_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    id: int
    topic: int
    epoch: int
    sequence: int
    count: int
    hash: int
    def __init__(self, id: _Optional[int] = ..., topic: _Optional[int] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., count: _Optional[int] = ..., hash: _Optional[int] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("time", "topics", "behind")
    TIME_FIELD_NUMBER: _ClassVar[int]
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    BEHIND_FIELD_NUMBER: _ClassVar[int]
    time: int
    topics: _containers.RepeatedCompositeFieldContainer[TopicProgress]
    behind: int
    def __init__(self, time: _Optional[int] = ..., topics: _Optional[_Iterable[_Union[TopicProgress, _Mapping]]] = ..., behind: _Optional[int] = ...) -> None: ...

class TopicProgress(_message.Message):
    __slots__ = ("topic", "epoch", "sequence", "acknowledged_sequence")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    topic: int
    epoch: int
    sequence: int
    acknowledged_sequence: int
    def __init__(self, topic: _Optional[int] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., acknowledged_sequence: _Optional[int] = ...) -> None: ...

class SubscriptionClosed(_message.Message):
    __slots__ = ("id", "reason", "topic", "sent", "present", "resume_token")
    ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    SENT_FIELD_NUMBER: _ClassVar[int]
    PRESENT_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    id: int
    reason: Refusal
    topic: int
    sent: Position
    present: Position
    resume_token: bytes
    def __init__(self, id: _Optional[int] = ..., reason: _Optional[_Union[Refusal, _Mapping]] = ..., topic: _Optional[int] = ..., sent: _Optional[_Union[Position, _Mapping]] = ..., present: _Optional[_Union[Position, _Mapping]] = ..., resume_token: _Optional[bytes] = ...) -> None: ...

class Drain(_message.Message):
    __slots__ = ("deadline", "resume_token")
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    deadline: int
    resume_token: bytes
    def __init__(self, deadline: _Optional[int] = ..., resume_token: _Optional[bytes] = ...) -> None: ...

class ResumeToken(_message.Message):
    __slots__ = ("subscriptions",)
    SUBSCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    subscriptions: _containers.RepeatedCompositeFieldContainer[SubscribeTopics]
    def __init__(self, subscriptions: _Optional[_Iterable[_Union[SubscribeTopics, _Mapping]]] = ...) -> None: ...
