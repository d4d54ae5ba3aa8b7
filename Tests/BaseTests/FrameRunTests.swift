import Testing

@testable import Base

/// Many streams of each connection, whose rows follow each other: they are taken together, and
/// nobody may see that.
@Suite struct `Frame runs` {
    /// Connections with as many streams each.
    private final class Crowd {
        let turn = OutputTurn()
        var rows = FrameRows()
        let outputs: [OutputBuffer]
        /// By row, and the place of its output.
        let lanes: [FrameLane]
        let owners: [Int]
        var isCurrent: [Bool]

        init(connections: Int, streams: Int) {
            let outputs = (0..<connections).map { [turn] _ in
                let output = OutputBuffer(turn: turn)
                output.limitLanes(bytesMax: 1 << 18)
                output.connectionWindow = 1 << 20
                output.openForLanes(true)
                return output
            }
            self.outputs = outputs
            owners = (0..<connections * streams).map { $0 / streams }
            lanes = owners.enumerated().map { row, owner in
                let lane = FrameLane(
                    streamID: UInt32(2 * (row % streams) + 1), output: outputs[owner],
                    window: 65_535)
                lane.setOpen(true)
                return lane
            }
            isCurrent = lanes.map { _ in true }
            for lane in lanes { rows.append(lane, isCurrent: true) }
        }

        deinit { for lane in lanes { lane.setOpen(false) } }

        func setCurrent(_ row: Int, _ value: Bool) {
            rows.setCurrent(row, value)
            isCurrent[row] = value
        }

        func deliver(_ payload: [UInt8], messages: Int = 1) -> (taken: Int, refused: [Int]) {
            var refused: [Int] = []
            let taken = payload.withRawSpan {
                rows.deliver($0, messages: messages, refused: &refused)
            }
            return (taken, refused)
        }

        /// What `deliver` promises, by lanes alone.
        func offerOneByOne(_ payload: [UInt8], messages: Int) -> (taken: Int, refused: [Int]) {
            let current = lanes.indices.filter { isCurrent[$0] }
            let refused = current.filter { row in
                !payload.withRawSpan { lanes[row].offer($0, messages: messages) }
            }
            return (current.count - refused.count, refused)
        }

        func end() {
            for output in outputs { output.removeAll() }
            turn.flush { _ in }
        }
    }

    @Test(arguments: [12, 13, 16, 17, 48, 49, 100])
    func `every stream gets the frame under its own number`(streams: Int) {
        let crowd = Crowd(connections: 3, streams: streams)
        #expect(crowd.deliver([1, 2, 3], messages: 2).taken == 3 * streams)
        let frames: [[UInt8]] = (0..<streams).map { frame([1, 2, 3], on: UInt32(2 * $0 + 1)) }
        for output in crowd.outputs {
            #expect(output.copyBytes() == Array(frames.joined()))
            #expect(output.messagesTaken == 2 * streams)
            #expect(output.connectionWindow == (1 << 20) - 3 * streams)
        }
        #expect(crowd.turn.count == 3)
        #expect(crowd.lanes.allSatisfy { $0.window == 65_535 - 3 })
        crowd.end()
    }

    /// Anything that may be in the way of a row, its stream or its connection.
    private func disturb(_ crowds: [Crowd], _ random: inout SeededRandom) {
        let row = Int.random(in: crowds[0].lanes.indices, using: &random)
        let choice = Int.random(in: 0..<10, using: &random)
        let amount = Int.random(in: 0...4000, using: &random)
        for crowd in crowds {
            let (output, lane) = (crowd.outputs[crowd.owners[row]], crowd.lanes[row])
            switch choice {
            case 0: lane.setOpen(false)
            case 1: lane.setOpen(true)
            case 2: lane.window = amount - 100
            case 3: crowd.setCurrent(row, amount % 2 == 0)
            case 4: output.openForLanes(amount % 4 > 0)
            case 5: output.connectionWindow = amount
            case 6: output.limitLanes(bytesMax: amount)
            case 7: output.append([1, 2, 3])
            case 8: output.connectionWindow = 0
            default: output.consume(min(output.count, amount))
            }
        }
    }

