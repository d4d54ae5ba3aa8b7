import Testing

@testable import Base

/// A turn's outputs sent many at a time, as through a ring, against one after the other.
@Suite struct `Outputs sent together` {
    @Test(arguments: [1, 2, 3, 7, 100])
    func `what leaves is the same as one by one, whatever the sockets take`(countMax: Int) {
        var random = SeededRandom(seed: 11)
        let (alone, together) = (Crowd(), Crowd())
        let connections = (alone.connect(20), together.connect(20))
        for _ in 0..<200 {
            for _ in 0..<Int.random(in: 0...14, using: &random) {
                let payload = [UInt8](
                    repeating: UInt8.random(in: 0...255, using: &random),
                    count: Int.random(in: 0...300, using: &random))
                _ = alone.deliver(payload)
                _ = together.deliver(payload)
            }
            for (one, other) in zip(connections.0, connections.1) {
                let room = random.chance(0.5) ? Int.max : Int.random(in: 0...500, using: &random)
                (one.socketRoom, other.socketRoom) = (room, room)
                guard random.chance(0.1) else { continue }
                one.output.append([1, 2, 3])
                other.output.append([1, 2, 3])
            }
            alone.flush()
            _ = together.flush(atOnce: countMax)
        }
        for (one, other) in zip(connections.0, connections.1) {
            #expect(one.sent == other.sent)
            #expect(one.sends == other.sends)
            #expect(one.output.copyBytes() == other.output.copyBytes())
        }
    }

    @Test func `who begins to hold bytes back is asked to flush, though nothing is to be sent`() {
        let turn = OutputTurn()
        let connection = Connection(turn)
        connection.output.bytesHeldBack += 5
        #expect(turn.count == 1 && !connection.output.holdsNothing)
        turn.flush { _ in }
        // It goes on holding back: whoever flushes has been asked already.
        connection.output.bytesHeldBack += 5
        #expect(turn.isEmpty)
        connection.output.bytesHeldBack -= 10
        #expect(turn.isEmpty && connection.output.holdsNothing)
    }

    @Test(arguments: [(4, [4]), (5, [4, 1]), (8, [4, 4]), (9, [4, 4, 1])])
    func `more outputs than go at once go in several parts`(count: Int, parts: [Int]) {
        let crowd = Crowd()
        let connections = crowd.connect(count)
        #expect(crowd.deliver([5]).taken == count)
        #expect(crowd.flush(atOnce: 4) == parts)
        for connection in connections {
            #expect(connection.sent == frame([5], on: connection.lane.streamID))
            #expect(connection.sends == 1)
        }
    }

    @Test func `a part ends when much is gathered, and the largest debt still has room`() {
        let crowd = Crowd()
        let connections = crowd.connect(10)
        for connection in connections {
            connection.lane.window = 1 << 20
            connection.output.connectionWindow = 1 << 20
        }
        let payloads = (0..<FrameDebt.countMax).map { [UInt8](repeating: UInt8($0), count: 16_384) }
        for payload in payloads { #expect(crowd.deliver(payload).taken == 10) }
        let parts = crowd.flush(atOnce: 100)
        #expect(parts.count > 1)
        #expect(parts.reduce(0, +) == 10)
        for connection in connections {
            #expect(
                connection.sent == payloads.flatMap { frame($0, on: connection.lane.streamID) })
        }
    }

    @Test func `an output whose owner is gone keeps its bytes, the others are sent`() {
        let crowd = Crowd()
        let connections = crowd.connect(3)
        connections[1].output.setFlusher(nil)
        _ = crowd.deliver([1, 2])
        _ = crowd.flush(atOnce: 3)
        _ = crowd.deliver([3])
        _ = crowd.flush(atOnce: 3)
        #expect(connections[1].output.copyBytes() == frame([1, 2], on: 3) + frame([3], on: 3))
        #expect(connections[2].sent == frame([1, 2], on: 5) + frame([3], on: 5))
    }
}
