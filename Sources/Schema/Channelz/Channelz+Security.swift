extension Channelz {
    /// How a connection is protected.
    package enum Security: Equatable, Sendable {
        case tls(TLS)
        case other(OtherSecurity)
        /// Of a kind that this version does not know.
        case unknown
    }

    /// TLS: what was agreed on and who proved to be whom.
    package struct TLS: Equatable, Sendable {
        package enum CipherSuite: Equatable, Sendable {
            /// As IANA registers it, such as "TLS_AES_128_GCM_SHA256".
            case standard(String)
            case other(String)
        }

        package var cipherSuite: CipherSuite?
        /// DER.
        package var localCertificate: [UInt8]?
        /// DER.
        package var remoteCertificate: [UInt8]?

        package init(
            cipherSuite: CipherSuite? = nil, localCertificate: [UInt8]? = nil,
            remoteCertificate: [UInt8]? = nil
        ) {
            self.cipherSuite = cipherSuite
            self.localCertificate = localCertificate
            self.remoteCertificate = remoteCertificate
        }
    }

    /// Protection that is told as text.
    package struct OtherSecurity: Equatable, Sendable {
        package var name: String?
        package var value: AnyMessage?

        package init(name: String? = nil, value: AnyMessage? = nil) {
            self.name = name
            self.value = value
        }
    }
}

extension Channelz.Security: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Security"]

    package func write(to record: Record) {
        switch self {
        case .tls(let model): record.set(1, Optional(model))
        case .other(let model): record.set(2, Optional(model))
        case .unknown: break
        }
    }

    package init(_ record: Record) {
        if let model: Channelz.TLS = record.get(1) {
            self = .tls(model)
        } else if let model: Channelz.OtherSecurity = record.get(2) {
            self = .other(model)
        } else {
            self = .unknown
        }
    }
}

extension Channelz.TLS: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Security.Tls"]

    package func write(to record: Record) {
        switch cipherSuite {
        case .standard(let name): record.set(1, Optional(name))
        case .other(let name): record.set(2, Optional(name))
        case nil: break
        }
        record.set(3, localCertificate)
        record.set(4, remoteCertificate)
    }

    package init(_ record: Record) {
        if let name: String = record.get(1) {
            cipherSuite = .standard(name)
        } else if let name: String = record.get(2) {
            cipherSuite = .other(name)
        }
        localCertificate = record.get(3)
        remoteCertificate = record.get(4)
    }
}

extension Channelz.OtherSecurity: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Security.OtherSecurity"]

    package func write(to record: Record) {
        record.set(1, name)
        record.set(2, value)
    }

    package init(_ record: Record) {
        name = record.get(1)
        value = record.get(2)
    }
}
