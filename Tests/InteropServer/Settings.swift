import Runtime

/// What the command line says, in pairs of a flag and its value.
struct Settings {
    let address: SocketAddress
    /// nil: cleartext.
    let tls: TLSServerOptions?

    struct Usage: Error, CustomStringConvertible { let description: String }

    init(_ words: ArraySlice<String>) throws {
        var values: [String: String] = [:]
        var rest = words
        while let flag = rest.popFirst() {
            guard ["--listen", "--tls-certificate", "--tls-key"].contains(flag),
                let value = rest.popFirst()
            else { throw Usage(description: "\(flag) is no flag, or has no value") }
            values[flag] = value
        }
        let text = values["--listen"] ?? "127.0.0.1:0"
        guard let address = SocketAddress(text) else {
            throw Usage(description: "--listen \(text): expected ADDRESS:PORT")
        }
        self.address = address
        switch (values["--tls-certificate"], values["--tls-key"]) {
        case (let certificate?, let key?):
            tls = TLSServerOptions(
                certificates: [TLSCertificateFiles(certificate: certificate, key: key)])
        case (nil, nil): tls = nil
        default: throw Usage(description: "--tls-certificate and --tls-key go together")
        }
    }
}
