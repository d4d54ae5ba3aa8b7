import Testing

@testable import Gateway

@Suite struct CensusTests {
    @Test(arguments: [0, 1, 255, 256, 257, 10_000])
    func `everybody is asked once in a second, and few at a time`(count: Int) {
        var census = Census()
        let connections = (0..<Int64(count)).map { 7 * $0 }
        var asked: [Int64] = []
        var time = Duration.zero
        census.begin(connections)
        while !census.isOver {
            let step = census.next()
            #expect(!step.isEmpty && step.count <= Census.stepMax)
            asked += step
            time += census.pause
        }
        #expect(asked.sorted() == connections)
        let shortest: Duration = count > 0 ? .milliseconds(999) : .zero
        #expect(time >= shortest && time <= Census.interval)
        #expect(census.pause > .zero && census.next().isEmpty)
    }

    @Test func `the largest is of one round`() {
        var census = Census()
        census.begin([1, 2])
        census.noted(5)
        census.noted(3)
        #expect(census.largest == 5)
        census.begin([1])
        #expect(census.largest == 0)
    }
}
