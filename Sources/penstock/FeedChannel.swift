internal import Base
internal import Connectors
internal import Gateway
internal import Runtime

/// A venue's feed as the gateway's channelz and health show it.
final class FeedChannel: ChannelzSource {
    let name: String
    let target: String
    private let feed: BinanceFeed
    var stateChanged: () -> Void = {}

    init(_ feed: BinanceFeed, _ configuration: BinanceConfiguration) {
        self.feed = feed
        name = "venue:\(configuration.venue)"
        let streams = configuration.streams
        let scheme = streams.endpoint.tls == nil ? "ws" : "wss"
        target = "\(scheme)://\(streams.endpoint)\(streams.path)"
        feed.connectivityChanged = { [weak self] _ in self?.stateChanged() }
    }

    var state: ChannelState {
        switch feed.connectivity {
        case .idle: .idle
        case .connecting: .connecting
        case .live: .ready
        case .lost: .transientFailure
        }
    }

    var calls: CallCounts {
        let calls = feed.calls
        return CallCounts(
            started: calls.started, succeeded: calls.succeeded, failed: calls.failed,
            last: calls.lastStarted)
    }

    var sockets: [ChannelSocket] {
        feed.socketReports.map { report in
            ChannelSocket(
                serial: report.serial, local: report.local, remote: report.remote,
                messagesSent: report.messagesSent, messagesReceived: report.messagesReceived,
                lastSent: report.lastSent, lastReceived: report.lastReceived)
        }
    }
}
