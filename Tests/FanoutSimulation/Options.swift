/// What the command line says.
struct Options {
    struct Usage: Error, CustomStringConvertible { let description: String }

    static let usage = """
        usage: FanoutSimulation [--seeds COUNT] [--first SEED]      lives so many worlds
               FanoutSimulation --seed SEED [--trace]               lives one again

        """

    private(set) var first: UInt64 = 0
    private(set) var count: UInt64 = 100
    private(set) var isTraced = false

    init(_ words: ArraySlice<String>) throws {
        var rest = words
        while let flag = rest.popFirst() {
            if flag == "--trace" {
                isTraced = true
                continue
            }
            guard let text = rest.popFirst(), let number = UInt64(text) else {
                throw Usage(description: "\(flag) has no number")
            }
            switch flag {
            case "--seeds": count = number
            case "--first": first = number
            case "--seed": (first, count) = (number, 1)
            default: throw Usage(description: "\(flag) is no flag")
            }
        }
    }
}
