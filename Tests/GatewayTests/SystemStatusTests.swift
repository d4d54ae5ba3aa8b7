import Gateway
import Testing

@Suite struct SystemStatusTests {
    @Test(
        arguments: [
            ([], SystemStatus.healthy), ([.ready, .ready], .healthy), ([.ready, .idle], .healthy),
            ([.ready, .connecting], .degraded), ([.idle, .transientFailure], .degraded),
            ([.connecting], .critical), ([.transientFailure, .shutdown], .critical),
        ] as [([ChannelState], SystemStatus)])
    func `half of the venues is enough to serve`(states: [ChannelState], status: SystemStatus) {
        #expect(SystemStatus(states, isOpen: true) == status)
        #expect(status.serves == (status == .healthy || status == .degraded))
    }

    @Test func `a process that takes no work is offline, whatever it is connected to`() {
        #expect(SystemStatus([.ready], isOpen: false) == .offline)
        #expect(!SystemStatus.offline.serves)
    }
}
