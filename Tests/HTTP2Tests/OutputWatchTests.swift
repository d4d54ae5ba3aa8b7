import Base
import HTTP2
import Testing

@Suite struct OutputWatchTests {
    let start = Instant(nanoseconds: 0)

    @Test func `output that does not move for the whole limit ends the connection`() {
        var watch = OutputWatch(limit: .seconds(60))
        #expect(watch.looked(now: start, waiting: 10, taken: 5) == .ignore)
        #expect(
            watch.looked(now: start + .milliseconds(59_999), waiting: 99, taken: 5) == .ignore)
        #expect(
            watch.looked(now: start + .seconds(60), waiting: 99, taken: 5) == .closeConnection)
        #expect(watch.looked(now: start + .seconds(61), waiting: 99, taken: 5) == .ignore)
        #expect(watch.looked(now: start + .seconds(62), waiting: 0, taken: 5) == .ignore)
        #expect(watch.looked(now: start + .seconds(200), waiting: 9, taken: 5) == .ignore)
    }

    @Test func `one byte that leaves is progress`() {
        var watch = OutputWatch(limit: .seconds(60))
        for number in 0..<100 {
            let now = start + .seconds(40 * number)
            let action = watch.looked(now: now, waiting: 10, taken: UInt64(number))
            #expect(action == .ignore)
        }
    }

    @Test func `empty output is no stall, however long it lasts`() {
        var watch = OutputWatch(limit: .seconds(60))
        #expect(watch.looked(now: start, waiting: 1, taken: 0) == .ignore)
        #expect(watch.looked(now: start + .seconds(30), waiting: 0, taken: 0) == .ignore)
        #expect(watch.looked(now: start + .seconds(60), waiting: 1, taken: 0) == .ignore)
        #expect(watch.interval == .seconds(30))
    }
}
