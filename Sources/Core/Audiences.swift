/// The audiences of one topic, by what makes them: a subscriber comes and goes in O(1), however
/// many there are. All of them have subscribers, but for one that is just being made.
struct Audiences {
    /// In no order.
    private(set) var all: [Audience] = []
    private var places: [Audience.Key: Int] = [:]

    /// How many of them a client made up (`Audience.Key.isUsual`).
    private(set) var unusualCount = 0

    subscript(key: Audience.Key) -> Audience? { places[key].map { all[$0] } }

    mutating func insert(_ audience: Audience) {
        precondition(places[audience.key] == nil, "an audience of \(audience.key) exists")
        places[audience.key] = all.count
        all.append(audience)
        if !audience.key.isUsual { unusualCount += 1 }
    }

    /// The last one takes the free place.
    mutating func remove(_ audience: Audience) {
        guard let place = places[audience.key], all[place] === audience else {
            preconditionFailure("no audience of \(audience.key)")
        }
        places[audience.key] = nil
        if !audience.key.isUsual { unusualCount -= 1 }
        let last = all.removeLast()
        guard place < all.count else { return }
        all[place] = last
        places[last.key] = place
    }
}
