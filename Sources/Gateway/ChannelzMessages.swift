internal import Base
internal import Runtime
internal import Schema

extension ChannelState {
    /// The same word in channelz.
    var message: Channelz.ConnectivityState {
        switch self {
        case .idle: .idle
        case .connecting: .connecting
        case .ready: .ready
        case .transientFailure: .transientFailure
        case .shutdown: .shutdown
        }
    }
}

extension TimestampMessage {
    /// The wall clock's time at an instant of the past: as the wall clock stands now.
    init(_ instant: Instant) {
        let age = Clock.now().nanoseconds - instant.nanoseconds
        self.init(nanosecondsSince1970: Clock.timestamp().nanoseconds - age)
    }
}

extension Channelz.Address {
    static func tcp(_ address: SocketAddress) -> Self {
        .tcp(Channelz.TCPAddress(bytes: address.bytes, port: Int32(address.port)))
    }
}
