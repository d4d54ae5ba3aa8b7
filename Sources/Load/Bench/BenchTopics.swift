internal import Base
package import PenstockClient

/// Which topics a gateway has to offer a bench that was told none.
package enum BenchTopics {
    /// Instruments are asked for only so far: at a real venue each costs the gateway a feed.
    private static let instrumentsMax = 8
    /// Topics of `penstock bench serve` that are looked for.
    private static let benchMax = 256
    /// For an answer of the gateway, and for one that is out of reach.
    private static let patience = Duration.seconds(3)

    /// Whether the gateway is there and lets us in, for whoever names topics himself.
    package static func knock(at client: PenstockClient) async throws(PenstockError) {
        _ = try await client.instruments(within: patience)
    }

    /// Book, tick and trades of what its venues list; else what `penstock bench serve` has. Empty:
    /// neither.
    package static func offered(
        by client: PenstockClient
    ) async throws(PenstockError) -> [String] {
        let traded = try await client.instruments(within: patience).filter(\.isTrading)
        if !traded.isEmpty { return topics(of: traded) }
        do throws(PenstockError) {
            let names = (0..<benchMax).map { "bench:\($0)" }
            return try await client.replay(of: names, within: patience).map(\.topic)
        } catch .refused {
            // It has none of them.
            return []
        }
    }

    static func topics(of instruments: [ListedInstrument]) -> [String] {
        let chosen = instruments.prefix(instrumentsMax)
        return ["book", "tick", "trade"].flatMap { kind in
            chosen.map { "\(kind):\($0.venue):\($0.symbol)" }
        }
    }
}
