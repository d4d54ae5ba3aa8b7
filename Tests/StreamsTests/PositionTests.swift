import Base
import Streams
import Testing

@Suite struct PositionTests {
    @Test func `epochs are random, not zero and below 2^53`() {
        var random = SeededRandom(seed: 3)
        let epochs = (0..<1000).map { _ in Epoch.random(using: &random) }
        #expect(Set(epochs).count == 1000)
        #expect(epochs.allSatisfy { $0 > 0 && $0 < 1 << 53 })
    }
}
