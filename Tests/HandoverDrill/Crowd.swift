internal import Base
internal import Market
internal import PenstockClient
internal import Runtime
internal import Streams

/// All subscribers, on one loop, until SIGINT or SIGTERM.
actor Crowd {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let address: SocketAddress
    private let topics: [String]
    private var subscribers: [DrillSubscriber] = []

    init(loop: EventLoop, address: SocketAddress, topics: [String]) {
        (self.loop, self.address, self.topics) = (loop, address, topics)
    }

    func run(count: Int) async throws {
        let (ends, feed) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try Signals.deliver(on: loop) { [unowned self] signal in
            switch signal {
            case .hangUp: assumeIsolated { $0.report() }
            case .interrupt, .terminate: feed.yield()
            }
        }
        StandardStreams.output("ready\n")
        for index in 0..<count {
            let subscriber = DrillSubscriber(
                topic: topics[index % topics.count], at: address, on: loop, seed: UInt64(index))
            subscribers.append(subscriber)
            subscriber.start()
        }
        for await _ in ends { break }
        for subscriber in subscribers { subscriber.stop() }
    }

    /// One line of JSON.
    private func report() {
        var total = DrillTally()
        for subscriber in subscribers { total.add(subscriber.tally) }
        let running = subscribers.count { $0.isRunning }
        let states = topics.map(state).joined(separator: ",")
        StandardStreams.output(
            "{\"running\":\(running),\(total.json),\"topics\":{\(states)}}\n")
    }

    /// Whether all subscribers of a topic have the same state, and which.
    private func state(_ topic: String) -> String {
        let states = subscribers.filter { $0.topic == topic }.map(\.state)
        let isSame = states.allSatisfy { $0.hasContent(of: states[0]) }
        return "\"\(topic)\":{\"same\":\(isSame),\"state\":\(states.first?.json ?? "null")}"
    }
}

extension MergedState {
    /// Times and the status apart, which say when and not what.
    func hasContent(of other: MergedState) -> Bool {
        position == other.position && bids == other.bids && asks == other.asks
            && tick == other.tick && status == other.status
    }

    var json: String {
        func side(_ side: BookLevels) -> String {
            "[" + side.levels.map { "[\"\($0.price)\",\"\($0.quantity)\"]" }.joined(separator: ",")
                + "]"
        }
        let parts = [tick.bidPrice, tick.bidQuantity, tick.askPrice, tick.askQuantity]
        let numbers = parts.map { $0.map { "\"\($0)\"" } ?? "null" }.joined(separator: ",")
        return """
            {"epoch":\(position?.epoch ?? 0),"sequence":\(position?.sequence ?? 0),\
            "status":"\(status)","tick":[\(numbers)],"bids":\(side(bids)),"asks":\(side(asks))}
            """
    }
}
