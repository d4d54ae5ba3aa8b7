import Base
import GRPC
import Testing

@Suite struct ConnectionLifeTests {
    let start = Instant(nanoseconds: 7_000_000_000)

    func make(
        age: Duration? = nil, idle: Duration? = nil, jitter: Double = 0
    ) -> ConnectionLife {
        ConnectionLife(
            ageMax: age, ageGrace: .seconds(30), idleMax: idle, jitter: jitter, now: start)
    }

    @Test func `without limits a connection lives for ever`() {
        var life = make()
        #expect(life.nextTick(openCalls: 0) == nil && life.deadline == nil)
        #expect(life.tick(now: start + .seconds(1_000_000), openCalls: 0) == .ignore)
    }

    @Test(arguments: [(-1.0, 90), (0.0, 100), (1.0, 110)])
    func `an old connection drains, sooner or later by a tenth`(jitter: Double, seconds: Int) {
        var life = make(age: .seconds(100), jitter: jitter)
        let due = start + .seconds(seconds)
        #expect(life.nextTick(openCalls: 1) == due)
        #expect(life.tick(now: due + .nanoseconds(-1), openCalls: 1) == .ignore)
        let deadline = due + .seconds(30)
        #expect(life.tick(now: due, openCalls: 1) == .beginDrain(.age, deadline: deadline))
        #expect(life.deadline == deadline && life.nextTick(openCalls: 1) == deadline)
        #expect(life.tick(now: deadline + .nanoseconds(-1), openCalls: 1) == .ignore)
        #expect(life.tick(now: deadline, openCalls: 1) == .endCalls)
        let over = deadline + ConnectionLife.lingerMax
        #expect(life.nextTick(openCalls: 1) == over)
        #expect(life.tick(now: over + .nanoseconds(-1), openCalls: 0) == .ignore)
        #expect(life.tick(now: over, openCalls: 0) == .closeConnection)
        #expect(life.tick(now: over + .seconds(9), openCalls: 0) == .ignore)
        #expect(life.nextTick(openCalls: 0) == nil)
    }

    @Test func `a connection without calls drains, one with calls does not`() {
        var life = make(idle: .seconds(10))
        #expect(life.nextTick(openCalls: 0) == start + .seconds(10))
        #expect(life.nextTick(openCalls: 1) == nil)
        #expect(life.tick(now: start + .seconds(10), openCalls: 1) == .ignore)
        life.becameIdle(now: start + .seconds(20))
        #expect(life.tick(now: start + .seconds(29), openCalls: 0) == .ignore)
        #expect(
            life.tick(now: start + .seconds(30), openCalls: 0)
                == .beginDrain(.idle, deadline: start + .seconds(60)))
    }

    @Test func `a shutdown drains once, and only shortens a drain that has begun`() {
        var life = make(age: .seconds(100))
        let now = start + .seconds(1)
        #expect(
            life.shutDown(now: now, grace: .seconds(15))
                == .beginDrain(.shutdown, deadline: now + .seconds(15)))
        #expect(life.shutDown(now: now, grace: .seconds(60)) == .ignore)
        #expect(life.deadline == now + .seconds(15))
        #expect(life.shutDown(now: now, grace: .seconds(2)) == .ignore)
        #expect(life.deadline == now + .seconds(2))
        #expect(life.tick(now: now + .seconds(2), openCalls: 3) == .endCalls)
        #expect(life.shutDown(now: now + .seconds(2), grace: .zero) == .ignore)
        #expect(life.tick(now: now + .seconds(3), openCalls: 3) == .closeConnection)
        #expect(life.shutDown(now: now + .seconds(4), grace: .zero) == .ignore)
        life.becameIdle(now: now)
        #expect(life.tick(now: now + .seconds(500), openCalls: 0) == .ignore)
    }
}
