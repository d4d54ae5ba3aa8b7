package import Base
package import HTTP1

/// The answer of a venue's REST interface, and how late it goes out.
package struct RESTAnswer: Sendable {
    package var response: HTTP1Response
    package var delay: Duration = .zero
}

/// Binance's market data REST interface (rest-api.md) over a tape at its present position.
package final class VenueREST {
    private let player: TapePlayer
    private let information: ExchangeInformation
    private var limits = WeightLimits()
    private let hasLimits: Bool
    private var faults: FaultMachine

    /// - Parameter hasLimits: off at maximum speed, where there is no tape time to count.
    package init(
        venue: SimulatedVenue, player: TapePlayer, hasLimits: Bool, faults: FaultMachine
    ) {
        self.player = player
        information = ExchangeInformation(of: venue)
        self.hasLimits = hasLimits
        self.faults = faults
    }

    /// What an error body says.
    private struct Refusal: Error {
        let status: Int
        let code: Int
        let message: String

        static let invalidSymbol = Refusal(status: 400, code: -1121, message: "Invalid symbol.")
        static func missing(_ name: String) -> Refusal {
            Refusal(
                status: 400, code: -1102,
                message: "Mandatory parameter '\(name)' was not sent, was empty/null, or malformed."
            )
        }
        static func illegal(_ name: String) -> Refusal {
            Refusal(
                status: 400, code: -1100,
                message: "Illegal characters found in parameter '\(name)'.")
        }
    }

    /// Answers one request.
    /// - Parameters:
    ///   - path: behind the venue's prefix, `/api/v3/depth`.
    ///   - time: tape time in nanoseconds, for the limits.
    ///   - rate: how many seconds of tape time pass in one of the client's.
    ///   - wall: for `/time` and where the tape has no venue time yet.
    package func answer(
        path: String, query: [HTTP1Request.QueryItem], from address: String, time: Int64,
        rate: Double, wall: Timestamp
    ) -> RESTAnswer {
        let parameters = Parameters(query)
        guard let weight = weight(path, parameters) else {
            return RESTAnswer(
                response: HTTP1Response(
                    status: 404, contentType: "text/html", text: "<html>404 Not found</html>"))
        }
        var used = weight
        if hasLimits {
            switch limits.request(weight: weight, from: address, time: time) {
            case .accept(let total): used = total
            case .tooMany(let wait): return RESTAnswer(response: refused(429, wait, rate, address))
            case .banned(let wait): return RESTAnswer(response: refused(418, wait, rate, address))
            }
        }
        var answer: RESTAnswer
        do throws(Refusal) {
            answer = try content(path, parameters, wall)
        } catch {
            let text = "{\"code\":\(error.code),\"msg\":\"\(error.message)\"}"
            answer = RESTAnswer(response: json(text, status: error.status))
        }
        answer.response.headers.append("x-mbx-used-weight", "\(used)")
        answer.response.headers.append("X-MBX-USED-WEIGHT-1M", "\(used)")
        return answer
    }

    /// The weight of a request; nil for an unknown path.
    private func weight(_ path: String, _ parameters: Parameters) -> Int? {
        switch path {
        case "/api/v3/ping", "/api/v3/time": return 1
        case "/api/v3/exchangeInfo": return 20
        case "/api/v3/depth", "/api/v1/depth":
            switch parameters.limit ?? 100 {
            case ...100: return 5
            case ...500: return 25
            case ...1000: return 50
            default: return 250
            }
        case "/api/v3/ticker/price": return parameters["symbol"] != nil ? 2 : 4
        case "/api/v3/ticker/24hr":
            if parameters["symbol"] != nil { return 2 }
            switch parameters.symbols?.count ?? Int.max {
            case ...20: return 2
            case ...100: return 40
            default: return 80
            }
        default: return nil
        }
    }

    private func content(
        _ path: String, _ parameters: Parameters, _ wall: Timestamp
    ) throws(Refusal) -> RESTAnswer {
        switch path {
        case "/api/v3/ping": return RESTAnswer(response: json("{}"))
        case "/api/v3/time":
            let clock = wall.nanoseconds / 1_000_000
            return RESTAnswer(response: json("{\"serverTime\":\(clock)}"))
        case "/api/v3/exchangeInfo":
            return RESTAnswer(response: try exchangeInfo(parameters, wall))
        case "/api/v3/depth", "/api/v1/depth": return try depth(parameters)
        case "/api/v3/ticker/price":
            return RESTAnswer(
                response: try tickers(parameters) { symbol, name in
                    DerivedPayload.lastPrice(numbers(symbol)).map {
                        "{\"symbol\":\"\(name)\",\"price\":\"\($0)\"}"
                    }
                })
        default:
            let now = player.venueMilliseconds
            return RESTAnswer(
                response: try tickers(parameters) { symbol, name in
                    DerivedPayload.dayTicker(symbol: name, numbers(symbol), now: now)
                })
        }
    }

    private func depth(_ parameters: Parameters) throws(Refusal) -> RESTAnswer {
        guard let name = parameters["symbol"], !name.isEmpty else { throw .missing("symbol") }
        guard name.utf8.allSatisfy({ $0 > 0x2C && $0 < 0x7B }) else { throw .illegal("symbol") }
        guard let symbol = player.source.catalog.symbol(named: name) else { throw .invalidSymbol }
        if parameters["limit"] != nil, (parameters.limit ?? 0) <= 0 { throw .illegal("limit") }
        let limit = min(parameters.limit ?? 100, 5000)
        let fault = faults.nextSnapshot()
        let book =
            fault.isStale
            ? player.source.staleBook(symbol: symbol, at: player.position)
            : player.source.book(symbol: symbol, at: player.position)
        return RESTAnswer(response: json(book.depthText(limit: limit)), delay: fault.delay)
    }

    private func tickers(
        _ parameters: Parameters, _ text: (Int, String) -> String?
    ) throws(Refusal) -> HTTP1Response {
        let catalog = player.source.catalog
        if parameters["symbol"] != nil, parameters["symbols"] != nil {
            throw Refusal(
                status: 400, code: -1101,
                message: "Parameters 'symbol' and 'symbols' cannot be sent together.")
        }
        if let name = parameters["symbol"] {
            guard let symbol = catalog.symbol(named: name) else { throw .invalidSymbol }
            return json(text(symbol, name) ?? "{}")
        }
        if parameters["symbols"] != nil, parameters.symbols == nil { throw .illegal("symbols") }
        var all: [String] = []
        for name in parameters.symbols ?? catalog.symbols {
            guard let symbol = catalog.symbol(named: name) else { throw .invalidSymbol }
            if let one = text(symbol, name) { all.append(one) }
        }
        return json("[" + all.joined(separator: ",") + "]")
    }

    private func numbers(_ symbol: Int) -> SymbolStatistics {
        player.statistics.symbol(symbol, at: player.position, of: player.source)
    }

    private func exchangeInfo(
        _ parameters: Parameters, _ wall: Timestamp
    ) throws(Refusal) -> HTTP1Response {
        if let recorded = player.source.exchangeInfo {
            let body = information.adding(player.source.catalog.symbols, to: recorded)
            return HTTP1Response(status: 200, headers: VenueREST.jsonHeaders, body: body)
        }
        let catalog = player.source.catalog
        var names = catalog.symbols
        if let name = parameters["symbol"] { names = [name] }
        if let listed = parameters.symbols { names = listed }
        for name in names where catalog.symbol(named: name) == nil { throw .invalidSymbol }
        let clock = wall.nanoseconds / 1_000_000
        return json(information.text(symbols: names, serverTime: clock))
    }

    private func refused(
        _ status: Int, _ wait: Duration, _ rate: Double, _ address: String
    ) -> HTTP1Response {
        let seconds = max(1, Int((wait.inSeconds / rate).rounded(.up)))
        let what =
            status == 418
            ? "Way too much request weight used; IP \(address) banned for \(seconds) seconds."
            : "Too much request weight used; current limit is \(WeightLimits.weightMax)"
                + " request weight per 1 MINUTE. Please use WebSocket Streams for live updates"
                + " to avoid polling the API."
        var response = json("{\"code\":-1003,\"msg\":\"\(what)\"}", status: status)
        response.headers.append("Retry-After", "\(seconds)")
        return response
    }

    private static let jsonHeaders = HTTP1Headers([
        ("Content-Type", "application/json;charset=UTF-8")
    ])

    private func json(_ text: String, status: Int = 200) -> HTTP1Response {
        HTTP1Response(status: status, headers: VenueREST.jsonHeaders, body: Array(text.utf8))
    }
}

/// The query of a REST request.
private struct Parameters {
    private let items: [HTTP1Request.QueryItem]

    init(_ items: [HTTP1Request.QueryItem]) { self.items = items }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// `limit`; 0 when it is no number.
    var limit: Int? { self["limit"].map { Int($0) ?? 0 } }

    /// `symbols=["A","B"]`; nil when absent or not such a list.
    var symbols: [String]? {
        guard let text = self["symbols"], text.hasPrefix("["), text.hasSuffix("]") else {
            return nil
        }
        var names: [String] = []
        for part in text.dropFirst().dropLast().split(separator: ",") {
            guard part.count > 2, part.hasPrefix("\""), part.hasSuffix("\"") else { return nil }
            names.append(String(part.dropFirst().dropLast()))
        }
        return names
    }
}
