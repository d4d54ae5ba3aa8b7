import Base
import Load
import Runtime

/// What the command line asks for.
struct LoadArguments {
    private(set) var options: FleetOptions

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
        var topics = words[1].split(separator: ",").map(String.init)
        if words[1].hasPrefix("bench:*") {
            guard let count = Int(words[1].dropFirst(7)), count > 0 else { return nil }
            topics = (0..<count).map { "bench:\($0)" }
        }
        options = FleetOptions(target: LoadTarget(Endpoint(address)), topics: topics)
        for index in stride(from: 2, to: words.count, by: 2) {
            guard apply(words[index], words[index + 1]) else { return nil }
        }
        guard options.connections > 0, options.streams > 0,
            1...max(1, topics.count) ~= options.topicsPerStream
        else { return nil }
    }

    private mutating func apply(_ name: String, _ value: String) -> Bool {
        switch name {
        case "--fields":
            options.wishes.fields = value.split(separator: ",").map(String.init)
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
        case "--warm": options.warmSeconds = number
        case "--seconds": options.seconds = number
        case "--stopped": options.stoppedShare = min(number, 1)
        default: options.sampleShare = min(number, 1)
        }
    }

    private mutating func apply(_ name: String, _ number: Int) -> Bool {
        switch name {
        case "--connections": options.connections = number
        case "--streams": options.streams = number
        case "--topics-per-stream": options.topicsPerStream = number
        case "--bytes": options.bytes = number
        case "--session": options.isSession = number > 0
        case "--interval": options.wishes.intervalMilliseconds = number
        case "--window": options.windows.stream = number
        case "--connection-window": options.windows.connection = number
        case "--churn": options.churn = number
        case "--storm": options.isStorm = number > 0
        default: return false
        }
        return true
    }
}
