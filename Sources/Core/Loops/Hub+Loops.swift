package import Base
package import Market
package import Runtime
internal import Streams

/// Several loops, each with a hub of its own for its subscribers. The topics belong to one of them;
/// the others follow it, publication by publication, under the same epochs and sequences, so a
/// subscriber cannot tell on which loop it is (`Loops.md`).
extension Hub {
    /// A hub for another loop, which has that number. Nothing is known there before the owner leads
    /// it.
    package convenience init(
        following directory: TopicDirectory, turn: any LoopTurn, loop: Int,
        metrics: MetricRegistry, limits: HubLimits = HubLimits(), owner: HubLink
    ) {
        self.init(
            turn: turn, metrics: metrics, limits: limits, directory,
            .follower(TopicFollower(owner, place: directory.news.open())), loop: loop)
    }

    var ownsTopics: Bool { if case .owner = loops { true } else { false } }

    // MARK: The owner

    /// Tells a follower of everything from now on; before there are venues and topics.
    /// - Parameter wake: has the follower hear its news soon, on its own loop.
    package func lead(_ wake: @escaping @Sendable () -> Void) {
        guard case .owner(let owner) = loops else { preconditionFailure("a follower leads nobody") }
        precondition(venues.isEmpty && allTopics.isEmpty, "a follower came late")
        owner.wakeups.append(wake)
    }

    /// A venue's list is another one now.
    package func listed(_ symbols: SymbolTable) { relay { .listed(symbols) } }

    /// Tells the followers, if there are any: before anything that follows from it can leave.
    @inline(__always)
    func relay(_ news: () -> HubNews) {
        guard case .owner(let owner) = loops, !owner.wakeups.isEmpty else { return }
        owner.news.append(news())
        if !owner.isGathering { sendNews(owner) }
    }

    /// What `body` relays goes out together, at its end; `body` sends nothing to a socket.
    func relayTogether(_ body: () -> Void) {
        guard case .owner(let owner) = loops, !owner.wakeups.isEmpty, !owner.isGathering else {
            return body()
        }
        owner.isGathering = true
        body()
        owner.isGathering = false
        if !owner.news.isEmpty { sendNews(owner) }
    }

    private func sendNews(_ owner: TopicOwner) {
        // A batch of its own for the next time: this one is shared with the other loops.
        directory.news.tell(owner.news)
        owner.news = []
        for wake in owner.wakeups { wake() }
    }

    /// What another loop wants.
    package func receive(_ wishes: [FollowerWish]) {
        guard case .owner(let owner) = loops else { preconditionFailure("a follower owns nothing") }
        relayTogether {
            for wish in wishes {
                switch wish {
                case .topic(let name): wanted(name)
                case .echo(let place):
                    if owner.echoes.isEmpty {
                        turn.atEndOfTurn { [unowned self] in sendEchoes() }
                    }
                    owner.echoes.append(place)
                }
            }
        }
    }

    /// After all that was to be published.
    private func sendEchoes() {
        guard case .owner(let owner) = loops else { return }
        publishNow()
        relayTogether { for place in owner.echoes { relay { .echo(place) } } }
        owner.echoes = []
    }

    /// A subscriber of another loop named a topic. One that cannot be ends there.
    private func wanted(_ name: String) {
        do throws(TopicRefusal) { _ = try topic(named: name) } catch {
            guard let (venue, symbol) = try? Self.parse(name).instrument else { return }
            refuse(venue, symbol, error)
        }
    }

    private func refuse(_ venue: String, _ symbol: Symbol, _ reason: TopicRefusal) {
        // What exists here goes on; another loop knows it as well.
        if boards[venue]?[symbol] != nil { return }
        directory.forget(.instrument(venue: venue, symbol))
        relay { .dissolved(venue: venue, symbol: symbol, reason) }
    }

    // MARK: A follower

    /// Has this hub hear its news on its loop. For the owner, who calls it on another one.
    package func wakeup(on loop: EventLoop) -> @Sendable () -> Void {
        let hub = WeaklyConfined(self, to: loop)
        return { loop.execute { hub.open()?.hearNews() } }
    }

    /// Hears what the owner told so far, if this is a follower. To be called before anything is
    /// answered that a client may know from another loop: names, positions, times. May end
    /// subscriptions whose topics are no more.
    package func hearNews() {
        guard case .follower(let follower) = loops else { return }
        for batch in directory.news.take(follower.place) {
            for item in batch { hear(item, follower) }
        }
    }

    private func hear(_ news: HubNews, _ follower: TopicFollower) {
        switch news {
        case .listed(let symbols): listed(symbols, venues[symbols.venue] as? ListedVenue)
        case .instrument(let venue, let symbol, let identities):
            if boards[venue]?[symbol] == nil { addBoard(venue, symbol, identities) }
        case .added(let identity): added(identity)
        case .changed(let change): follower.topics[change.topic]?.follow(change)
        case .dissolved(let venue, let symbol, let reason):
            if let board = boards[venue]?[symbol] { dissolve(board, reason) }
        case .echo(let place): if place == follower.place { isUpToDate(follower) }
        }
    }

    private func listed(_ symbols: SymbolTable, _ known: ListedVenue?) {
        if let known {
            known.symbols = symbols
        } else {
            register(ListedVenue(symbols, hub: self))
        }
    }

    /// Under the identity that it has there: in the directory the name may be another topic's by
    /// now, or have found no place.
    private func added(_ identity: TopicIdentity) {
        if knownTopic(named: identity.name) != nil { return }
        switch try? Self.parse(identity.name) {
        case .book(let venue, let symbol, let depth)?:
            if let board = boards[venue]?[symbol] { addBook(identity, depth: depth, to: board) }
        case .bench?: addEventTopic(identity)
        default: preconditionFailure("\(identity.name) comes with its instrument")
        }
    }

    /// Asks the owner for a topic, if this hub is not the owner.
    func askOwner(for topic: Topic) {
        guard case .follower(let follower) = loops else { return }
        follower.wishes.append(.topic(topic.name))
        sendWishesAtEndOfTurn(follower)
    }

    /// Runs `work` when this hub has been told what the owner knows now: at once on the owner.
    package func whenUpToDate(_ work: @escaping () -> Void) {
        guard case .follower(let follower) = loops else { return work() }
        follower.waiting.append(work)
        sendWishesAtEndOfTurn(follower)
    }

    private func isUpToDate(_ follower: TopicFollower) {
        var awaiting: [() -> Void] = []
        swap(&awaiting, &follower.awaiting)
        for work in awaiting { work() }
        if !follower.waiting.isEmpty { sendWishesAtEndOfTurn(follower) }
    }

    private func sendWishesAtEndOfTurn(_ follower: TopicFollower) {
        if follower.isWishing { return }
        follower.isWishing = true
        turn.atEndOfTurn { [unowned self] in sendWishes(follower) }
    }

    /// All of a turn together, and after them one echo for all who wait for one. While one is under
    /// way the next is not asked for, however many wait.
    private func sendWishes(_ follower: TopicFollower) {
        follower.isWishing = false
        if follower.awaiting.isEmpty, !follower.waiting.isEmpty {
            swap(&follower.awaiting, &follower.waiting)
            follower.wishes.append(.echo(follower.place))
        }
        if follower.wishes.isEmpty { return }
        follower.owner.send(follower.wishes)
        follower.wishes = []
    }
}
