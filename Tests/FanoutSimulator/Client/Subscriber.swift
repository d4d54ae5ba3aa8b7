import Base
import GRPC
import Schema
import Streams

/// Somebody who subscribes, from connection to connection, with habits of their own.
final class Subscriber {
    enum Habit: CaseIterable {
        /// Reads all at once.
        case fast
        /// Reads little and seldom, opens windows in crumbs.
        case slow
        /// Stops reading for ever at some point.
        case dead
        /// Reads on, and never opens a window again.
        case stingy
        /// Subscribes, leaves, cancels, is cut, comes back.
        case churning
        /// Wants everything at once, and asks too often.
        case greedy
    }

    let number: Int
    let habit: Habit
    private let world: World
    private var dice: Dice { world.dice }
    private(set) var connection: ClientConnection?
    private(set) var calls: [ClientCall] = []
    /// Positions that it had, by topic.
    private var memory: [String: [Position]] = [:]
    private var token: [UInt8]?
    private var callsMade = 0
    /// A dead or stingy one that has begun to be.
    private(set) var isLost = false
    /// Tries nothing new.
    private var isCalm = false
    /// Of sessions that have ended.
    private var refusalsBefore = 0
    private var closedBefore = 0

    init(_ number: Int, _ habit: Habit, _ world: World) {
        (self.number, self.habit, self.world) = (number, habit, world)
    }

    // MARK: Steps

    func act() {
        remember()
        forgetEnded()
        if let connection, connection.isOver { self.connection = nil }
        if let connection, connection.isGoingAway, !isLost, dice.chance(0.3) { connection.cut() }
        if connection == nil, !isCalm, !isLost, dice.chance(0.2) { connect() }
        guard let connection else { return }
        if !isCalm { behave(connection) }
        connection.act()
    }

    private func connect() {
        let isSmooth = habit == .fast && dice.chance(0.6)
        let link = Link(
            capacity: isSmooth ? 1 << 24 : dice.spread(1...1 << 18), isSmooth: isSmooth)
        let manner: ReadingManner =
            habit == .slow || habit != .fast && dice.chance(0.3) ? .slow(dice) : .eager
        let window = isSmooth ? 1 << 20 : dice.pick([0, dice.spread(1...65_535), 65_535, 1 << 20])
        let connection = ClientConnection(
            number: world.tally.connections + 1, link: link, manner: manner,
            initialWindow: window, world: world)
        world.trace.note(
            "subscriber \(number) (\(habit)) connects as \(connection.number), window \(window), "
                + "pipe \(link.up.capacity)")
        dice.pick(world.loops).accept(link)
        self.connection = connection
        for _ in 0..<dice.spread(1...world.plan.callsMax) { open(on: connection) }
    }

    private func behave(_ connection: ClientConnection) {
        let isBusy = habit == .churning || habit == .greedy
        if dice.chance(isBusy ? 0.2 : 0.05) { open(on: connection) }
        if !connection.link.isSmooth, dice.chance(0.03) {
            connection.changeInitialWindow(to: dice.pick([0, dice.spread(1...1 << 20), 65_535]))
        }
        if dice.chance(isBusy ? 0.1 : 0.01), let call = calls.isEmpty ? nil : dice.pick(calls) {
            connection.cancel(call)
        }
        if dice.chance(isBusy ? 0.02 : 0.002) { connection.cut() }
        for case let session as SessionStream in calls where session.isOpen && !session.isOver {
            if dice.chance(isBusy ? 0.4 : 0.1) { converse(session) }
        }
        if dice.chance(0.02), habit == .dead || habit == .stingy {
            world.trace.note("subscriber \(number) turns \(habit)")
            isLost = true
            connection.manner = habit == .dead ? .dead : .stingy
        }
    }

    private func converse(_ session: SessionStream) {
        guard session.pendingCount < 6 else { return }
        switch dice.below(20) {
        case 0..<6: subscribe(on: session)
        case 6..<10: session.update(dice)
        case 10..<13: session.unsubscribe(dice)
        case 13..<16: session.acknowledge(dice)
        case 16: session.ping(dice)
        case 17: session.askNonsense(dice)
        case 18 where habit == .greedy: for _ in 0..<40 { session.ping(dice) }
        case 19 where dice.chance(0.2): session.finish()
        default: break
        }
    }

    // MARK: Calls

