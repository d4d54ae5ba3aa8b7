internal import Base

/// Binance's request weight limit, by address. Counts the time it is given, which is tape time.
///
/// Bounded: remembers at most 1,024 addresses and forgets those of an earlier minute.
package struct WeightLimits: Sendable {
    package enum Verdict: Equatable, Sendable {
        case accept(usedWeight: Int)
        /// 429: the minute's weight is spent.
        case tooMany(retryAfter: Duration)
        /// 418: 429 was ignored.
        case banned(retryAfter: Duration)
    }

    private struct Account: Sendable {
        var minute: Int64
        var used = 0
        /// Requests made in spite of a 429 in this minute.
        var ignored = 0
        var bannedUntil: Int64 = 0
    }

    package static let weightMax = 6000
    /// Requests under way when the first 429 comes are no ill will; more than these are.
    package static let ignoredMax = 5
    /// The shortest ban, two minutes.
    package static let ban = Duration.seconds(120)
    private static let addressesMax = 1024
    private static let minute: Int64 = 60_000_000_000

    private var accounts: [String: Account] = [:]

    package init() {}

    /// - Parameter time: tape time in nanoseconds.
    package mutating func request(weight: Int, from address: String, time: Int64) -> Verdict {
        let minute = time / WeightLimits.minute
        if accounts.count >= WeightLimits.addressesMax, accounts[address] == nil {
            accounts = accounts.filter { $0.value.minute == minute || $0.value.bannedUntil > time }
            if accounts.count >= WeightLimits.addressesMax { accounts.removeAll() }
        }
        var account = accounts[address] ?? Account(minute: minute)
        defer { accounts[address] = account }
        if account.bannedUntil > time {
            return .banned(retryAfter: .nanoseconds(account.bannedUntil - time))
        }
        if account.minute != minute { account = Account(minute: minute) }
        if account.used + weight <= WeightLimits.weightMax {
            account.used += weight
            return .accept(usedWeight: account.used)
        }
        account.ignored += 1
        if account.ignored > WeightLimits.ignoredMax {
            account.bannedUntil = time + WeightLimits.ban.wholeNanoseconds
            return .banned(retryAfter: WeightLimits.ban)
        }
        return .tooMany(retryAfter: .nanoseconds((minute + 1) * WeightLimits.minute - time))
    }
}
