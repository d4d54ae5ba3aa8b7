/// How many frames of a kind may come at once, and then each second.
package struct FrameRate: Equatable, Sendable {
    package var burst: Int32
    package var perSecond: Int32

    package init(burst: Int32, perSecond: Int32) {
        precondition(burst > 0 && perSecond > 0, "a rate of \(burst) and \(perSecond)/s")
        self.burst = burst
        self.perSecond = perSecond
    }
}
