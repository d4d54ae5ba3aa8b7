internal import CLinux

/// What the kernel knows about the socket, for operators. A system call each.
extension ByteStream {
    /// This side's address; nil while there is no connection.
    package var localAddress: SocketAddress? {
        var address = clinux_address()
        guard socket >= 0, unsafe clinux_local_address(socket, &address) == 0 else { return nil }
        return SocketAddress(address)
    }

    /// Options as getsockopt() returns them, by their names; those it refuses are left out.
    package var socketOptions: [(name: String, value: Int32)] {
        guard socket >= 0 else { return [] }
        var options: [(name: String, value: Int32)] = []
        for index in 0..<clinux_socket_option_count() {
            var value: Int32 = 0
            guard unsafe clinux_socket_option(socket, index, &value) == 0 else { continue }
            options.append((unsafe String(cString: clinux_socket_option_name(index)), value))
        }
        return options
    }

    /// The first members of Linux' struct tcp_info, in their order; empty where it is not known.
    package var tcpInformation: [UInt32] {
        guard socket >= 0 else { return [] }
        return unsafe [UInt32](unsafeUninitializedCapacity: 29) { buffer, count in
            let isKnown = unsafe clinux_tcp_information(socket, buffer.baseAddress) == 0
            count = isKnown ? 29 : 0
        }
    }
}
