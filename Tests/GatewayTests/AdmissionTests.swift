import Base
import Runtime
import Testing

@testable import Gateway

@Suite struct AdmissionTests {
    let here = SocketAddress("127.0.0.1:5000")!
    let there = SocketAddress("127.0.0.2:5000")!

    func make(total: Int, perAddress: Int) -> Admission {
        var limits = GatewayLimits()
        limits.connectionsMax = total
        limits.connectionsPerAddressMax = perAddress
        return Admission(limits)
    }

    @Test func `connections are counted up to the limit, whatever their address`() {
        var admission = make(total: 2, perAddress: 9)
        #expect(admission.connected(here, isMemoryShort: false) == nil)
        #expect(admission.connected(there, isMemoryShort: false) == nil)
        #expect(admission.connected(here, isMemoryShort: false) == .connections)
        admission.disconnected(there)
        #expect(admission.connected(here, isMemoryShort: false) == nil)
        #expect(admission.count == 2)
    }

    @Test func `one address has its own limit, and its ports do not matter`() {
        var admission = make(total: 9, perAddress: 2)
        var port = here
        for number in 0..<2 {
            port.port = UInt16(6000 + number)
            #expect(admission.connected(port, isMemoryShort: false) == nil)
        }
        #expect(admission.connected(here, isMemoryShort: false) == .connectionsPerAddress)
        #expect(admission.connected(there, isMemoryShort: false) == nil)
        admission.disconnected(port)
        #expect(admission.connected(here, isMemoryShort: false) == nil)
    }

    @Test func `nobody new is taken while memory is short`() {
        var admission = make(total: 9, perAddress: 9)
        #expect(admission.connected(here, isMemoryShort: true) == .memoryRefusal)
        #expect(admission.count == 0)
    }
}
