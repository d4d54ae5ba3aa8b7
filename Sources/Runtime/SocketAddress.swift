internal import CLinux

/// An IP address and a port. Written `127.0.0.1:7400` or `[::1]:7400`; `localhost` is read as
/// `127.0.0.1`. Names that need a resolver are no addresses: see `Endpoint`.
package struct SocketAddress: Sendable, Hashable {
    // The sixteen bytes of the address in network order; IPv4 uses the first four.
    private var high: UInt64
    private var low: UInt64
    private var scope: UInt32
    package var port: UInt16
    package let isIPv6: Bool

    /// Understands `host:port` with a literal address; nil if the text is anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
            let port = UInt16(digits)
        else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return nil }
            self.init(host: String(host.dropFirst().dropLast()), port: port)
            if !isIPv6 { return nil }
        } else {
            self.init(host: String(host), port: port)
            if isIPv6 { return nil }
        }
    }

    /// A literal IPv4 or IPv6 address without brackets, or `localhost`; nil for any other name.
    package init?(host: String, port: UInt16) {
        var address = clinux_address()
        guard unsafe clinux_parse_address(host == "localhost" ? "127.0.0.1" : host, &address) == 1
        else { return nil }
        address.port = port
        self.init(address)
    }

    init(_ address: clinux_address) {
        (high, low) = unsafe withUnsafeBytes(of: address.bytes) { bytes in
            unsafe (
                bytes.loadUnaligned(as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
        }
        (scope, port, isIPv6) = (address.scope, address.port, address.is_v6 != 0)
    }

    /// The form that CLinux takes.
    var system: clinux_address {
        var address = clinux_address()
        unsafe withUnsafeMutableBytes(of: &address.bytes) { bytes in
            unsafe bytes.storeBytes(of: high, as: UInt64.self)
            unsafe bytes.storeBytes(of: low, toByteOffset: 8, as: UInt64.self)
        }
        (address.scope, address.port, address.is_v6) = (scope, port, isIPv6 ? 1 : 0)
        return address
    }

    /// The address in network order: 4 bytes or 16.
    package var bytes: [UInt8] {
        let all = unsafe withUnsafeBytes(of: (high, low)) { unsafe Array($0) }
        return Array(all.prefix(isIPv6 ? 16 : 4))
    }

    /// The address alone, without brackets.
    package var host: String {
        var address = system
        let bytes = unsafe [CChar](unsafeUninitializedCapacity: 64) { buffer, count in
            unsafe clinux_format_address(&address, buffer.baseAddress, buffer.count)
            count = buffer.count
        }
        return SystemError.text(bytes)
    }
}

extension SocketAddress {
    /// Whether only this machine can reach it: 127.0.0.0/8 and ::1, also as IPv4 within IPv6.
    package var isLoopback: Bool {
        let host = host
        if isIPv6 { return host == "::1" || host.hasPrefix("::ffff:127.") }
        return host.hasPrefix("127.")
    }
}

extension SocketAddress: CustomStringConvertible {
    package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension SocketAddress {
    /// 0.0.0.0:0, where an address is not known yet.
    static let unspecified = SocketAddress(clinux_address())
}
