import Testing

@testable import Gateway

@Suite struct CensusTests {
    private func makeCensus(of connections: [Int64]) -> Census {
        var census = Census()
        for connection in connections { census.add(connection) }
        return census
    }

    @Test(arguments: [0, 1, 255, 256, 257, 10_000])
    func `everybody is asked once in a second, and few at a time`(count: Int) {
        let connections = (0..<Int64(count)).map { 7 * $0 }
        var census = makeCensus(of: connections)
        var asked: [Int64] = []
        var time = Duration.zero
        census.begin()
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

    @Test func `who is added during a round is asked in the next one`() {
        var census = makeCensus(of: [1])
        census.begin()
        census.add(2)
        #expect(census.next() == [1] && census.isOver)
        census.begin()
        #expect(census.next() == [2])
        census.begin()
        #expect(census.next().isEmpty && census.pause == Census.interval)
    }

    @Test func `in every round the same come first`() {
        var census = makeCensus(of: Array(0..<600))
        for _ in 0..<3 {
            census.begin()
            var asked: [Int64] = []
            while !census.isOver {
                let step = census.next()
                asked += step
                for connection in step { census.add(connection) }
            }
            #expect(asked == Array(0..<600))
        }
    }

    @Test func `the largest is of one round`() {
        var census = makeCensus(of: [1, 2])
        census.begin()
        census.noted(5)
        census.noted(3)
        #expect(census.largest == 5)
        census.begin()
        #expect(census.largest == 0)
    }
}
