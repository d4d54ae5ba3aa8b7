/// What `penstock help [COMMAND]` prints.
enum Help {
    static func text(for command: String?) -> String {
        switch command {
        case "serve": text("serve", "", ServeCommand.options, serveNotes)
        case "simulate": text("simulate", "", SimulateCommand.options, simulateNotes)
        case "watch": text("watch", " TOPIC…", WatchCommand.options, watchNotes)
        case "bench":
            text("bench", " [TOPIC…]", BenchCommand.options, benchNotes)
                + text("bench serve", "", BenchServeCommand.options, "")
        default: overview
        }
    }

    private static let overview = """
        penstock: a market-data gateway

          penstock serve      take live feeds, keep the true state of every topic, stream it
          penstock simulate   be the venues: recordings or a seeded market, with faults on request
          penstock watch      see topics live, or as JSON lines
          penstock bench      many clients of a running gateway, who check and measure it
          penstock bench serve   the gateway under a known load, for measuring
          penstock help COMMAND
          penstock version

        """

    private static let serveNotes = """

        Topics: tick:VENUE:BASE/QUOTE, book:VENUE:BASE/QUOTE[:DEPTH], trade:…, aggtrade:…
        Example: penstock serve --venue binance=http://127.0.0.1:7401/binance --instruments BTC/USDT

        """

    private static let simulateNotes = """

        Without a recording: a seeded market. Fault kinds: drop, duplicate, reorder, truncate,
        stall, disconnect, snapshot-late, snapshot-stale; RATE is a fraction such as 0.05.
        Example: penstock simulate --recording session.jsonl.gz --speed max --fault drop:0.001

        """

    private static let benchNotes = """

        Without TOPIC: books, ticks and trades of what the gateway lists, or what bench serve has.
        Exit status 1: an update was wrong, a call or connection was lost, or nobody answers.
        Example: penstock bench --target 127.0.0.1:7400 --scenario single --connections 200


        """

    private static let watchNotes = """

        Example: penstock watch book:binance:BTC/USDT trade:binance:BTC/USDT

        """

    private static func text(
        _ command: String, _ operands: String, _ options: [Arguments.Option], _ notes: String
    ) -> String {
        var text = "penstock \(command) [OPTION]…\(operands)\n\n"
        for option in options {
            let head = option.name + (option.value.map { " \($0)" } ?? "")
            let gap = String(repeating: " ", count: max(1, 30 - head.count))
            text += "  \(head)\(gap)\(option.help)\n"
        }
        return text + notes
    }
}
