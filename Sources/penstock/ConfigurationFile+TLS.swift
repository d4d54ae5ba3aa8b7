extension ConfigurationFile {
    /// The key `tls`: what clients are secured with. Names of files are relative to the
    /// configuration file's folder.
    struct TLSSection: Decodable {
        struct Certificate: Decodable {
            var certificate: String
            var key: String

            private enum CodingKeys: String, CodingKey, CaseIterable { case certificate, key }

            init(from decoder: any Decoder) throws {
                let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
                certificate = try container.decode(String.self, forKey: .certificate)
                key = try container.decode(String.self, forKey: .key)
            }
        }

        var certificates: [Certificate]?
        var clientCA: String?
        var clientCertificates: String?
        var allowCleartext: Bool?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case certificates, clientCA, clientCertificates, allowCleartext
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            certificates = try container.decodeIfPresent([Certificate].self, forKey: .certificates)
            clientCA = try container.decodeIfPresent(String.self, forKey: .clientCA)
            clientCertificates = try container.decodeIfPresent(
                String.self, forKey: .clientCertificates)
            allowCleartext = try container.decodeIfPresent(Bool.self, forKey: .allowCleartext)
        }
    }
}
