/// A filter as plain code understands it, beside its text.
indirect enum FilterModel {
    enum Comparison: String, CaseIterable {
        case less = "<"
        case atMost = "<="
        case equal = "=="
        case unequal = "!="
        case atLeast = ">="
        case more = ">"

        func holds(_ left: Int64, _ right: Int64) -> Bool {
            switch self {
            case .less: left < right
            case .atMost: left <= right
            case .equal: left == right
            case .unequal: left != right
            case .atLeast: left >= right
            case .more: left > right
            }
        }
    }

    case number(String, Comparison, Int64)
    case side(isBuy: Bool, isEqual: Bool)
    /// What changed how much is known to the server alone.
    case change(String, Int64)
    case all([FilterModel])
    case any([FilterModel])
    case not(FilterModel)

    var text: String {
        switch self {
        case .number(let field, let comparison, let number):
            "\(field) \(comparison.rawValue) \(Fixed.text(number))"
        case .side(let isBuy, let isEqual):
            "side \(isEqual ? "==" : "!=") \(isBuy ? "buy" : "sell")"
        case .change(let field, let number): "change(\(field)) >= \(Fixed.text(number))"
        case .all(let parts): parts.map { "(\($0.text))" }.joined(separator: " and ")
        case .any(let parts): parts.map { "(\($0.text))" }.joined(separator: " or ")
        case .not(let part): "not (\(part.text))"
        }
    }

    /// Nil: that depends on what was told before.
    func passes(_ values: [String: Int64]) -> Bool? {
        switch self {
        case .number(let field, let comparison, let number):
            return values[field].map { comparison.holds($0, number) } ?? false
        case .side(let isBuy, let isEqual):
            guard let side = values["side"], side != 0 else { return false }
            return (side == (isBuy ? 1 : 2)) == isEqual
        case .change: return nil
        case .all(let parts):
            let verdicts = parts.map { $0.passes(values) }
            return verdicts.contains(false) ? false : verdicts.contains(nil) ? nil : true
        case .any(let parts):
            let verdicts = parts.map { $0.passes(values) }
            return verdicts.contains(true) ? true : verdicts.contains(nil) ? nil : false
        case .not(let part): return part.passes(values).map { !$0 }
        }
    }

    // MARK: Chance

    /// One that fits topics of the same kind as `topic`; nil: such topics have no fields.
    static func any(_ dice: Dice, for topic: String) -> FilterModel? {
        let isTrade = topic.hasPrefix("trade:") || topic.hasPrefix("aggtrade:")
        let prices: [String]
        let quantities: [String]
        if isTrade {
            (prices, quantities) = (["price"], ["quantity"])
        } else if topic.hasPrefix("tick:") {
            (prices, quantities) = (["bid_price", "ask_price"], ["bid_quantity", "ask_quantity"])
        } else if topic.hasPrefix("book:") {
            prices = ["best_bid_price", "best_ask_price"]
            quantities = ["best_bid_quantity", "best_ask_quantity"]
        } else {
            return nil
        }
        func term() -> FilterModel {
            switch dice.below(4) {
            case 0 where isTrade: .side(isBuy: dice.chance(0.5), isEqual: dice.chance(0.7))
            case 0: .change(dice.pick(prices), Int64(dice.spread(1...2000)))
            case 1:
                .number(
                    dice.pick(quantities), dice.pick(Comparison.allCases),
                    isTrade ? Int64(dice.spread(1...500)) : Int64(dice.below(8)) * 2500)
            default:
                .number(
                    dice.pick(prices), dice.pick(Comparison.allCases),
                    500_000 + Int64(dice.within(-300...300)))
            }
        }
        switch dice.below(6) {
        case 0: return .all([term(), term()])
        case 1: return .any([term(), term()])
        case 2: return .not(dice.chance(0.5) ? term() : .any([term(), term()]))
        default: return term()
        }
    }
}
