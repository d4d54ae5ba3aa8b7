package import Base
package import Market
internal import Streams

/// Several loops, each with a hub of its own for its subscribers. The topics belong to one of them;
/// the others follow it, publication by publication, under the same epochs and sequences, so a
/// subscriber cannot tell on which loop it is (`Loops.md`).
extension Hub {
    /// A hub for another loop, which has that number. Nothing is known there before the owner leads
    /// it.
    package convenience init(
        following directory: TopicDirectory, turn: any LoopTurn, loop: Int,
        metrics: MetricRegistry, limits: HubLimits = HubLimits(), owner: HubLink<FollowerWish>
    ) {
        self.init(
            turn: turn, metrics: metrics, limits: limits, directory,
            .follower(TopicFollower(owner)), loop: loop)
    }

    var ownsTopics: Bool { if case .owner = loops { true } else { false } }

    // MARK: The owner

    /// Tells a follower of everything from now on; before there are venues and topics.
    package func lead(_ follower: HubLink<HubNews>) {
        guard case .owner(let owner) = loops else { preconditionFailure("a follower leads nobody") }
        precondition(venues.isEmpty && allTopics.isEmpty, "a follower came late")
        owner.followers.append(follower)
    }

    /// A venue's list is another one now.
    package func listed(_ symbols: SymbolTable) { relay { .listed(symbols) } }

    /// Tells the followers at the end of the turn, if there are any.
    @inline(__always)
    func relay(_ news: () -> HubNews) {
        guard case .owner(let owner) = loops, !owner.followers.isEmpty else { return }
        if owner.news.isEmpty { turn.atEndOfTurn { [unowned self] in sendNews() } }
        owner.news.append(news())
    }

    private func sendNews() {
        guard case .owner(let owner) = loops else { return }
        // A batch of its own for the next turn: this one is shared with the other loops.
        let batch = owner.news
        if batch.isEmpty { return }
        owner.news = []
        for follower in owner.followers { follower.send(batch) }
    }

    /// What another loop wants.
    package func receive(_ wishes: [FollowerWish]) {
        for wish in wishes {
            switch wish {
            case .topic(let name): wanted(name)
            case .echo(let number):
                publishNow()
                relay { .echo(number) }
                sendNews()
            }
        }
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
        directory.forget(InstrumentBoard.names(venue: venue, symbol: symbol))
        relay { .dissolved(venue: venue, symbol: symbol, reason) }
    }

    // MARK: A follower

    /// Asks the owner for a topic, if this hub is not the owner.
    func askOwner(for topic: Topic) {
        if case .follower(let follower) = loops { follower.owner.send([.topic(topic.name)]) }
    }

    /// Runs `work` when this hub has been told what the owner knows now: at once on the owner.
    package func whenUpToDate(_ work: @escaping () -> Void) {
        guard case .follower(let follower) = loops else { return work() }
        let number = directory.nextEcho()
        follower.waiting[number] = work
        follower.owner.send([.echo(number)])
    }

    /// What the owner told at the end of one of its turns.
    package func receive(_ news: [HubNews]) {
        guard case .follower(let follower) = loops else {
            preconditionFailure("the owner of the topics follows nobody")
        }
        for item in news {
            switch item {
            case .listed(let symbols): listed(symbols, venues[symbols.venue] as? ListedVenue)
            case .added(let name): added(name)
            case .changed(let change): follower.topics[change.topic]?.follow(change)
            case .dissolved(let venue, let symbol, let reason):
                if let board = boards[venue]?[symbol] { dissolve(board, reason) }
            case .echo(let number): follower.waiting.removeValue(forKey: number)?()
            }
        }
    }

    private func listed(_ symbols: SymbolTable, _ known: ListedVenue?) {
        if let known {
            known.symbols = symbols
        } else {
            register(ListedVenue(symbols))
        }
    }

    private func added(_ name: String) {
        guard !hasTopic(named: name), let parsed = try? Self.parse(name) else { return }
        if case .bench = parsed {
            _ = makeEventTopic(named: name)
            return
        }
        // A topic that were missing here would be stale without a word.
        do throws(TopicRefusal) { _ = try make(parsed, name) } catch {
            preconditionFailure("\(name) exists on its owner's loop, not here: \(error.message)")
        }
    }
}
