/// Services that live together: started in order, shut down in reverse, also when one of them
/// fails or the caller is cancelled. Shutting down is finite: after `budget` whatever still runs is
/// cancelled, and a second later left behind and named.
package struct ServiceGroup: Sendable {
    private let services: [any Service]
    private let budget: Duration
    private let grace: Duration

    private enum Event: Sendable {
        case stopAsked
        case ended(Int, (any Error)?)
        case budgetSpent
        case graceSpent
    }

    package init(
        _ services: [any Service], budget: Duration = .seconds(15), grace: Duration = .seconds(1)
    ) {
        (self.services, self.budget, self.grace) = (services, budget, grace)
    }

    /// Runs until `stop` returns, the caller is cancelled, one service fails or all have ended.
    /// Suspends until every service has ended or the budget is spent. Being asked to stop, by
    /// cancellation too, is no error.
    package func run(
        until stop: (@Sendable () async -> Void)? = nil
    ) async throws(ServiceGroupError) {
        // Every service ends once; two may ask to stop; two timers. Nothing is ever dropped.
        let (events, feed) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingOldest(services.count + 4))
        // A task of its own, because a cancelled one could not wait for the orderly end.
        let driver = Task { await drive(events, feed, stop) }
        let failure = await withTaskCancellationHandler {
            await driver.value
        } onCancel: {
            feed.yield(.stopAsked)
        }
        if let failure { throw failure }
    }

    private func drive(
        _ events: AsyncStream<Event>, _ feed: AsyncStream<Event>.Continuation,
        _ stop: (@Sendable () async -> Void)?
    ) async -> ServiceGroupError? {
        var machine = ServiceGroupMachine(count: services.count)
        var failure: ServiceGroupError?
        var helpers: [Task<Void, Never>] = []
        let lives = services.indices.map { start($0, feed) }
        if let stop {
            helpers.append(
                Task {
                    await stop()
                    feed.yield(.stopAsked)
                })
        }
        if services.isEmpty { return nil }
        defer { for helper in helpers { helper.cancel() } }
        for await event in events {
            for action in handle(event, &machine, &failure) {
                switch action {
                case .startBudget:
                    helpers.append(ServiceGroup.timer(budget, .budgetSpent, feed))
                case .shutDown(let index):
                    let service = services[index]
                    helpers.append(Task { await service.shutDown() })
                case .cancelAll:
                    for life in lives { life.cancel() }
                    helpers.append(ServiceGroup.timer(grace, .graceSpent, feed))
                case .finish(let overran):
                    if overran.isEmpty { return failure }
                    let names = overran.map { services[$0].name }
                    return failure ?? .overran(services: names, budget: budget)
                }
            }
        }
        return failure
    }

    private func handle(
        _ event: Event, _ machine: inout ServiceGroupMachine, _ failure: inout ServiceGroupError?
    ) -> [ServiceGroupMachine.Action] {
        switch event {
        case .stopAsked: return machine.stopAsked()
        case .budgetSpent: return machine.budgetSpent()
        case .graceSpent: return machine.graceSpent()
        case .ended(let index, let error):
            if let error, failure == nil, !machine.isCancelling {
                failure = .failed(service: services[index].name, error)
            }
            return machine.serviceEnded(index, failed: error != nil)
        }
    }

    /// Runs synchronously up to the service's first suspension, which makes "in order" true.
    private func start(
        _ index: Int, _ feed: AsyncStream<Event>.Continuation
    ) -> Task<Void, Never> {
        let service = services[index]
        return Task.immediate {
            do {
                try await service.run()
                feed.yield(.ended(index, nil))
            } catch {
                feed.yield(.ended(index, error))
            }
        }
    }

    private static func timer(
        _ delay: Duration, _ event: Event, _ feed: AsyncStream<Event>.Continuation
    ) -> Task<Void, Never> {
        Task {
            do { try await Task.sleep(for: delay) } catch { return }
            feed.yield(event)
        }
    }
}