    @Test(arguments: UInt64(1)...300)
    func `whatever is in the way, rows taken together fare as lanes one by one`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let streams = Int.random(in: 1...60, using: &random)
        let (crowd, other) = (
            Crowd(connections: 3, streams: streams), Crowd(connections: 3, streams: streams)
        )
        for step in 0..<12 {
            disturb([crowd, other], &random)
            let size = Int.random(in: -40...300, using: &random)
            let payload = [UInt8](repeating: UInt8(step), count: max(0, size))
            let (got, wanted) = (
                crowd.deliver(payload, messages: step),
                other.offerOneByOne(payload, messages: step)
            )
            #expect(got.taken == wanted.taken)
            #expect(got.refused == wanted.refused)
            #expect(crowd.turn.count == other.turn.count)
            for (one, two) in zip(crowd.outputs, other.outputs) {
                #expect(one.copyBytes() == two.copyBytes())
                #expect(one.connectionWindow == two.connectionWindow)
                #expect(one.messagesTaken == two.messagesTaken)
            }
            #expect(crowd.lanes.map(\.window) == other.lanes.map(\.window))
        }
        crowd.end()
        other.end()
    }

    @Test func `what was owed before leaves before`() {
        let crowd = Crowd(connections: 1, streams: 20)
        #expect([UInt8(7)].withRawSpan { crowd.lanes[0].offer($0) })
        #expect(crowd.deliver([8]).taken == 20)
        #expect(
            Array(crowd.outputs[0].copyBytes().prefix(30))
                == frame([7]) + frame([8]) + frame([8], on: 3))
        crowd.end()
    }

    @Test func `an empty frame needs no window`() {
        let crowd = Crowd(connections: 1, streams: 20)
        crowd.outputs[0].connectionWindow = 0
        #expect(crowd.deliver([]).taken == 20)
        #expect(crowd.deliver([1]).refused == Array(0..<20))
        #expect(crowd.outputs[0].count == 20 * 9)
        crowd.end()
    }

    @Test func `a row without a lane ends a run and is refused`() {
        let crowd = Crowd(connections: 1, streams: 20)
        var rows = FrameRows()
        for row in 0..<40 { rows.append(row == 20 ? nil : crowd.lanes[row % 20], isCurrent: true) }
        var refused: [Int] = []
        let taken = [UInt8(1)].withRawSpan { rows.deliver($0, messages: 1, refused: &refused) }
        #expect(taken == 39 && refused == [20])
        #expect(crowd.outputs[0].count == 39 * 10)
        crowd.end()
    }

    @Test func `without a turn the flush hook is told once`() {
        let output = OutputBuffer()
        output.limitLanes(bytesMax: 1 << 18)
        output.connectionWindow = 1 << 20
        output.openForLanes(true)
        var told: [Int] = []
        output.wantsFlush = { [unowned output] in told.append(output.count) }
        var rows = FrameRows()
        let lanes = (0..<100).map { FrameLane(streamID: UInt32($0), output: output, window: 9) }
        for lane in lanes {
            lane.setOpen(true)
            rows.append(lane, isCurrent: true)
        }
        var refused: [Int] = []
        let taken = [UInt8(1)].withRawSpan { rows.deliver($0, messages: 1, refused: &refused) }
        #expect(taken == 100 && told == [1000])
        for lane in lanes { lane.setOpen(false) }
    }

    @Test(arguments: [16_384, 16_385])
    func `streams get a large payload for which their connection has room, of one frame or more`(
        size: Int
    ) {
        let crowd = Crowd(connections: 1, streams: 20)
        crowd.setCurrent(3, false)
        let result = crowd.deliver([UInt8](repeating: 0, count: size))
        #expect(result.taken == 15 && result.refused == Array(16..<20))
        crowd.end()
    }
}
