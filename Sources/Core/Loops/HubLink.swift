package import Runtime

/// The way to the hub of another loop. What is sent arrives there in order, each batch once.
package struct HubLink<Message: Sendable>: Sendable {
    package let send: @Sendable ([Message]) -> Void

    package init(send: @escaping @Sendable ([Message]) -> Void) { self.send = send }
}

extension HubLink where Message == HubNews {
    /// To a follower on its loop.
    package init(to hub: Hub, on loop: EventLoop) {
        let hub = WeaklyConfined(hub, to: loop)
        send = { news in loop.execute { hub.open()?.receive(news) } }
    }
}

extension HubLink where Message == FollowerWish {
    /// To the owner on its loop.
    package init(to hub: Hub, on loop: EventLoop) {
        let hub = WeaklyConfined(hub, to: loop)
        send = { wishes in loop.execute { hub.open()?.receive(wishes) } }
    }
}
