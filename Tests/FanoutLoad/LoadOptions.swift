internal import Runtime

/// What the command line asks for.
struct LoadOptions {
    var address: SocketAddress
    var topics: [String] = []
    var connections = 1
    var streams = 1
    var topicsPerStream = 1
    var warmSeconds = 1.0
    var seconds = 5.0
    /// Size of an update as `penstock bench serve --bytes` takes it.
    var bytes: Int?
    var isSession = false
    var wishes = SessionReader.Wishes()
    var windows = LoadConnection.Windows()
    /// Share of the connections that stop reading at the beginning of the measurement.
    var stoppedShare = 0.0
    /// Subscribes, and as many unsubscribes, a second.
    var churn = 0
    /// Share of the streams that rebuild their states.
    var sampleShare = 0.01
    /// All connections are cut at once at the beginning, and come back at once.
    var isStorm = false

    static let usage = """
        usage: FanoutLoad ADDRESS:PORT TOPIC,…|bench:*N [OPTION VALUE]…
          --connections N --streams N (of each) --topics-per-stream N   topics are dealt out in turn
          --warm S --seconds S                    before and during the measurement
          --bytes B                               what bench serve was told, to check
          --session 1 --interval MS --fields A,B  Session instead of Subscribe, with its wishes
          --window B --connection-window B        what we lend; 65535
          --stopped SHARE                         connections that stop reading when it begins
          --churn C                               subscribes and unsubscribes a second beside
          --sample SHARE                          streams that rebuild their states; 0.01
          --storm 1                               cut all when it begins, and come back

        """

    /// Nil: the words cannot be understood.
    init?(_ words: [String]) {
        guard words.count >= 2, words.count % 2 == 0, let address = SocketAddress(words[0]) else {
            return nil
        }
        self.address = address
        if words[1].hasPrefix("bench:*") {
            guard let count = Int(words[1].dropFirst(7)), count > 0 else { return nil }
            topics = (0..<count).map { "bench:\($0)" }
        } else {
            topics = words[1].split(separator: ",").map(String.init)
        }
        for index in stride(from: 2, to: words.count, by: 2) {
            guard apply(words[index], words[index + 1]) else { return nil }
        }
        guard connections > 0, streams > 0, 1...topics.count ~= topicsPerStream else {
            return nil
        }
    }

    private mutating func apply(_ name: String, _ value: String) -> Bool {
        switch name {
        case "--fields":
            wishes.fields = value.split(separator: ",").map(String.init)
            return true
        case "--warm", "--seconds", "--stopped", "--sample":
            guard let number = Double(value), number >= 0 else { return false }
            apply(name, number)
            return true
        default:
            guard let number = Int(value), number >= 0 else { return false }
            return apply(name, number)
        }
    }

    private mutating func apply(_ name: String, _ number: Double) {
        switch name {
        case "--warm": warmSeconds = number
        case "--seconds": seconds = number
        case "--stopped": stoppedShare = min(number, 1)
        default: sampleShare = min(number, 1)
        }
    }

    private mutating func apply(_ name: String, _ number: Int) -> Bool {
        switch name {
        case "--connections": connections = number
        case "--streams": streams = number
        case "--topics-per-stream": topicsPerStream = number
        case "--bytes": bytes = number
        case "--session": isSession = number > 0
        case "--interval": wishes.intervalMilliseconds = number
        case "--window": windows.stream = number
        case "--connection-window": windows.connection = number
        case "--churn": churn = number
        case "--storm": isStorm = number > 0
        default: return false
        }
        return true
    }
}