    private func open(on connection: ClientConnection) {
        guard calls.count < world.plan.callsMax else { return }
        callsMade += 1
        let isPacked = dice.chance(0.4)
        let codec: Codec = isPacked ? .messagePack : .protobuf
        let name = "subscriber \(number), call \(callsMade)"
        let path = "/penstock.v1.MarketData/"
        switch dice.below(10) {
        case 0..<4:
            let names = topics()
            var request = SubscribeRequest(topics: names)
            request.resume = positions(of: names)
            let filter = dice.chance(0.2) ? FilterModel.any(dice, for: dice.pick(names)) : nil
            request.filter = world.text(of: filter)
            let call = SubscribeStream(name, codec: codec, request, world)
            guard connection.start(call, path: path + "Subscribe", messagePack: isPacked) else {
                return
            }
            calls.append(call)
            call.begin()
        case 4..<9:
            let session = SessionStream(name, codec: codec, world)
            guard connection.start(session, path: path + "Session", messagePack: isPacked) else {
                return
            }
            calls.append(session)
            let token = dice.chance(0.7) ? self.token : nil
            if token != nil { self.token = nil }
            session.hello(token: token, heartbeat: dice.chance(0.5) ? 1000 : nil)
            if dice.chance(0.8) { subscribe(on: session) }
        default:
            let names = topics()
            let call = SnapshotCall(name, codec: codec, topics: names, world)
            for name in names { call.known[name] = memory[name]?.last }
            guard connection.start(call, path: path + "GetSnapshot", messagePack: isPacked) else {
                return
            }
            call.begin()
        }
    }

    private func subscribe(on session: SessionStream) {
        let names = topics()
        let wish = Wish.any(dice, topics: names)
        session.subscribe(topics: names, wish, positions: positions(of: names))
    }

    /// Names of nothing.
    private static let strangers = ["", "tick:nowhere:A/B", "book:binance:X/Y"]

    private func topics() -> [String] {
        var names = dice.some(world.plan.topics, most: habit == .greedy ? .max : 5)
        if dice.chance(0.05) { names.append(dice.pick(Self.strangers)) }
        if dice.chance(0.05), let first = names.first { names.append(first) }
        return names
    }

    /// Where it was, sometimes long ago, sometimes nowhere.
    private func positions(of names: [String]) -> [TopicPosition] {
        guard dice.chance(0.6) else { return [] }
        var seen: Set<String> = []
        return names.compactMap { name in
            guard seen.insert(name).inserted, let known = memory[name], !known.isEmpty,
                dice.chance(0.8)
            else { return nil }
            var position = dice.chance(0.6) ? known[known.count - 1] : dice.pick(known)
            let isEvent = !name.hasPrefix("tick:") && !name.hasPrefix("book:")
            if isEvent, dice.chance(0.05) { position.epoch = 1 + UInt64(dice.below(1000)) }
            return TopicPosition(
                topic: name, epoch: position.epoch, sequence: position.sequence)
        }
    }

    private var streaming: [StreamingCall] { calls.compactMap { $0 as? StreamingCall } }

    private func remember() {
        for call in streaming {
            for view in call.sortedViews {
                // With fewer fields it has only a part of the state.
                guard let position = view.position, view.wish.fields(of: view.name) == nil,
                    memory[view.name]?.last != position
                else { continue }
                memory[view.name, default: []].append(position)
                if memory[view.name]!.count > 64 { memory[view.name]!.removeFirst(16) }
            }
        }
    }

    private func forgetEnded() {
        for case let session as SessionStream in calls where session.isOver {
            token = session.token ?? token
            refusalsBefore += session.refusals
            closedBefore += session.closedCount
        }
        calls.removeAll(where: \.isOver)
    }

    // MARK: The end

    /// Reads everything, and tries nothing new; who is lost stays so.
    func calmDown() {
        isCalm = true
        guard !isLost, let connection else { return }
        connection.manner = .eager
        connection.link.up.capacity = max(1 << 20, connection.link.up.capacity)
        connection.link.down.capacity = max(1 << 20, connection.link.down.capacity)
        if !connection.link.isSmooth { connection.changeInitialWindow(to: 1 << 20) }
    }

    /// Nil: it has everything there is for it.
    var lack: String? {
        guard !isLost, let connection, !connection.isOver else { return nil }
        for call in streaming where !call.isOver {
            if !call.isSettled { return "\(call.name) waits for an answer" }
            for view in call.sortedViews {
                if let lack = view.lack { return "\(call.name): \(view.name) \(lack)" }
            }
        }
        let held = world.end(of: connection)?.machine.heldBytes ?? 0
        return connection.isQuiet && held == 0
            ? nil
            : "connection \(connection.number) is not quiet (\(connection.summary)), "
                + "the server holds \(held) bytes"
    }

    private var sessions: [SessionStream] { calls.compactMap { $0 as? SessionStream } }

    var refusalsTold: Int { sessions.reduce(refusalsBefore) { $0 + $1.refusals } }
    var closedTold: Int { sessions.reduce(closedBefore) { $0 + $1.closedCount } }

    func leave() { connection?.cut() }

    func forget() {
        forgetEnded()
        (connection, calls) = (nil, [])
    }
}
