/// The rates of all kinds. Each is far above what clients in use send, and low enough that the
/// frames at full rate cost less than a hundredth of a core.
package struct FrameRates: Equatable, Sendable {
    /// A grpc-go client measures its bandwidth with up to one PING per DATA we send, and on a
    /// loopback that is hundreds a second. `PingPolicy` judges those that follow no DATA.
    package var pings = FrameRate(burst: 2000, perSecond: 1000)

    /// A client changes its window about ten times while it measures its bandwidth, then never.
    package var settings = FrameRate(burst: 100, perSecond: 10)

    /// Honest clients send none; proxies send a few.
    package var emptyFrames = FrameRate(burst: 100, perSecond: 10)

    /// Cancelled calls: a thousand at once when a screen closes, then the 33 a second that
    /// libnghttp2 allows.
    package var resets = FrameRate(burst: 1000, perSecond: 33)

    /// Browsers of the old scheme describe their tree in about six frames, once.
    package var priorities = FrameRate(burst: 200, perSecond: 20)

    /// Clients that grease the protocol send one now and then.
    package var strayFrames = FrameRate(burst: 100, perSecond: 10)

    /// Beside those that `windowBytesPerUpdate` earns.
    package var windowUpdates = FrameRate(burst: 5000, perSecond: 1000)

    package init() {}
}
