import Base
import Runtime

/// Times several pieces of work in turns, so that what disturbs the machine disturbs all alike.
struct InterleavedTimer {
    private var pieces: [() -> Int] = []

    /// Adds a piece, which says how many bytes it made. Returns its place.
    mutating func add(_ piece: @escaping () -> Int) -> Int {
        pieces.append(piece)
        return pieces.count - 1
    }

    /// Nanoseconds of one call of each piece: medians over the rounds, after one to warm up.
    func run(rounds: Int, callsPerRound: Int) -> [(nanoseconds: Double, bytes: Int)] {
        var times = [[Double]](repeating: [], count: pieces.count)
        var bytes = [Int](repeating: 0, count: pieces.count)
        for round in -1..<rounds {
            for (place, piece) in pieces.enumerated() {
                var sum = 0
                let start = Clock.now()
                for _ in 0..<callsPerRound { sum &+= piece() }
                let elapsed = Double((Clock.now() - start).wholeNanoseconds)
                bytes[place] = sum / callsPerRound
                if round >= 0 { times[place].append(elapsed / Double(callsPerRound)) }
            }
        }
        return zip(times, bytes).map { (median($0), $1) }
    }
}
