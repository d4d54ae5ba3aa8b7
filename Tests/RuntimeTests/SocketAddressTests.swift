import Runtime
import Testing

@Suite struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1:7400", "127.0.0.1", 7400), ("[::1]:0", "::1", 0),
        ("0.0.0.0:65535", "0.0.0.0", 65535), ("[2001:DB8::0:1]:80", "2001:db8::1", 80),
    ]) func `an address is read and written`(_ text: String, _ host: String, _ port: UInt16) throws
    {
        let address = try #require(SocketAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(SocketAddress(address.description) == address)
    }

    @Test func `localhost is read as the IPv4 loopback`() {
        #expect(SocketAddress("localhost:80")?.description == "127.0.0.1:80")
    }

    @Test(arguments: [
        ("127.0.0.1:1", true), ("127.255.0.9:1", true), ("[::1]:1", true),
        ("[::ffff:127.0.0.1]:1", true), ("0.0.0.0:1", false), ("[::]:1", false),
        ("10.127.0.1:1", false), ("[fe80::1]:1", false), ("[::ffff:10.0.0.1]:1", false),
    ]) func `a loopback address is one that only this machine reaches`(
        _ text: String, _ isLoopback: Bool
    ) throws {
        #expect(try #require(SocketAddress(text)).isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1",
        "127.0.0.1:8x", "::1:80", "[127.0.0.1]:80", "[::1]", "[::1:80", "example.com:80",
        "127.0.0.256:1", "127.0.0.1 :80",
    ]) func `anything else is no address`(_ text: String) {
        #expect(SocketAddress(text) == nil)
    }
}
