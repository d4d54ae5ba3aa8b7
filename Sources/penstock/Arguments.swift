/// What stands on the command line after the command's name, taken apart by that command's own
/// list of options. Every complaint says what, where and what is allowed.
struct Arguments {
    /// One option a command knows.
    struct Option {
        var name: String
        /// Shown in help, for example "ADDR:PORT"; nil: a flag without a value.
        var value: String?
        var help: String
        var repeats = false
    }

    let command: String
    private var values: [String: [String]] = [:]
    private(set) var positional: [String] = []

    init(
        _ words: ArraySlice<String>, command: String, options: [Option],
        positional allowed: String? = nil
    ) throws(UsageError) {
        self.command = command
        var words = words
        while let word = words.popFirst() {
            guard word.hasPrefix("--") else {
                guard allowed != nil else {
                    throw UsageError(
                        "\(command): unexpected argument \"\(word)\"; see penstock help \(command)")
                }
                positional.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = options.first(where: { $0.name == name }) else {
                let known = options.map(\.name).joined(separator: ", ")
                throw UsageError("\(command): unknown option \(name); allowed: \(known)")
            }
            let value: String
            if let wanted = option.value {
                guard let given = parts.count > 1 ? String(parts[1]) : words.popFirst() else {
                    throw UsageError("\(command): \(name) needs a value: \(name) \(wanted)")
                }
                value = given
            } else {
                guard parts.count == 1 else {
                    throw UsageError("\(command): \(name) takes no value")
                }
                value = ""
            }
            guard option.repeats || values[name] == nil else {
                throw UsageError("\(command): \(name) is given twice")
            }
            values[name, default: []].append(value)
        }
    }

    func has(_ name: String) -> Bool { values[name] != nil }
    func value(_ name: String) -> String? { values[name]?.last }
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// The value of `name` as a whole number within `range`.
    func number(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "\(command): \(name) \"\(text)\": expected a whole number from "
                    + "\(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

/// The user asked for something that cannot be: one line on standard error, exit status 2.
struct UsageError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
