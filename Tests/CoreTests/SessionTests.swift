import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// What a session owes its client when the client is slow, and when topics end.
@Suite struct SessionTests {
    let fixture = HubFixture()

    @Test func `a slow reader's busy topics do not starve its quiet one`() throws {
        let quiet = try fixture.tick("tick:binance:AAA/USDT")
        let busy = try (0..<3).map { try fixture.tick("tick:binance:B\($0)/USDT") }
        let sink = FakeSink()
        let session = Session(codec: .protobuf, sink: sink)
        for topic in [quiet] + busy {
            topic.apply(tick("1", "2"), 1)
            _ = session.add(topic, resumeAt: nil)
        }
        // Room for one frame per turn, while the busy topics change in each.
        for step in 0..<20 {
            sink.framesLeft = 1
            session.becameWritable()
            for topic in busy { topic.apply(tick("\(10 + step)", "99"), 2) }
            fixture.turn.end()
        }
        let counts = ([quiet] + busy).map { topic in
            sink.updates.count { $0.topic == topic.number }
        }
        #expect(counts[0] == 1)
        #expect(counts.allSatisfy { $0 > 0 })
        session.end()
    }
}
