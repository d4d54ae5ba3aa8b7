internal import FoundationEssentials

/// The configuration file as written: JSON5, every key optional, unknown keys refused.
struct ConfigurationFile: Decodable {
    var listen: String?
    /// Venue name to base URL, or null for the real venue.
    var venues: [String: String?]?
    var instruments: [String]?
    var loops: Int?
    var io: String?
    var logLevel: String?
    var gzip: String?
    var takeover: TakeoverSection?
    var tls: TLSSection?
    var auth: AuthFile?
    /// By the keys of `LimitSetting`.
    var limits: [String: Double]?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case listen, venues, instruments, loops, io, logLevel, gzip, takeover, tls, auth, limits
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        listen = try container.decodeIfPresent(String.self, forKey: .listen)
        venues = try container.decodeIfPresent([String: String?].self, forKey: .venues)
        instruments = try container.decodeIfPresent([String].self, forKey: .instruments)
        loops = try container.decodeIfPresent(Int.self, forKey: .loops)
        io = try container.decodeIfPresent(String.self, forKey: .io)
        logLevel = try container.decodeIfPresent(String.self, forKey: .logLevel)
        gzip = try container.decodeIfPresent(String.self, forKey: .gzip)
        takeover = try container.decodeIfPresent(TakeoverSection.self, forKey: .takeover)
        tls = try container.decodeIfPresent(TLSSection.self, forKey: .tls)
        limits = try container.decodeIfPresent([String: Double].self, forKey: .limits)
        auth = try container.decodeIfPresent(AuthFile.self, forKey: .auth)
    }

    init(path: String, command: String) throws(UsageError) {
        let place = "\(command): --config \(path)"
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            throw UsageError("\(place): the file cannot be read")
        }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        do { self = try decoder.decode(Self.self, from: data) } catch {
            throw UsageError("\(place): \(Self.explain(error))")
        }
    }

    private static func explain(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        func text(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return (path.isEmpty ? "" : "\(path): ") + context.debugDescription
        }
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context), .dataCorrupted(let context):
            return text(context)
        @unknown default: return "\(error)"
        }
    }
}
