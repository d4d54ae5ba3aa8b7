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
STATUS_UNSPECIFIED: Status
STATUS_LIVE: Status
STATUS_STALE: Status
STATUS_RESYNCING: Status
SIDE_UNSPECIFIED: Side
SIDE_BUY: Side
SIDE_SELL: Side

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
    __slots__ = ("topics", "resume")
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    topics: _containers.RepeatedScalarFieldContainer[str]
    resume: _containers.RepeatedCompositeFieldContainer[Position]
    def __init__(self, topics: _Optional[_Iterable[str]] = ..., resume: _Optional[_Iterable[_Union[Position, _Mapping]]] = ...) -> None: ...

class Subscribed(_message.Message):
    __slots__ = ("accepted", "rejected")
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    accepted: _containers.RepeatedCompositeFieldContainer[AcceptedTopic]
    rejected: _containers.RepeatedCompositeFieldContainer[RejectedTopic]
    def __init__(self, accepted: _Optional[_Iterable[_Union[AcceptedTopic, _Mapping]]] = ..., rejected: _Optional[_Iterable[_Union[RejectedTopic, _Mapping]]] = ...) -> None: ...

class AcceptedTopic(_message.Message):
    __slots__ = ("name", "number", "epoch", "sequence", "status", "resumed")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    RESUMED_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    epoch: int
    sequence: int
    status: Status
    resumed: bool
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., status: _Optional[_Union[Status, str]] = ..., resumed: _Optional[bool] = ...) -> None: ...

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
    __slots__ = ("topic", "epoch", "sequence", "base_sequence", "event_time", "receive_time", "publish_time", "venue_sequence", "status", "tick", "trade", "book", "gap", "subscribed", "rejected", "data")
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
    def __init__(self, topic: _Optional[int] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., base_sequence: _Optional[int] = ..., event_time: _Optional[int] = ..., receive_time: _Optional[int] = ..., publish_time: _Optional[int] = ..., venue_sequence: _Optional[int] = ..., status: _Optional[_Union[Status, str]] = ..., tick: _Optional[_Union[Tick, _Mapping]] = ..., trade: _Optional[_Union[Trade, _Mapping]] = ..., book: _Optional[_Union[Book, _Mapping]] = ..., gap: _Optional[_Union[Gap, _Mapping]] = ..., subscribed: _Optional[_Union[Subscribed, _Mapping]] = ..., rejected: _Optional[_Union[RejectedTopic, _Mapping]] = ..., data: _Optional[bytes] = ...) -> None: ...

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
